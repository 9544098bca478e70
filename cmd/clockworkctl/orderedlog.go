package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// orderedLog writes the bytes of one step after the other, in the bundle's order. The steps of a graph print at the same
// time; what comes too early waits in a temporary file, because it may be more than memory holds.
type orderedLog struct {
	raw *rawLog
	// steps are the positions of those whose turn is still to come; the first one's output is written at once.
	steps    []uint32
	finished map[uint32]bool
	early    map[uint32][]segment
	spool    *os.File
	spooled  int64
}

// segment is a run of bytes in the spool.
type segment struct {
	offset, length int64
}

func newOrderedLog(raw *rawLog, steps []uint32) *orderedLog {
	return &orderedLog{raw: raw, steps: steps, finished: map[uint32]bool{}, early: map[uint32][]segment{}}
}

// Event writes the bytes of an output, or keeps them until it is their step's turn.
func (l *orderedLog) Event(event *clockworkv1.Event) error {
	if finished := event.GetStepFinished(); finished != nil {
		l.finished[finished.GetResult().GetStepIndex()] = true
		return l.advance()
	}
	output := event.GetOutput()
	if output == nil || len(l.steps) > 0 && output.GetStepIndex() == l.steps[0] {
		return l.raw.Event(event)
	}
	return l.keep(output)
}

// Ended writes what was kept of steps that have not finished.
func (l *orderedLog) Ended() error {
	for len(l.steps) > 0 {
		l.finished[l.steps[0]] = true
		if err := l.advance(); err != nil {
			return err
		}
	}
	return l.raw.Ended()
}

// Flush writes what is buffered, for who follows.
func (l *orderedLog) Flush() error {
	return l.raw.Flush()
}

func (l *orderedLog) close() error {
	if l.spool == nil {
		return nil
	}
	return l.spool.Close()
}

// advance goes on to the first step that has not finished, and writes what was kept on the way.
func (l *orderedLog) advance() error {
	for len(l.steps) > 0 && l.finished[l.steps[0]] {
		l.steps = l.steps[1:]
		if len(l.steps) == 0 {
			return nil
		}
		for _, s := range l.early[l.steps[0]] {
			if _, err := io.Copy(l.raw.out, io.NewSectionReader(l.spool, s.offset, s.length)); err != nil {
				return err
			}
		}
		delete(l.early, l.steps[0])
	}
	return nil
}

func (l *orderedLog) keep(output *clockworkv1.Output) error {
	if err := l.openSpool(); err != nil {
		return fmt.Errorf("cannot keep output until it is its step's turn: %w", err)
	}
	n, err := l.spool.Write(output.GetData())
	if err != nil {
		return fmt.Errorf("cannot keep output until it is its step's turn: %w", err)
	}
	step := output.GetStepIndex()
	l.early[step] = append(l.early[step], segment{l.spooled, int64(n)})
	l.spooled += int64(n)
	return nil
}

// openSpool makes a file without a name, which is gone with this process.
func (l *orderedLog) openSpool() error {
	if l.spool != nil {
		return nil
	}
	file, err := os.CreateTemp("", "clockworkctl-*")
	if err != nil {
		return err
	}
	if err := os.Remove(file.Name()); err != nil {
		return errors.Join(err, file.Close())
	}
	l.spool = file
	return nil
}
