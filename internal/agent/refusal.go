package agent

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/spool"
	"github.com/clockworkd/clockwork/internal/agent/workspace"
)

// refusals are the codes by which the agent refuses; the first that fits counts.
var refusals = []struct {
	reason error
	code   codes.Code
}{
	{workspace.ErrPath, codes.InvalidArgument},
	{workspace.ErrLink, codes.FailedPrecondition},
	{workspace.ErrFull, codes.ResourceExhausted},
	{workspace.ErrLimit, codes.ResourceExhausted},
	{process.ErrUnknown, codes.NotFound},
	{process.ErrForgotten, codes.NotFound},
	{process.ErrShutdown, codes.FailedPrecondition},
	{spool.ErrRange, codes.OutOfRange},
	{fs.ErrPermission, codes.PermissionDenied},
	{context.Canceled, codes.Canceled},
	{context.DeadlineExceeded, codes.DeadlineExceeded},
}

// refusal gives an error its code. One that has a code, because it comes from the stream, keeps it.
func refusal(err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	for _, known := range refusals {
		if errors.Is(err, known.reason) {
			return status.Error(known.code, err.Error())
		}
	}
	return status.Error(codes.Internal, err.Error())
}

// duration reads one that may be absent and is not negative.
func duration(name string, value *durationpb.Duration) (time.Duration, error) {
	if value == nil {
		return 0, nil
	}
	if err := value.CheckValid(); err != nil || value.AsDuration() < 0 {
		return 0, status.Errorf(codes.InvalidArgument, "%s is not a valid duration", name)
	}
	return value.AsDuration(), nil
}
