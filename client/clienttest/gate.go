package clienttest

import (
	"context"
	"path"

	"google.golang.org/grpc"
)

// gatedStream asks the gate about each message that is received or sent.
type gatedStream struct {
	grpc.ServerStream
	method string
	gate   func(ctx context.Context, method string, message any) error
}

func (s *gatedStream) RecvMsg(message any) error {
	if err := s.ServerStream.RecvMsg(message); err != nil {
		return err
	}
	return s.gate(s.Context(), s.method, message)
}

func (s *gatedStream) SendMsg(message any) error {
	if err := s.gate(s.Context(), s.method, message); err != nil {
		return err
	}
	return s.ServerStream.SendMsg(message)
}

// method is the last element of "/clockwork.v1.ExecutionService/WatchExecution".
func method(full string) string {
	return path.Base(full)
}
