package bundle

import "math"

// Limits bound what a bundle may ask of the daemon. A bundle at a limit is accepted, one beyond it is not.
// Begin with [DefaultLimits]; a limit of 0 allows none.
type Limits struct {
	// Bundle is the most bytes of a document, and of the protobuf message that it becomes.
	Bundle int
	// Values is the most values of a document, lists and objects included, so that a small hostile one cannot
	// become a large tree. YAML is counted only when its library has read it: take it from clients that are trusted
	// with their own memory.
	Values int
	// Artifact is the most bytes of one artifact's content.
	Artifact int
	// Artifacts is the most artifacts of a bundle.
	Artifacts int
	// Steps is the most steps of a bundle.
	Steps int
	// Path is the most bytes of an artifact's path, of a cwd and of an outputs pattern.
	Path int
	// Name is the most bytes of a name, a purpose, a lang.
	Name int
	// Vars is the most variables: of a bundle with its overrides, and of one step's env.
	Vars int
	// Args is the most elements of one command.
	Args int
	// Arg is the most bytes of one argument, and of one NAME=value, with the byte that ends it in the kernel.
	Arg int
	// Outputs is the most outputs patterns of one step.
	Outputs int
	// Faults is the most faults that are named; one more then says that there are others.
	Faults int
}

// DefaultLimits are generous: they stop accidents and abuse, not work.
func DefaultLimits() Limits {
	return Limits{
		Bundle:    64 << 20,
		Values:    1_000_000,
		Artifact:  16 << 20,
		Artifacts: 10_000,
		Steps:     10_000,
		Path:      1024,
		Name:      1024,
		Vars:      1000,
		Args:      10_000,
		Arg:       128 << 10, // MAX_ARG_STRLEN of Linux (include/uapi/linux/binfmts.h): 32 pages of 4 KiB
		Outputs:   1000,
		Faults:    1000,
	}
}

// Unlimited are for a bundle that was accepted before: limits that are tighter now do not undo that.
func Unlimited() Limits {
	return Limits{
		Bundle: math.MaxInt, Artifact: math.MaxInt, Artifacts: math.MaxInt, Steps: math.MaxInt, Path: math.MaxInt,
		Name: math.MaxInt, Vars: math.MaxInt, Args: math.MaxInt, Arg: math.MaxInt, Outputs: math.MaxInt, Faults: math.MaxInt,
	}
}

// maxDepth bounds the nesting of a document; a real one goes six levels deep.
const maxDepth = 64

// maxElement is the most bytes of one element of a path: NAME_MAX of Linux.
const maxElement = 255
