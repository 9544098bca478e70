package client_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// executeAgainst executes a bundle on a daemon that answers with the given error.
func executeAgainst(t *testing.T, code codes.Code, message string, details ...protoadapt.MessageV1) error {
	t.Helper()
	st, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		t.Fatal(err)
	}
	daemon := startDaemon(t, clienttest.Options{Gate: func(_ context.Context, method string, _ any) error {
		if method == "ExecuteBundle" {
			return st.Err()
		}
		return nil
	}})
	_, err = dial(t, daemon.Address()).Execute(t.Context(), request("one"))
	if err == nil {
		t.Fatal("Execute succeeded")
	}
	return err
}

func TestInvalidBundle(t *testing.T) {
	t.Parallel()
	err := executeAgainst(t, codes.InvalidArgument, "the bundle has 2 faults", &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "artifacts[2].path", Description: "is absolute"}, {Field: "vars", Description: "has a bad name"},
	}})
	var invalid *client.InvalidBundleError
	if !errors.As(err, &invalid) || len(invalid.Faults) != 2 || invalid.Faults[0].String() != "artifacts[2].path: is absolute" {
		t.Fatalf("got %v, want both faults", err)
	}
}

func TestInvalidWithoutDetails(t *testing.T) {
	t.Parallel()
	var invalid *client.InvalidBundleError
	if err := executeAgainst(t, codes.InvalidArgument, "no"); !errors.As(err, &invalid) || len(invalid.Faults) != 1 {
		t.Fatalf("got %v, want one fault", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	err := executeAgainst(t, codes.FailedPrecondition, "the policy denies it",
		&errdetails.ErrorInfo{Reason: "POLICY_DENIED", Domain: "clockwork"},
		&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{Subject: "steps[0].run.cmd", Description: "is sudo"}}})
	var refused *client.RefusedError
	if !errors.As(err, &refused) || refused.Reason != "POLICY_DENIED" || len(refused.Findings) != 1 {
		t.Fatalf("got %v, want the reason and the finding", err)
	}
}

func TestBusy(t *testing.T) {
	t.Parallel()
	err := executeAgainst(t, codes.ResourceExhausted, "the queue is full", &errdetails.RetryInfo{RetryDelay: durationpb.New(5 * time.Second)})
	var busy *client.BusyError
	if !errors.As(err, &busy) || busy.RetryAfter != 5*time.Second {
		t.Fatalf("got %v, want a delay of 5 s", err)
	}
}

func TestDrainingIsAnAnswer(t *testing.T) {
	t.Parallel()
	err := executeAgainst(t, codes.Unavailable, "the daemon is draining", &errdetails.ErrorInfo{Reason: "DRAINING", Domain: "clockwork"})
	var busy *client.BusyError
	if !errors.As(err, &busy) || busy.Reason != "DRAINING" {
		t.Fatalf("got %v, want a busy daemon", err)
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	c := dial(t, startDaemon(t, clienttest.Options{}).Address())
	_, get := c.Get(t.Context(), "no-such")
	_, cancel := c.Cancel(t.Context(), "no-such", "")
	_, watch := collect(c.Watch(t.Context(), "no-such", 0))
	_, runner := c.Runner(t.Context(), "no-such")
	_, check := c.CheckRunner(t.Context(), "no-such")
	file := c.ReadOutputFile(t.Context(), "no-such", 0, "no-such", &strings.Builder{})
	for name, err := range map[string]error{"Get": get, "Cancel": cancel, "Watch": watch, "Runner": runner, "CheckRunner": check, "ReadOutputFile": file} {
		if !errors.Is(err, client.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", name, err)
		}
		if n := strings.Count(err.Error(), "no-such"); n != 1 {
			t.Errorf("%s: %q names what was not found %d times, want once", name, err, n)
		}
	}
}

func TestOtherErrorsKeepTheirStatus(t *testing.T) {
	t.Parallel()
	err := executeAgainst(t, codes.Internal, "the journal is broken")
	if status.Code(err) != codes.Internal || strings.Contains(err.Error(), "rpc error") {
		t.Fatalf("got %v (%v), want status INTERNAL and a readable message", err, status.Code(err))
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	address := "unix://" + socket(t)
	_, err := client.Dial(t.Context(), address)
	if want := "no daemon answers at " + address + ": no such file or directory"; !errors.Is(err, client.ErrUnreachable) || err.Error() != want {
		t.Fatalf("got %v, want ErrUnreachable and %q", err, want)
	}
}

// That the caller may not open the socket can be told from that nobody listens.
func TestNotPermitted(t *testing.T) {
	t.Parallel()
	denied := grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.EACCES)}
	})
	_, err := client.Dial(t.Context(), "unix://"+socket(t), client.WithGRPC(denied))
	if !errors.Is(err, client.ErrUnreachable) || !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v, want ErrUnreachable and ErrPermission", err)
	}
}

func TestTooLargeABundle(t *testing.T) {
	t.Parallel()
	c := dial(t, startDaemon(t, clienttest.Options{}).Address())
	large := request("one")
	large.Bundle.Artifacts = []*clockworkv1.Artifact{{Path: "large", ContentBase64: make([]byte, client.MaxMessageBytes)}}
	_, execute := c.Execute(t.Context(), large)
	_, validate := c.Validate(t.Context(), &clockworkv1.ValidateBundleRequest{Bundle: large.GetBundle()})
	for name, err := range map[string]error{"Execute": execute, "Validate": validate} {
		if _, ok := errors.AsType[*client.InvalidBundleError](err); !ok {
			t.Errorf("%s: got %v, want an invalid bundle", name, err)
		}
	}
}
