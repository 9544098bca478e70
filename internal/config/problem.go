package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one fault of a configuration.
type Problem struct {
	// Source is the file, environment variable or flag at fault.
	Source string
	// Line is counted from 1; 0 where there are no lines.
	Line int
	// Message says what is wrong, and what would be right.
	Message string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.Source + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d: %s", p.Source, p.Line, p.Message)
}

// Problems is all faults of a configuration, ordered by their places.
type Problems []Problem //nolint:errname // it reads as what it is: config.Problems

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// asError returns nil where there is no problem.
func (p Problems) asError() error {
	if len(p) == 0 {
		return nil
	}
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Line, b.Line))
	})
	return p
}
