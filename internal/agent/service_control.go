package agent

import (
	"context"

	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// LookPath finds programs.
func (s service) LookPath(_ context.Context, request *agentv1.LookPathRequest) (*agentv1.LookPathResponse, error) {
	path := overlay(s.config.Env, request.GetEnv())["PATH"]
	found := make(map[string]string)
	for _, name := range request.GetNames() {
		if program, ok := s.config.Spawner.LookPath(name, path); ok {
			found[name] = program
		}
	}
	return &agentv1.LookPathResponse{Paths: found}, nil
}

// Terminate ends a process with its tree.
func (s service) Terminate(ctx context.Context, request *agentv1.TerminateRequest) (*agentv1.TerminateResponse, error) {
	grace, err := duration("grace", request.GetGrace())
	if err != nil {
		return nil, err
	}
	p, err := s.table.Get(request.GetProcessId())
	if err != nil {
		return nil, refusal(err)
	}
	select {
	case <-p.Terminate(grace):
		return &agentv1.TerminateResponse{}, nil
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
}

// ListProcesses lists the processes that are not forgotten.
func (s service) ListProcesses(context.Context, *agentv1.ListProcessesRequest) (*agentv1.ListProcessesResponse, error) {
	return &agentv1.ListProcessesResponse{Processes: s.table.List()}, nil
}

// Shutdown ends everything, then the agent.
func (s service) Shutdown(_ context.Context, request *agentv1.ShutdownRequest) (*agentv1.ShutdownResponse, error) {
	grace, err := duration("grace", request.GetGrace())
	if err != nil {
		return nil, err
	}
	report := s.Server.Shutdown(grace)
	return &agentv1.ShutdownResponse{Killed: report.Killed, DiscardedBytes: report.DiscardedBytes}, nil
}
