package hosting

// self is the program of this process, also where it was never a file that can be executed.
func self() (string, error) { return "/proc/self/exe", nil }
