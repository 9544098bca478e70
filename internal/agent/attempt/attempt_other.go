//go:build !linux

package attempt

import "errors"

// Nobody promises any of it on these systems.
var errElsewhere = errors.New("it can be attempted on Linux alone")

func signal(string) error { return errElsewhere }

func gain(string) error { return errElsewhere }

func systemCall(string) error { return errElsewhere }
