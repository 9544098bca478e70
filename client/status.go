package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// typed turns what gRPC returned into one of this package's errors. What has none stays the gRPC status, which
// status.FromError still finds.
func (c *Client) typed(action string, err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return fmt.Errorf("cannot %s: %w", action, err)
	}
	d := detailsOf(st)
	switch st.Code() {
	case codes.Unavailable:
		if d.reason == "" {
			return &unreachableError{address: c.address, cause: transportCause(st.Message())}
		}
		return fmt.Errorf("cannot %s: %w", action, &BusyError{Reason: d.reason, Message: st.Message(), RetryAfter: d.retryAfter})
	case codes.ResourceExhausted:
		return fmt.Errorf("cannot %s: %w", action, &BusyError{Reason: d.reason, Message: st.Message(), RetryAfter: d.retryAfter})
	case codes.FailedPrecondition, codes.AlreadyExists, codes.PermissionDenied, codes.Unauthenticated:
		return fmt.Errorf("cannot %s: %w", action, &RefusedError{Reason: d.reason, Message: st.Message(), Findings: d.faults})
	case codes.NotFound:
		return &NotFoundError{Reason: d.reason, Message: st.Message()} // which names what was not found; the action would, too
	case codes.DataLoss:
		return fmt.Errorf("cannot %s: %w: %s", action, ErrDataLoss, st.Message())
	case codes.Canceled:
		return fmt.Errorf("cannot %s: %w", action, context.Canceled)
	case codes.DeadlineExceeded:
		return fmt.Errorf("cannot %s: %w", action, context.DeadlineExceeded)
	default:
		return fmt.Errorf("cannot %s: %w", action, &statusError{st})
	}
}

// invalidBundle is the typed error of a call that carried a bundle.
func (c *Client) invalidBundle(action string, err error) error {
	st, ok := status.FromError(err)
	if !ok || st.Code() != codes.InvalidArgument {
		return c.typed(action, err)
	}
	faults := detailsOf(st).faults
	if len(faults) == 0 {
		faults = []Fault{{Path: "$", Message: st.Message()}}
	}
	return &InvalidBundleError{Faults: faults}
}

// statusError is a status that has no type of its own, without the words "rpc error: code = …".
type statusError struct{ st *status.Status }

func (e *statusError) Error() string {
	lines := []string{e.st.Message()}
	for _, fault := range detailsOf(e.st).faults {
		if !strings.Contains(e.st.Message(), fault.String()) {
			lines = append(lines, fault.String())
		}
	}
	return strings.Join(lines, "; ")
}

// GRPCStatus is what status.FromError asks for.
func (e *statusError) GRPCStatus() *status.Status { return e.st }

// details is what the google.rpc details of a status say.
type details struct {
	reason     string
	faults     []Fault
	retryAfter time.Duration
}

func detailsOf(st *status.Status) details {
	var d details
	for _, detail := range st.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			d.reason = detail.GetReason()
		case *errdetails.RetryInfo:
			d.retryAfter = detail.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				d.faults = append(d.faults, Fault{Path: violation.GetField(), Message: violation.GetDescription()})
			}
		case *errdetails.PreconditionFailure:
			for _, violation := range detail.GetViolations() {
				d.faults = append(d.faults, Fault{Path: violation.GetSubject(), Message: violation.GetDescription()})
			}
		}
	}
	return d
}

// transportCause takes the wrapping off a failure to connect: gRPC's own, and the address, which our error names. That the
// socket may not be opened stays an error that can be looked at.
func transportCause(message string) error {
	message = strings.TrimPrefix(message, "connection error: desc = ")
	message = strings.TrimPrefix(strings.Trim(message, `"`), "transport: ")
	message = strings.TrimPrefix(message, "Error while dialing: ")
	if dial, cause, ok := strings.Cut(message, ": connect: "); ok && strings.HasPrefix(dial, "dial ") {
		message = cause
	}
	if message == syscall.EACCES.Error() {
		return syscall.EACCES
	}
	return errors.New(message)
}
