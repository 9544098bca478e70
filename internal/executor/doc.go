// Package executor owns executions: it judges a request, admits it, takes a sandbox for it, runs its steps in their order and
// decides what became of them.
//
// Each execution is driven by one goroutine (execution.go). What happened reaches it as an input; a state machine without
// side effects (machine.go, states.go) turns inputs into a change for the journal and into actions; the change is made durable, and only
// then the actions are taken. After a restart of the daemon the same machine is restored from the journal.
//
// The package knows nothing of how sandboxes come to be, of gRPC to clients, or of how the journal stores what it is given.
package executor
