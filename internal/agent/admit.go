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
	return next(server, stream)
}
