package runners

import "errors"

var (
	// ErrTemporary marks a fault of the infrastructure after which the same call may succeed.
	ErrTemporary = errors.New("temporary")
	// ErrGone says that a sandbox does not exist any more.
	ErrGone = errors.New("the sandbox is gone")
)
