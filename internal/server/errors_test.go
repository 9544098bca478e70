package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestErrors checks what a client sees of each error of the executor.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		code   codes.Code
		reason string
		retry  bool
	}{
		{fmt.Errorf("cannot execute: %w", executor.ErrQueueFull), codes.ResourceExhausted, "QUEUE_FULL", true},
		{executor.ErrDraining, codes.Unavailable, "DRAINING", true},
		{journal.ErrKeyConflict, codes.AlreadyExists, "IDEMPOTENCY_KEY_CONFLICT", false},
		{fmt.Errorf("cannot record: %w", journal.ErrFull), codes.ResourceExhausted, "DISK_FULL", false},
		{journal.ErrClosed, codes.Unavailable, "DRAINING", true},
		{journal.ErrNotFound, codes.NotFound, "NOT_FOUND", false},
		{journal.ErrDataLoss, codes.DataLoss, "DATA_LOSS", false},
		{&runners.SelectionError{Requirements: runners.Requirements{Name: "z"}, Known: "a"}, codes.FailedPrecondition, "NO_SUCH_RUNNER", false},
		{&runners.SelectionError{Rejections: []runners.Rejection{{Runner: "a", Reason: "has no label gpu"}}}, codes.FailedPrecondition, "NO_RUNNER_FITS", false},
		{errors.New("something else"), codes.Internal, "INTERNAL", false},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			err := executeWith(t, c.err)
			wantCode(t, err, c.code)
			if status.Convert(err).Message() != c.err.Error() {
				t.Errorf("message = %q; want %q", status.Convert(err).Message(), c.err.Error())
			}
			if info := detail[*errdetails.ErrorInfo](err); info.GetReason() != c.reason || info.GetDomain() != "clockwork" {
				t.Errorf("ErrorInfo = %v; want the reason %s", info, c.reason)
			}
			if retry := detail[*errdetails.RetryInfo](err); (retry != nil) != c.retry || c.retry && retry.GetRetryDelay().AsDuration() <= 0 {
				t.Errorf("RetryInfo = %v; wanted: %v", retry, c.retry)
			}
		})
	}
}

func TestFaultsOfABundle(t *testing.T) {
	t.Parallel()
	var faults bundle.Faults
	for i := range 12 {
		faults = append(faults, bundle.Fault{Path: fmt.Sprintf("artifacts[%d].path", i), Message: "leaves the workspace"})
	}
	err := executeWith(t, fmt.Errorf("cannot run it: %w", faults))
	wantCode(t, err, codes.InvalidArgument)
	violations := detail[*errdetails.BadRequest](err).GetFieldViolations()
	if len(violations) != 12 || violations[2].GetField() != "artifacts[2].path" || violations[2].GetDescription() != "leaves the workspace" {
		t.Errorf("field violations: %v", violations)
	}
	if message := status.Convert(err).Message(); !strings.HasPrefix(message, "artifacts[0].path: leaves the workspace; ") || !strings.HasSuffix(message, "; and 2 more") {
		t.Errorf("message = %q", message)
	}
	if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "INVALID_REQUEST" {
		t.Errorf("reason = %q", reason)
	}
}

func TestRefusalByPolicy(t *testing.T) {
	t.Parallel()
	verdict := policy.Verdict{Findings: []policy.Finding{
		{Rule: "shell", Severity: policy.Warning, Path: "steps[0]", Message: "uses a shell"},
		{Rule: "root", Severity: policy.Deny, Path: "steps[1].run.cmd", Message: "removes everything"},
	}}
	err := executeWith(t, &executor.PolicyError{Verdict: verdict})
	wantCode(t, err, codes.FailedPrecondition)
	violations := detail[*errdetails.PreconditionFailure](err).GetViolations()
	if len(violations) != 1 || violations[0].GetType() != "root" || violations[0].GetSubject() != "steps[1].run.cmd" || violations[0].GetDescription() != "removes everything" {
		t.Errorf("violations: %v", violations)
	}
	if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "POLICY_DENIED" {
		t.Errorf("reason = %q", reason)
	}
}

// executeWith returns what a client gets when the executor returns an error.
func executeWith(t *testing.T, failure error) error {
	t.Helper()
	d := serve(t)
	d.executor.execute = func(context.Context, string, *clockworkv1.ExecuteBundleRequest) (string, error) { return "", failure }
	stream, err := d.ExecuteBundle(t.Context(), &clockworkv1.ExecuteBundleRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	return err
}
