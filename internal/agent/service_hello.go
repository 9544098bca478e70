package agent

import (
	"context"
	"os"
	"runtime"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/version"
)

// Hello says who is there. See agent.proto, as for all calls.
func (s service) Hello(_ context.Context, request *agentv1.HelloRequest) (*agentv1.HelloResponse, error) {
	if request.GetProtocol() != Protocol {
		return nil, status.Errorf(codes.FailedPrecondition, "the daemon (%s) speaks protocol %d, the agent (%s) protocol %d",
			request.GetVersion(), request.GetProtocol(), version.Version, Protocol)
	}
	hostname, _ := os.Hostname() // a sandbox without a name has none
	return &agentv1.HelloResponse{
		Version:          version.Version,
		Protocol:         Protocol,
		IncarnationId:    s.incarnation,
		Os:               runtime.GOOS,
		Arch:             runtime.GOARCH,
		Hostname:         hostname,
		Workspace:        s.config.Workspace,
		BaseEnv:          s.config.Env,
		ProcessesStarted: s.table.Started(),
		Uid:              int64(os.Getuid()),
		Capabilities:     s.config.Spawner.Capabilities(),
	}, nil
}
