package process

import (
	"fmt"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Reader is the one who is sent what a process does. A newer one takes over from it.
type Reader struct {
	process  *Process
	wake     chan struct{}
	replaced chan struct{}
}

// Attach makes the caller the reader of a process that is ready, from these offsets on; all before them is acknowledged by that.
// An offset before the acknowledged one, or after the end, wraps spool.ErrRange.
func (p *Process) Attach(stdout, stderr uint64) (*Reader, error) {
	for stream, offset := range map[agentv1.Stream]uint64{
		agentv1.Stream_STREAM_STDOUT: stdout,
		agentv1.Stream_STREAM_STDERR: stderr,
	} {
		view, err := p.Output(stream).View(offset)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", stream, err)
		}
		view.Release()
	}
	r := &Reader{process: p, wake: make(chan struct{}, 1), replaced: make(chan struct{})}
	if older := p.reader.Swap(r); older != nil {
		close(older.replaced)
	}
	return r, p.Ack(stdout, stderr)
}

// Detach ends the reading, unless another reader took over.
func (r *Reader) Detach() {
	r.process.reader.CompareAndSwap(r, nil)
}

// Wake receives when there may be more output, or the exit record.
func (r *Reader) Wake() <-chan struct{} { return r.wake }

// Replaced is closed when another reader took over.
func (r *Reader) Replaced() <-chan struct{} { return r.replaced }

// wake tells the reader, if there is one.
func (p *Process) wake() {
	if r := p.reader.Load(); r != nil {
		select {
		case r.wake <- struct{}{}:
		default: // it is told already
		}
	}
}

// isRead tells whether there is a reader.
func (p *Process) isRead() bool { return p.reader.Load() != nil }

// Ack forgets output before these offsets.
func (p *Process) Ack(stdout, stderr uint64) error {
	if err := p.stdout.Ack(stdout); err != nil {
		return err
	}
	return p.stderr.Ack(stderr)
}
