// Package journal owns the durable record of executions: their state, their events and their output.
//
// State events are on the disk before Append returns. Output is in the kernel, so that it survives the death of
// this process, before Output returns, and on the disk before the state event that follows it is.
// The journal assigns sequence numbers; those of one execution have no gap.
//
// It knows nothing of what states mean or which follow which; that is the executor's.
package journal
