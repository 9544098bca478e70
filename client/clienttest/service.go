package clienttest

import (
	"context"
	"slices"

	"github.com/gofrs/uuid/v5"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// piece is small, so that the files of tests come in several.
const piece = 1 << 10

type executionService struct {
	clockworkv1.UnimplementedExecutionServiceServer
	daemon *Daemon
}

func (s *executionService) ExecuteBundle(request *clockworkv1.ExecuteBundleRequest, stream grpc.ServerStreamingServer[clockworkv1.Event]) error {
	return s.daemon.accept(request).follow(stream.Context(), 0, stream.Send)
}

func (s *executionService) WatchExecution(request *clockworkv1.WatchExecutionRequest, stream grpc.ServerStreamingServer[clockworkv1.Event]) error {
	execution, err := s.daemon.find(request.GetExecutionId())
	if err != nil {
		return err
	}
	if request.GetAfterSequence() > execution.snapshot().GetLastSequence() {
		return status.Error(codes.DataLoss, "there are fewer events than that")
	}
	return execution.follow(stream.Context(), request.GetAfterSequence(), stream.Send)
}

func (s *executionService) GetExecution(_ context.Context, request *clockworkv1.GetExecutionRequest) (*clockworkv1.Execution, error) {
	execution, err := s.daemon.find(request.GetExecutionId())
	if err != nil {
		return nil, err
	}
	return execution.snapshot(), nil
}

func (s *executionService) CancelExecution(_ context.Context, request *clockworkv1.CancelExecutionRequest) (*clockworkv1.Execution, error) {
	execution, err := s.daemon.find(request.GetExecutionId())
	if err != nil {
		return nil, err
	}
	execution.requestCancel()
	return execution.snapshot(), nil
}

func (s *executionService) ValidateBundle(_ context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
	return s.daemon.options.Validate(request), nil
}

func (s *executionService) ReadOutputFile(request *clockworkv1.ReadOutputFileRequest, stream grpc.ServerStreamingServer[clockworkv1.ReadOutputFileResponse]) error {
	content, ok := s.daemon.options.Files[request.GetPath()]
	if !ok {
		return notFound("NOT_FOUND", "there is no output file %q", request.GetPath())
	}
	for data := range slices.Chunk(content, piece) {
		if err := stream.Send(&clockworkv1.ReadOutputFileResponse{Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// accept starts an execution, or joins the one that the request's key stands for.
func (d *Daemon) accept(request *clockworkv1.ExecuteBundleRequest) *execution {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, known := range d.executions {
		if key := known.snapshot().GetIdempotencyKey(); key != "" && key == request.GetIdempotencyKey() {
			return known
		}
	}
	ctx, cancel := context.WithCancel(d.ctx)
	execution := newExecution(uuid.Must(uuid.NewV7()).String(), request, cancel)
	d.executions = append(d.executions, execution)
	d.scripts.Go(func() {
		defer cancel()
		d.options.Script(&Run{Request: request, execution: execution, done: ctx.Done()})
	})
	return execution
}

func (d *Daemon) find(id string) (*execution, error) {
	for _, execution := range d.all() {
		if execution.snapshot().GetId() == id {
			return execution, nil
		}
	}
	return nil, notFound("NOT_FOUND", "there is no execution %q", id)
}

func notFound(reason, format string, args ...any) error {
	detailed, err := status.Newf(codes.NotFound, format, args...).WithDetails(&errdetails.ErrorInfo{Domain: "clockwork", Reason: reason})
	if err != nil {
		return err
	}
	return detailed.Err()
}

func (d *Daemon) all() []*execution {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.executions)
}

// Executions returns the state of all executions, oldest first.
func (d *Daemon) Executions() []*clockworkv1.Execution {
	var states []*clockworkv1.Execution
	for _, execution := range d.all() {
		states = append(states, execution.snapshot())
	}
	return states
}

type runnerService struct {
	clockworkv1.UnimplementedRunnerServiceServer
	daemon *Daemon
}

func (s *runnerService) ListRunners(context.Context, *clockworkv1.ListRunnersRequest) (*clockworkv1.ListRunnersResponse, error) {
	return &clockworkv1.ListRunnersResponse{Runners: s.daemon.options.Runners}, nil
}

func (s *runnerService) GetRunner(_ context.Context, request *clockworkv1.GetRunnerRequest) (*clockworkv1.Runner, error) {
	for _, runner := range s.daemon.options.Runners {
		if runner.GetName() == request.GetName() {
			return runner, nil
		}
	}
	return nil, notFound("NO_SUCH_RUNNER", "cannot find runner %q", request.GetName())
}

func (s *runnerService) CheckRunner(ctx context.Context, request *clockworkv1.CheckRunnerRequest) (*clockworkv1.CheckRunnerResponse, error) {
	runner, err := s.GetRunner(ctx, &clockworkv1.GetRunnerRequest{Name: request.GetName()})
	if err != nil {
		return nil, err
	}
	return &clockworkv1.CheckRunnerResponse{
		Usable:   runner.GetErrorMessage() == "",
		Findings: []*clockworkv1.CheckFinding{{Name: "start a process", Passed: runner.GetErrorMessage() == "", Detail: runner.GetErrorMessage()}},
	}, nil
}

type daemonService struct {
	clockworkv1.UnimplementedDaemonServiceServer
	daemon *Daemon
}

func (s *daemonService) Diagnose(context.Context, *clockworkv1.DiagnoseRequest) (*clockworkv1.DiagnoseResponse, error) {
	return s.daemon.options.Diagnosis, nil
}

// Events returns the log of an execution; nil if there is none of that id.
func (d *Daemon) Events(id string) []*clockworkv1.Event {
	execution, err := d.find(id)
	if err != nil {
		return nil
	}
	execution.mu.Lock()
	defer execution.mu.Unlock()
	return slices.Clone(execution.log)
}
