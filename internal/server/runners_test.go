package server

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func withRunners(t *testing.T) func(*Options) {
	t.Helper()
	good := &fakeDriver{
		description: runners.Description{
			Isolation: runners.IsolationContainer, OS: "linux", Arch: "arm64", RemoteHost: "h", KubernetesNamespace: "ns",
			Languages:    []runners.Language{{Name: "python", Program: "/usr/bin/python3"}},
			Capabilities: []runners.Capability{{Name: "memory_limit", Detail: "no cgroup", Remedy: "delegate one"}},
		},
		findings: []runners.Finding{{Name: "create", Passed: true, Detail: "created", Duration: time.Second}},
	}
	bad := &fakeDriver{
		err:      errors.New("the engine does not answer"),
		findings: []runners.Finding{{Name: "create", Passed: true}, {Name: "run", Remedy: "start it"}},
	}
	return func(o *Options) { o.Runners = registryOf(t, "b", good, bad) }
}

func TestListRunners(t *testing.T) {
	t.Parallel()
	d := serve(t, withRunners(t))
	got, err := d.runners.ListRunners(t.Context(), &clockworkv1.ListRunnersRequest{})
	if err != nil {
		t.Fatal(err)
	}
	pool := &clockworkv1.PoolStatus{Warm: 1, Max: 16, TotalWait: durationpb.New(0)}
	configuration := &structpb.Struct{Fields: map[string]*structpb.Value{"timeout": structpb.NewStringValue("3s")}}
	want := &clockworkv1.ListRunnersResponse{Runners: []*clockworkv1.Runner{
		{
			Name: "a", Type: "fake", Labels: map[string]string{"n": "1"}, Isolation: clockworkv1.Isolation_ISOLATION_CONTAINER, Os: "linux", Arch: "arm64",
			RemoteHost: "h", KubernetesNamespace: "ns", Pool: pool, Configuration: configuration,
			Languages:    []*clockworkv1.Language{{Name: "python", Program: "/usr/bin/python3"}},
			Capabilities: []*clockworkv1.Capability{{Name: "memory_limit", Detail: "no cgroup", Remedy: "delegate one"}},
		},
		{
			Name: "b", Type: "fake", Labels: map[string]string{"n": "1"}, Default: true, Pool: pool, ErrorMessage: "the engine does not answer",
			Configuration: configuration,
		},
	}}
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestIsolationNumbers checks what lets describe convert one type to the other.
func TestIsolationNumbers(t *testing.T) {
	t.Parallel()
	for api, ours := range map[clockworkv1.Isolation]runners.Isolation{
		clockworkv1.Isolation_ISOLATION_NONE:      runners.IsolationNone,
		clockworkv1.Isolation_ISOLATION_PROCESS:   runners.IsolationProcess,
		clockworkv1.Isolation_ISOLATION_CONTAINER: runners.IsolationContainer,
		clockworkv1.Isolation_ISOLATION_VM:        runners.IsolationVM,
	} {
		if int(api) != int(ours) {
			t.Errorf("%v is %d in the API and %d in a driver", api, api, ours)
		}
	}
}

func TestGetAndCheckRunner(t *testing.T) {
	t.Parallel()
	d := serve(t, withRunners(t))
	if got, err := d.runners.GetRunner(t.Context(), &clockworkv1.GetRunnerRequest{Name: "a"}); err != nil || got.GetArch() != "arm64" {
		t.Errorf("got %v, %v", got, err)
	}
	got, err := d.runners.CheckRunner(t.Context(), &clockworkv1.CheckRunnerRequest{Name: "a"})
	if err != nil || !got.GetUsable() || got.GetFindings()[0].GetDuration().AsDuration() != time.Second {
		t.Errorf("got %v, %v; want usable", got, err)
	}
	got, err = d.runners.CheckRunner(t.Context(), &clockworkv1.CheckRunnerRequest{Name: "b"})
	if err != nil || got.GetUsable() || len(got.GetFindings()) != 2 || got.GetFindings()[1].GetRemedy() != "start it" {
		t.Errorf("got %v, %v; want not usable", got, err)
	}
	_, err = d.runners.GetRunner(t.Context(), &clockworkv1.GetRunnerRequest{Name: "z"})
	wantCode(t, err, codes.NotFound)
	if reason := detail[*errdetails.ErrorInfo](err).GetReason(); reason != "NO_SUCH_RUNNER" {
		t.Errorf("reason = %q", reason)
	}
	_, err = d.runners.CheckRunner(t.Context(), &clockworkv1.CheckRunnerRequest{})
	wantCode(t, err, codes.NotFound)
}
