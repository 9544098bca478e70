package server

import (
	"context"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// daemonService implements the DaemonService.
type daemonService struct {
	clockworkv1.UnimplementedDaemonServiceServer
	daemon Daemon
}

// Diagnose has the daemon look at itself.
func (s *daemonService) Diagnose(ctx context.Context, _ *clockworkv1.DiagnoseRequest) (*clockworkv1.DiagnoseResponse, error) {
	response := s.daemon.Diagnose(ctx)
	if ctx.Err() != nil {
		return nil, mapped(ctx.Err())
	}
	return response, nil
}
