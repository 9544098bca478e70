package client_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// printing is a script that prints what it is given, chunk by chunk.
func printing(chunks []string) clienttest.Script {
	return func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		offset := 0
		for _, chunk := range chunks {
			run.Output(0, clockworkv1.Stream_STREAM_STDOUT, offset, chunk)
			offset += len(chunk)
		}
		run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_SUCCESS)
		run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
	}
}

func drawChunks(t *rapid.T) []string {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 20_000), func(n int) string { return strings.Repeat("x", n) }), 0, 30).Draw(t, "chunks")
}

// sameEvents fails unless the client got the whole log, each event once and in order.
func sameEvents(t *rapid.T, daemon *clienttest.Daemon, id string, after uint64, got []*clockworkv1.Event) {
	want := daemon.Events(id)[after:]
	if len(got) != len(want) {
		t.Fatalf("got %d events, want %d", len(got), len(want))
	}
	for i := range want {
		if !proto.Equal(got[i], want[i]) {
			t.Fatalf("event %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// cuts ends streams with the drawn codes, each after the drawn number of events.
type cuts struct {
	// only names the call whose streams are cut.
	only string

	mu    sync.Mutex
	after []int
	codes []codes.Code
}

func (c *cuts) gate(_ context.Context, method string, message any) error {
	if _, ok := message.(*clockworkv1.Event); !ok || method != c.only && c.only != "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.after) == 0 {
		return nil
	}
	if c.after[0] > 0 {
		c.after[0]--
		return nil
	}
	code := c.codes[len(c.after)%len(c.codes)]
	c.after = c.after[1:]
	return status.Error(code, "cut")
}

func TestExecuteResumesWhereverTheStreamIsCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		cut := &cuts{
			after: rapid.SliceOfN(rapid.IntRange(0, 8), 0, 12).Draw(r, "cuts"),
			codes: rapid.SliceOfN(rapid.Just(codes.Unavailable), 1, 1).Draw(r, "codes"),
		}
		daemon := startDaemon(r, clienttest.Options{Script: printing(drawChunks(r)), Gate: cut.gate})
		c := dial(r, daemon.Address())
		execution, err := c.Execute(context.Background(), request("print"))
		if err != nil {
			r.Fatal(err)
		}
		got, err := collect(execution.Events())
		if err != nil {
			r.Fatal(err)
		}
		sameEvents(r, daemon, execution.ID(), 0, got)
		if n := len(daemon.Executions()); n != 1 {
			r.Fatalf("the bundle ran %d times", n)
		}
	})
}

func TestWatchResumesAfterAnyEndThatIsNotTheExecutions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		cut := &cuts{
			only:  "WatchExecution",
			after: rapid.SliceOfN(rapid.IntRange(0, 8), 0, 12).Draw(r, "cuts"),
			codes: rapid.SliceOfN(rapid.SampledFrom([]codes.Code{
				codes.OK, codes.Unavailable, codes.Aborted, codes.Canceled, codes.ResourceExhausted, codes.DeadlineExceeded,
			}), 1, 5).Draw(r, "codes"),
		}
		daemon := startDaemon(r, clienttest.Options{Script: printing(drawChunks(r)), Gate: cut.gate})
		c := dial(r, daemon.Address())
		id := started(r, c)
		after := rapid.Uint64Range(0, 3).Draw(r, "after")
		got, err := collect(c.Watch(context.Background(), id, after))
		if err != nil {
			r.Fatal(err)
		}
		sameEvents(r, daemon, id, after, got)
	})
}

// started executes a bundle, waits for its end and returns its id.
func started(t *rapid.T, c *client.Client) string {
	execution, err := c.Execute(context.Background(), request("print"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collect(execution.Events()); err != nil {
		t.Fatal(err)
	}
	return execution.ID()
}

func TestResumesWhereverTheConnectionIsCut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		daemon := startDaemon(r, clienttest.Options{Script: printing(drawChunks(r))})
		proxy := startProxy(r, daemon.Address(), rapid.SliceOfN(rapid.IntRange(0, 50_000), 0, 8).Draw(r, "limits"))
		c := dial(r, proxy.address)
		proxy.arm()
		execution, err := c.Execute(context.Background(), request("print"))
		if err != nil {
			r.Fatal(err)
		}
		got, err := collect(execution.Events())
		if err != nil {
			r.Fatal(err)
		}
		sameEvents(r, daemon, execution.ID(), 0, got)
		if n := len(daemon.Executions()); n != 1 {
			r.Fatalf("the bundle ran %d times", n)
		}
	})
}

func TestResumesAcrossARestartOfTheDaemon(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	daemon := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		<-goOn
		run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_SUCCESS)
		run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
	}})
	notices := make(chan struct{}, 1)
	c := dial(t, daemon.Address(), client.WithResumeNotice(func(error, time.Duration) {
		select {
		case notices <- struct{}{}:
		default:
		}
	}))
	execution, err := c.Execute(t.Context(), request("wait"))
	if err != nil {
		t.Fatal(err)
	}
	daemon.Down()
	restarted := make(chan error, 1)
	go func() {
		<-notices
		close(goOn)
		restarted <- daemon.Up()
	}()
	got, err := collect(execution.Events())
	if err != nil || len(got) != 4 {
		t.Fatalf("got %d events, %v; want 4", len(got), err)
	}
	if err := <-restarted; err != nil {
		t.Fatal(err)
	}
}

func TestGivesUpWhenItsPatienceIsOver(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	c := dial(t, daemon.Address(), client.WithPatience(50*time.Millisecond))
	execution, err := c.Execute(t.Context(), request("wait"))
	if err != nil {
		t.Fatal(err)
	}
	daemon.Down()
	if _, err := collect(execution.Events()); !errors.Is(err, client.ErrUnreachable) {
		t.Fatalf("got %v, want ErrUnreachable", err)
	}
	if err := daemon.Up(); err != nil {
		t.Fatal(err)
	}
}

func TestAGapIsAnError(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Gate: func(_ context.Context, method string, message any) error {
		if event, ok := message.(*clockworkv1.Event); ok && method == "WatchExecution" && event.GetSequence() == 3 {
			event.Sequence = 4
		}
		return nil
	}})
	c := dial(t, daemon.Address())
	execution, err := c.Execute(t.Context(), request("one"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := collect(execution.Events()); err != nil {
		t.Fatal(err)
	}
	got, err := collect(c.Watch(t.Context(), execution.ID(), 0))
	var broken *client.SequenceError
	if !errors.As(err, &broken) || broken.Want != 3 || broken.Got != 4 || len(got) != 2 {
		t.Fatalf("got %d events and %v, want 2 and an error that names 3 and 4", len(got), err)
	}
}

func TestWatchFromTheLastEventOn(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{})
	c := dial(t, daemon.Address())
	execution, err := c.Execute(t.Context(), request("one"))
	if err != nil {
		t.Fatal(err)
	}
	events, err := collect(execution.Events())
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(len(events))
	if got, err := collect(c.Watch(t.Context(), execution.ID(), last)); err != nil || len(got) != 0 {
		t.Fatalf("got %d events, %v; want none", len(got), err)
	}
	if _, err := collect(c.Watch(t.Context(), execution.ID(), last+1)); !errors.Is(err, client.ErrDataLoss) {
		t.Fatalf("got %v, want ErrDataLoss", err)
	}
}

// Who cannot watch because too many do is told at once; who watched already waits for a place.
func TestTooManyWatchers(t *testing.T) {
	t.Parallel()
	full, err := status.New(codes.ResourceExhausted, "too many streams").WithDetails(&errdetails.ErrorInfo{Domain: "clockwork", Reason: "TOO_MANY_WATCHERS"})
	if err != nil {
		t.Fatal(err)
	}
	refusals := make(chan struct{}, 1)
	daemon := startDaemon(t, clienttest.Options{Gate: func(_ context.Context, method string, message any) error {
		switch message := message.(type) {
		case *clockworkv1.WatchExecutionRequest:
			select {
			case <-refusals:
				return full.Err()
			default:
			}
		case *clockworkv1.Event:
			if method == "ExecuteBundle" && message.GetSequence() == 2 {
				return status.Error(codes.Aborted, "stood still")
			}
		}
		return nil
	}})
	c := dial(t, daemon.Address())
	execution, err := c.Execute(t.Context(), request("one"))
	if err != nil {
		t.Fatal(err)
	}
	refusals <- struct{}{}
	if got, err := collect(execution.Events()); err != nil || len(got) != 4 {
		t.Fatalf("got %d events, %v; want 4", len(got), err)
	}
	refusals <- struct{}{}
	_, err = collect(c.Watch(t.Context(), execution.ID(), 0))
	if busy, ok := errors.AsType[*client.BusyError](err); !ok || busy.Reason != "TOO_MANY_WATCHERS" {
		t.Fatalf("got %v, want a BusyError", err)
	}
}

func TestLeavingTheLoopEndsTheStream(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	c := dial(t, daemon.Address())
	execution, err := c.Execute(t.Context(), request("wait"))
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range execution.Events() {
		if err != nil || event.GetAccepted() == nil {
			t.Fatalf("got %v, %v", event, err)
		}
		break
	}
	if _, err := collect(execution.Events()); err == nil {
		t.Fatal("the events could be ranged over again")
	}
	if _, err := c.Cancel(t.Context(), execution.ID(), "enough"); err != nil {
		t.Fatal(err)
	}
}

func TestTheCallersEndEndsTheStream(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	c := dial(t, daemon.Address())
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	execution, err := c.Execute(ctx, request("wait"))
	if err != nil {
		t.Fatal(err)
	}
	cancel(cause)
	if _, err := collect(execution.Events()); !errors.Is(err, cause) {
		t.Fatalf("got %v, want the cause", err)
	}
}
