package executor

import "context"

// doomed tells whether something ends the execution before its steps do, be it recorded or not.
func (x *execution) doomed() bool {
	return x.machine.struck() || x.inbox.holdsEnd()
}

// forsake destroys the sandbox of an execution that is doomed and cannot record it. Nothing of it survives so, and where its
// workspace is what fills the disk, the record can be made then.
func (x *execution) forsake(ctx context.Context) {
	if x.forsaken {
		return
	}
	x.forsaken = true
	for _, a := range x.attempts {
		a.abandon(errNoRoom)
	}
	search := x.search
	x.tasks.Go(func() { x.dispose(ctx, search) })
}
