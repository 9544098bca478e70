// Package journal owns the durable record of executions: their state, their events and their output.
//
// State events are on the disk before Append returns. Output is in the kernel, so that it survives the death of
// this process, before Output returns, and on the disk before the state event that follows it is.
// The journal assigns sequence numbers; those of one execution have no gap.
//
// It knows nothing of what states mean or which follow which; that is the executor's. Of the events it tells apart only
// output, which it stores in another way, a step's result, which it finds again, and the end of an execution.
//
// # On the disk
//
//	journal.db        SQLite: executions, requests, steps, and all events but output
//	journal.reserve   room that is given up, on a full disk, for states (reserve.go)
//	journal.lock      held by the process that has the journal open
//	output/34/…1234   the output of one execution, a row of frames (see frame.go)
//	files/ID/…        the files kept of one execution
//	tmp/              files being written
//
// All changes of the database go through one goroutine, which commits together what waits together (commit.go). Events of the
// database and frames of the output file share one row of numbers, by which readers merge them (reader.go). Each execution
// that goes on has its newest events in memory (tail.go); a reader that keeps up needs neither database nor file.
//
// Output lies in files because it is faster there: measured by BenchmarkOutput and BenchmarkOutputAsRows on two cores of an AMD
// EPYC and ext4, a file takes runs of 100 bytes 12 times, of 4 KiB 10 times and of 64 KiB 5 times as fast as rows of the database
// do. Besides, it goes past the goroutine that commits, and an execution's gigabyte is one unlink to remove.
package journal
