package render

// Failure is why a command failed.
type Failure struct {
	// Code is one word for the kind of failure.
	Code string
	// Message is for a person.
	Message string
	// Remedy is what to do about it; may be empty.
	Remedy string
	// Reason is the daemon's own word, in UPPER_SNAKE_CASE; may be empty.
	Reason string
	// ExitCode is what the command ends with.
	ExitCode int
	// Faults is what is wrong with the bundle, one by one, or what of it was refused.
	Faults []Fault
}

// Fault is one thing wrong with a bundle.
type Fault struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

type failureDocument struct {
	Error errorDocument `json:"error"`
}

type errorDocument struct {
	Code     string  `json:"code"`
	Message  string  `json:"message"`
	Remedy   string  `json:"remedy"`
	Reason   string  `json:"reason"`
	ExitCode int     `json:"exit_code"`
	Faults   []Fault `json:"faults"`
}

func (f Failure) document() failureDocument {
	return failureDocument{errorDocument{
		Code: f.Code, Message: f.Message, Remedy: f.Remedy, Reason: f.Reason, ExitCode: f.ExitCode, Faults: list(f.Faults),
	}}
}
