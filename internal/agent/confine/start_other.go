//go:build !linux

package confine

import "errors"

// Enter does nothing: these systems have no namespaces.
func Enter(Plan) error { return nil }

// Separate refuses every Plan that asks for something.
func Separate(p Plan) (*Thread, error) {
	if p.NeedsThread() || p.User != nil {
		return nil, errors.New("cannot confine steps: that is done on Linux alone")
	}
	return newThread(p), nil
}

// Restrict does nothing.
func (t *Thread) Restrict() error { return nil }
