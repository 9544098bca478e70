package main

import (
	"bufio"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// rawLog writes the bytes of outputs as they are, in the order in which they come.
type rawLog struct {
	out *bufio.Writer
	say func(format string, args ...any)
}

func newRawLog(out io.Writer, say func(format string, args ...any)) *rawLog {
	return &rawLog{out: bufio.NewWriterSize(out, 64<<10), say: say}
}

// Event writes the bytes of an output. Bytes that are missing are told of on standard error.
func (l *rawLog) Event(event *clockworkv1.Event) error {
	if dropped := event.GetOutputDropped(); dropped != nil {
		l.say("%d bytes of step %s, from offset %d on, were dropped: %s", dropped.GetBytes(), dropped.GetName(), dropped.GetOffset(), dropped.GetReason())
	}
	_, err := l.out.Write(event.GetOutput().GetData())
	return err
}

// Flush writes what is buffered, for who follows.
func (l *rawLog) Flush() error {
	return l.out.Flush()
}

// Ended writes what is still buffered.
func (l *rawLog) Ended() error {
	return l.out.Flush()
}
