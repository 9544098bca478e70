package runners

// MakeIdle gives a leased sandbox back as if nobody had used it, which happens only when somebody gives up at the very
// moment that it becomes ready.
func MakeIdle(r *Runner, l *Lease) {
	r.pool.change(func() { r.pool.makeIdle(l.member) })
}
