package server

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// A reader that stands still is told, when it reads again, after which event to go on. It has every event up to that one.
func TestAReaderThatStandsStillCanResume(t *testing.T) {
	t.Parallel()
	d := serve(t, func(o *Options) { o.Limits.StallTimeout = 50 * time.Millisecond })
	const all = 64
	for i := range all {
		d.journal.add(i == all-1, strings.Repeat("x", 64<<10))
	}
	stream, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	<-d.journal.left
	got, err := receive(stream)
	wantCode(t, err, codes.Aborted)
	info := detail[*errdetails.ErrorInfo](err)
	if info.GetReason() != "SLOW_READER" || info.GetMetadata()["after_sequence"] != strconv.Itoa(len(got)) || !strings.Contains(err.Error(), "after sequence "+strconv.Itoa(len(got))) {
		t.Errorf("after %d events: %v, %v", len(got), err, info)
	}
	d.server.SetLimits(Limits{Watchers: 1, StallTimeout: time.Hour})
	stream, err = d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1", AfterSequence: uint64(len(got))})
	if err != nil {
		t.Fatal(err)
	}
	if rest, err := receive(stream); !errors.Is(err, io.EOF) || len(got)+len(rest) != all {
		t.Errorf("%d events, then %d and %v; want %d and the end", len(got), len(rest), err, all)
	}
}

// That nothing happens is not the reader's fault.
func TestAStreamWithoutEventsDoesNotStandStill(t *testing.T) {
	t.Parallel()
	const stall = 20 * time.Millisecond
	d := serve(t, func(o *Options) { o.Limits.StallTimeout = stall })
	d.journal.add(false, "first")
	stream, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(5 * stall)
	d.journal.add(true, "last")
	if got, err := receive(stream); !errors.Is(err, io.EOF) || len(got) != 2 {
		t.Errorf("got %d events, %v", len(got), err)
	}
}

// A file of which nothing is read is closed.
func TestAReaderOfAFileThatStandsStill(t *testing.T) {
	t.Parallel()
	d := serve(t, func(o *Options) { o.Limits.StallTimeout = 50 * time.Millisecond })
	d.journal.files = map[string]string{"out": strings.Repeat("x", 16<<20)}
	stream, err := d.ReadOutputFile(t.Context(), &clockworkv1.ReadOutputFileRequest{ExecutionId: "x1", Path: "out"})
	if err != nil {
		t.Fatal(err)
	}
	<-d.journal.closed
	for err == nil {
		_, err = stream.Recv()
	}
	wantCode(t, err, codes.Aborted)
	if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "SLOW_READER" {
		t.Errorf("the reason is %q", reason)
	}
}

// More streams of events than allowed are refused, by both calls that open one, and nothing is executed.
func TestTooManyWatchers(t *testing.T) {
	t.Parallel()
	d := serve(t, func(o *Options) { o.Limits.Watchers = 1 })
	d.journal.add(false, "first")
	open, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open.Recv(); err != nil {
		t.Fatal(err)
	}
	for _, call := range []func() (grpc.ServerStreamingClient[clockworkv1.Event], error){
		func() (grpc.ServerStreamingClient[clockworkv1.Event], error) {
			return d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
		},
		func() (grpc.ServerStreamingClient[clockworkv1.Event], error) {
			return d.ExecuteBundle(t.Context(), &clockworkv1.ExecuteBundleRequest{})
		},
	} {
		stream, err := call()
		if err != nil {
			t.Fatal(err)
		}
		_, err = stream.Recv()
		wantCode(t, err, codes.ResourceExhausted)
		if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "TOO_MANY_WATCHERS" || detail[*errdetails.RetryInfo](err) == nil {
			t.Errorf("got %v; want the reason TOO_MANY_WATCHERS and a RetryInfo", err)
		}
	}
	d.journal.add(true, "last")
	if _, err := receive(open); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	// The end of the stream is sent before its place is free.
	for {
		stream, err := d.ExecuteBundle(t.Context(), &clockworkv1.ExecuteBundleRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = stream.Recv(); err == nil {
			return
		}
		wantCode(t, err, codes.ResourceExhausted)
	}
}
