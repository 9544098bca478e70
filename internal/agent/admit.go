package agent

import (
	"context"
	"crypto/subtle"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// admit lets a call pass that carries the token and means this incarnation. Only Hello may leave open whom it means.
func (s *Server) admit(ctx context.Context, method string) error {
	if err := s.silent(); err != nil {
		return err
	}
	md, _ := metadata.FromIncomingContext(ctx)
	if subtle.ConstantTimeCompare([]byte(only(md, tokenKey)), []byte(s.config.Token)) != 1 {
		return status.Error(codes.Unauthenticated, "the call does not carry the sandbox's token")
	}
	incarnation := only(md, incarnationKey)
	if incarnation == "" && method == agentv1.AgentService_Hello_FullMethodName {
		return nil
	}
	if incarnation != s.incarnation {
		return status.Errorf(codes.DataLoss, "the call is meant for incarnation %q; this is %q", incarnation, s.incarnation)
	}
	return nil
}

// only returns a metadata value that was given once.
func only(md metadata.MD, key string) string {
	if values := md[key]; len(values) == 1 {
		return values[0]
	}
	return ""
}

func (s *Server) admitUnary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := s.admit(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, request)
}

func (s *Server) admitStream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := s.admit(stream.Context(), info.FullMethod); err != nil {
		return err
	}
	return next(server, muted{stream, s})
}

// silent is why nothing is answered any more, if so. It is tried again, until the agent is known to be gone.
func (s *Server) silent() error {
	select {
	case <-s.evicted:
		return status.Error(codes.Unavailable, "the sandbox is ended by somebody else than its daemon")
	default:
		return nil
	}
}

// muted is a stream that ends with the first message that it must not send.
type muted struct {
	grpc.ServerStream
	server *Server
}

// SendMsg sends a message, unless nobody is to be told anything any more.
func (m muted) SendMsg(message any) error {
	if err := m.server.silent(); err != nil {
		return err
	}
	return m.ServerStream.SendMsg(message)
}
