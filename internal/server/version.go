package server

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/clockworkd/clockwork/internal/version"
)

// versionHeader comes with every response, so that a client notices a daemon of another version without asking.
const versionHeader = "clockwork-version"

func versionUnary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	// The only possible error is that headers were sent already, which an outermost interceptor precedes.
	_ = grpc.SetHeader(ctx, metadata.Pairs(versionHeader, version.Version))
	return handler(ctx, request)
}

func versionStream(service any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	_ = stream.SetHeader(metadata.Pairs(versionHeader, version.Version)) // as above
	return handler(service, stream)
}
