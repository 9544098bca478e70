package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestExecuteStreamsFromTheFirstEventToTheLast(t *testing.T) {
	t.Parallel()
	d := serve(t)
	asked := make(chan string, 1)
	d.executor.execute = func(_ context.Context, principal string, request *clockworkv1.ExecuteBundleRequest) (string, error) {
		asked <- fmt.Sprintf("%s on %s with %s", principal, request.GetRunner(), request.GetIdempotencyKey())
		return "x1", nil
	}
	d.journal.add(false, "past")
	stream, err := d.ExecuteBundle(t.Context(), &clockworkv1.ExecuteBundleRequest{Runner: "a", IdempotencyKey: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := <-asked, fmt.Sprintf("uid:%d on a with k", os.Geteuid()); got != want {
		t.Errorf("executed as %q; want %q", got, want)
	}
	if event, err := stream.Recv(); err != nil || event.GetSequence() != 1 {
		t.Fatalf("first event: %v, %v", event, err)
	}
	d.journal.add(false, "live")
	d.journal.add(true, "last")
	messages, err := receive(stream)
	if !errors.Is(err, io.EOF) || !slices.Equal(messages, []string{"live", "last"}) {
		t.Errorf("then %q, %v; want live, last and the end", messages, err)
	}
	if header, err := stream.Header(); err != nil || len(header.Get(versionHeader)) != 1 {
		t.Errorf("header %v, %v; want the version", header, err)
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	d := serve(t)
	for _, message := range []string{"1", "2", "3"} {
		d.journal.add(message == "3", message)
	}
	for _, c := range []struct {
		id    string
		after uint64
		want  []string
		code  codes.Code
	}{
		{"x1", 0, []string{"1", "2", "3"}, codes.OK},
		{"x1", 2, []string{"3"}, codes.OK},
		{"x1", 3, nil, codes.OK},
		{"x1", 4, nil, codes.DataLoss},
		{"x2", 0, nil, codes.NotFound},
		{"", 0, nil, codes.InvalidArgument},
	} {
		stream, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: c.id, AfterSequence: c.after})
		if err != nil {
			t.Fatal(err)
		}
		messages, err := receive(stream)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		wantCode(t, err, c.code)
		if !slices.Equal(messages, c.want) {
			t.Errorf("after %d: %q; want %q", c.after, messages, c.want)
		}
	}
}

// TestWatchersDoNotWait has one client that never reads while another one reads everything.
func TestWatchersDoNotWait(t *testing.T) {
	t.Parallel()
	d := serve(t)
	asleep, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	long := string(make([]byte, 256<<10))
	for i := range 64 {
		d.journal.add(i == 63, long)
	}
	awake, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	if messages, err := receive(awake); !errors.Is(err, io.EOF) || len(messages) != 64 {
		t.Errorf("got %d events, %v; want 64", len(messages), err)
	}
	if messages, err := receive(asleep); !errors.Is(err, io.EOF) || len(messages) != 64 {
		t.Errorf("once awake: %d events, %v; want 64", len(messages), err)
	}
}

func TestBadOptionsAndBadBundleAreNamedTogether(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.executor.execute = func(context.Context, string, *clockworkv1.ExecuteBundleRequest) (string, error) {
		t.Error("a bad request was executed")
		return "x1", nil
	}
	d.executor.validate = func(*clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
		return &clockworkv1.ValidateBundleResponse{Faults: []*clockworkv1.Fault{{Path: "steps", Message: "must not be empty"}}}, nil
	}
	stream, err := d.ExecuteBundle(t.Context(), badExecuteRequest())
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	wantCode(t, err, codes.InvalidArgument)
	var fields []string
	for _, violation := range detail[*errdetails.BadRequest](err).GetFieldViolations() {
		fields = append(fields, violation.GetField())
	}
	if want := []string{"requirements.isolation", "timeout", "step_timeout", "idempotency_key", "steps"}; !slices.Equal(fields, want) {
		t.Errorf("fields = %q; want %q", fields, want)
	}
}

func TestShutdownEndsStreamsThatAreResumable(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.journal.add(false, "1")
	stream, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	d.server.Shutdown(done(t))
	_, err = stream.Recv()
	wantCode(t, err, codes.Unavailable)
	if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "DRAINING" || detail[*errdetails.RetryInfo](err) == nil {
		t.Errorf("got %v; want the reason DRAINING and a RetryInfo", err)
	}
}

func TestShutdownLetsStreamsEnd(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.journal.add(false, "1")
	stream, err := d.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: "x1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		d.server.Shutdown(ctx)
	}()
	d.journal.add(true, "last")
	if messages, err := receive(stream); !errors.Is(err, io.EOF) || !slices.Equal(messages, []string{"last"}) {
		t.Errorf("got %q, %v; want the last event and the end", messages, err)
	}
	<-over
	if ctx.Err() != nil {
		t.Error("Shutdown waited although nothing was left")
	}
}

func TestVersionIsInEachResponse(t *testing.T) {
	t.Parallel()
	d := serve(t)
	var header metadata.MD
	_, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x1"}, grpc.Header(&header))
	if err != nil || len(header.Get(versionHeader)) != 1 {
		t.Errorf("header %v, %v; want the version", header, err)
	}
}
