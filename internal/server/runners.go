package server

import (
	"context"
	"slices"
	"sync"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// runnerService implements the RunnerService.
type runnerService struct {
	clockworkv1.UnimplementedRunnerServiceServer
	runners Runners
}

// ListRunners describes all runners, at the same time: one that has to ask a distant host does not hold up the others.
func (s *runnerService) ListRunners(ctx context.Context, _ *clockworkv1.ListRunnersRequest) (*clockworkv1.ListRunnersResponse, error) {
	all := s.runners.All()
	response := &clockworkv1.ListRunnersResponse{Runners: make([]*clockworkv1.Runner, len(all))}
	var describing sync.WaitGroup
	for i, runner := range all {
		describing.Go(func() { response.Runners[i] = s.describe(ctx, runner) })
	}
	describing.Wait()
	return response, nil
}

// GetRunner describes one runner.
func (s *runnerService) GetRunner(ctx context.Context, request *clockworkv1.GetRunnerRequest) (*clockworkv1.Runner, error) {
	runner, found := s.runners.Get(request.GetName())
	if !found {
		return nil, noSuchRunner(request.GetName(), s.runners.All())
	}
	return s.describe(ctx, runner), nil
}

// CheckRunner has a runner try out what it promises.
func (s *runnerService) CheckRunner(ctx context.Context, request *clockworkv1.CheckRunnerRequest) (*clockworkv1.CheckRunnerResponse, error) {
	runner, found := s.runners.Get(request.GetName())
	if !found {
		return nil, noSuchRunner(request.GetName(), s.runners.All())
	}
	findings := runner.Check(ctx)
	if ctx.Err() != nil {
		return nil, mapped(ctx.Err())
	}
	response := &clockworkv1.CheckRunnerResponse{
		Usable: !slices.ContainsFunc(findings, func(f runners.Finding) bool { return !f.Passed }),
	}
	for _, finding := range findings {
		response.Findings = append(response.Findings, &clockworkv1.CheckFinding{
			Name: finding.Name, Passed: finding.Passed, Detail: finding.Detail, Remedy: finding.Remedy, Duration: durationpb.New(finding.Duration),
		})
	}
	return response, nil
}

// describe tells what is known of a runner; that it cannot be described is part of it.
func (s *runnerService) describe(ctx context.Context, r *runners.Runner) *clockworkv1.Runner {
	answer := &clockworkv1.Runner{
		Name: r.Name(), Type: r.Type(), Labels: r.Labels(), Default: r == s.runners.Default(), Pool: poolOf(r.Status()),
	}
	if configuration, err := structpb.NewStruct(r.Configuration()); err == nil { // a name that is no text leaves it out
		answer.Configuration = configuration
	}
	description, err := r.Describe(ctx)
	if err != nil {
		answer.ErrorMessage = err.Error()
		return answer
	}
	answer.Isolation = clockworkv1.Isolation(description.Isolation)
	answer.Os, answer.Arch = description.OS, description.Arch
	answer.RemoteHost, answer.KubernetesNamespace = description.RemoteHost, description.KubernetesNamespace
	for _, language := range description.Languages {
		answer.Languages = append(answer.Languages, &clockworkv1.Language{Name: language.Name, Program: language.Program})
	}
	for _, capability := range description.Capabilities {
		answer.Capabilities = append(answer.Capabilities, &clockworkv1.Capability{
			Name: capability.Name, Available: capability.Available, Detail: capability.Detail, Remedy: capability.Remedy,
		})
	}
	return answer
}

func poolOf(status runners.PoolStatus) *clockworkv1.PoolStatus {
	return &clockworkv1.PoolStatus{
		Warm: uint32(status.Warm), Max: uint32(status.Max),
		Idle: uint32(status.Idle), Creating: uint32(status.Creating), Leased: uint32(status.Leased), Waiting: uint32(status.Waiting),
		Hits: status.Hits, Misses: status.Misses, TotalWait: durationpb.New(status.TotalWait), LastError: status.LastError,
	}
}
