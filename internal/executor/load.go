package executor

// Load is how much an executor has taken on.
type Load struct {
	// Live executions have not ended. Queued ones of them wait for their first sandbox; at most MaxQueued may.
	Live, Queued, MaxQueued int
	// Draining means that nothing new is taken any more.
	Draining bool
}

// Load returns how much is taken on right now.
func (e *Executor) Load() Load {
	return Load{Live: e.Live(), Queued: int(e.queued.Load()), MaxQueued: e.options.Load().MaxQueued, Draining: e.draining.Load()}
}
