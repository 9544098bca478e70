package server

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
)

// errStalled ends a stream whose reader takes nothing.
var errStalled = errors.New("the reader of the stream stands still")

// sender sends the messages of a stream from a goroutine of its own. gRPC waits in Send for as long as the reader takes nothing, and nothing but
// the end of the handler interrupts that; so the handler must be able to leave. What gRPC keeps for the reader of a
// stream that was ended, some 64 KiB and a message, it keeps until that reads it or goes away.
type sender[M any] struct {
	limit    time.Duration
	patience *time.Timer
	messages chan M
	results  chan error
}

// newSender begins to send. The goroutine ends after close, with the handler at the latest; senders waits for it.
func newSender[M any](senders *sync.WaitGroup, limit time.Duration, send func(M) error) *sender[M] {
	s := &sender[M]{limit: limit, patience: time.NewTimer(limit), messages: make(chan M), results: make(chan error, 1)}
	senders.Go(func() {
		for message := range s.messages {
			s.results <- send(message)
		}
	})
	return s
}

func (s *sender[M]) close() {
	s.patience.Stop()
	close(s.messages)
}

// send sends one message. After errStalled the handler must end: the message may still be under way.
func (s *sender[M]) send(message M) error {
	s.messages <- message
	s.patience.Reset(s.limit)
	select {
	case err := <-s.results:
		return err
	case <-s.patience.C:
		return errStalled
	}
}

// stalledEvents is what a reader of events is told when it reads again.
func stalledEvents(limit time.Duration, after uint64) error {
	return stalled(fmt.Sprintf("the stream was ended because its reader took nothing for %s; resume with WatchExecution after sequence %d", limit, after),
		map[string]string{"after_sequence": strconv.FormatUint(after, 10)})
}

// stalledFile is what a reader of a file is told.
func stalledFile(limit time.Duration) error {
	return stalled(fmt.Sprintf("the stream was ended because its reader took nothing for %s; read the file again", limit), nil)
}

func stalled(message string, metadata map[string]string) error {
	return detailed(codes.Aborted, message, &errdetails.ErrorInfo{Domain: errorDomain, Reason: reasonSlowReader, Metadata: metadata})
}
