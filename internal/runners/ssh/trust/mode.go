package trust

import (
	"fmt"
	"strings"
)

// Mode is how much a host's key has to be known.
type Mode string

// The modes, the safest first.
const (
	// Strict refuses a key that is not known.
	Strict Mode = "strict"
	// AcceptNew takes the first key that a host shows, and remembers it. A key that is another than the known one is refused.
	AcceptNew Mode = "accept-new"
	// Off takes every key.
	Off Mode = "off"
)

// UnmarshalText reads a Mode.
func (m *Mode) UnmarshalText(text []byte) error {
	all := []Mode{Strict, AcceptNew, Off}
	names := make([]string, len(all))
	for i, mode := range all {
		if string(text) == string(mode) {
			*m = mode
			return nil
		}
		names[i] = string(mode)
	}
	return fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
}
