package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
)

// errorDomain is the ErrorInfo.domain of all errors.
const errorDomain = "clockwork"

// The reasons that an ErrorInfo gives; clients may depend on them.
const (
	reasonInvalidRequest = "INVALID_REQUEST"
	reasonPolicyDenied   = "POLICY_DENIED"
	reasonNoSuchRunner   = "NO_SUCH_RUNNER"
	reasonNoRunnerFits   = "NO_RUNNER_FITS"
	reasonKeyConflict    = "IDEMPOTENCY_KEY_CONFLICT"
	reasonQueueFull      = "QUEUE_FULL"
	reasonDiskFull       = "DISK_FULL"
	reasonDraining       = "DRAINING"
	reasonTooMany        = "TOO_MANY_WATCHERS"
	reasonSlowReader     = "SLOW_READER"
	reasonNotFound       = "NOT_FOUND"
	reasonDataLoss       = "DATA_LOSS"
	reasonPanic          = "PANIC"
	reasonInternal       = "INTERNAL"
)

// errShutdown ends streams when the server does.
var errShutdown = errors.New("the daemon is shutting down; the execution goes on, and can be watched when the next daemon runs")

// outcomes says, for each error that may be inspected, what a client is told. A retry of 0 means that trying again does not help.
var outcomes = []struct {
	err    error
	code   codes.Code
	reason string
	retry  time.Duration
}{
	{executor.ErrQueueFull, codes.ResourceExhausted, reasonQueueFull, time.Second},
	{executor.ErrDraining, codes.Unavailable, reasonDraining, 5 * time.Second},
	{errTooManyWatchers, codes.ResourceExhausted, reasonTooMany, time.Second},
	{errShutdown, codes.Unavailable, reasonDraining, time.Second},
	{journal.ErrClosed, codes.Unavailable, reasonDraining, time.Second},
	{journal.ErrKeyConflict, codes.AlreadyExists, reasonKeyConflict, 0},
	{journal.ErrFull, codes.ResourceExhausted, reasonDiskFull, 0},
	{journal.ErrNotFound, codes.NotFound, reasonNotFound, 0},
	{journal.ErrDataLoss, codes.DataLoss, reasonDataLoss, 0},
}

// mapped turns an error of the executor or the journal into a status with its details. A status stays as it is.
func mapped(err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return status.FromContextError(err).Err()
	}
	if refused := judged(err); refused != nil {
		return refused
	}
	for _, outcome := range outcomes {
		if !errors.Is(err, outcome.err) {
			continue
		}
		if outcome.retry == 0 {
			return refusal(outcome.code, outcome.reason, err.Error())
		}
		return refusal(outcome.code, outcome.reason, err.Error(), &errdetails.RetryInfo{RetryDelay: durationpb.New(outcome.retry)})
	}
	return refusal(codes.Internal, reasonInternal, err.Error())
}

// invalid names everything that is wrong with a request.
func invalid(faults []fault) error {
	bad := &errdetails.BadRequest{}
	lines := make([]string, len(faults))
	for i, f := range faults {
		lines[i] = f.path + ": " + f.message
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{Field: f.path, Description: f.message})
	}
	return refusal(codes.InvalidArgument, reasonInvalidRequest, summarized(lines), bad)
}

// summarized keeps a message short enough for the header that carries it; the details have the rest.
func summarized(lines []string) string {
	const most = 10
	if len(lines) <= most {
		return strings.Join(lines, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(lines[:most], "; "), len(lines)-most)
}

// refusal is a status with an ErrorInfo and further details.
func refusal(code codes.Code, reason, message string, details ...protoadapt.MessageV1) error {
	return detailed(code, message, append([]protoadapt.MessageV1{&errdetails.ErrorInfo{Domain: errorDomain, Reason: reason}}, details...)...)
}

func detailed(code codes.Code, message string, details ...protoadapt.MessageV1) error {
	st, err := status.New(code, message).WithDetails(details...)
	if err != nil { // only for the code OK, which no error has
		return status.Error(code, message)
	}
	return st.Err()
}

func noSuchRunner(name string, all []*runners.Runner) error {
	names := make([]string, len(all))
	for i, runner := range all {
		names[i] = runner.Name()
	}
	return refusal(codes.NotFound, reasonNoSuchRunner, fmt.Sprintf("cannot find runner %q: there is %s", name, strings.Join(names, ", ")))
}
