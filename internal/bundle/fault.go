package bundle

import "strings"

// Fault is one thing wrong with a bundle.
type Fault struct {
	// Path is the JSON path of what is wrong: "artifacts[2].path", "vars.PORT"; "$" is the bundle as a whole.
	Path string
	// Message says what is wrong and what would be right. It continues the path: "must be …", "is …".
	Message string
}

// Faults is everything wrong with a bundle. It is not empty where it is an error.
//
// Faults of a document stand in the document's order; faults of a message in the order of its fields.
type Faults []Fault //nolint:errname // the word of the API: a bundle has faults

// Error names every fault, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Path + ": " + fault.Message
	}
	return strings.Join(lines, "\n")
}
