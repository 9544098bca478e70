package agent

import (
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

type runStream = grpc.BidiStreamingServer[agentv1.RunRequest, agentv1.RunResponse]

// Run starts or joins a process, and streams what it does.
func (s service) Run(stream runStream) error {
	request, err := stream.Recv()
	if err != nil {
		return err
	}
	start := request.GetStart()
	if start == nil {
		return status.Error(codes.InvalidArgument, "the first request is not start")
	}
	p, joined, err := s.startOrJoin(start)
	if err != nil {
		return refusal(err)
	}
	select {
	case <-p.Ready():
	case <-stream.Context().Done():
		return status.FromContextError(stream.Context().Err()).Err()
	}
	reader, err := p.Attach(start.GetStdoutOffset(), start.GetStderrOffset())
	if err != nil {
		return refusal(err)
	}
	defer reader.Detach()

	watch := newWatch(stream, p, reader, start)
	s.work.Go(func() { watch.receive(s.table) })
	return watch.send(joined, s.down)
}

// startOrJoin judges a process only if it is to be started.
func (s service) startOrJoin(start *agentv1.Start) (p *process.Process, joined bool, err error) {
	p, err = s.table.Get(start.GetProcessId())
	if !errors.Is(err, process.ErrUnknown) {
		return p, true, err
	}
	command, err := s.command(start)
	if err != nil {
		return nil, false, err
	}
	return s.table.Start(command)
}
