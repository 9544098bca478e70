package server

import (
	"context"
	"fmt"

	"github.com/gofrs/uuid/v5"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// A panic costs its own call, not the daemon. The caller gets an id; what happened is in the log, under that id.

func recoverUnary(log *zap.Logger) grpc.UnaryServerInterceptor {
	return recovery.UnaryServerInterceptor(recovery.WithRecoveryHandlerContext(panicked(log)))
}

func recoverStream(log *zap.Logger) grpc.StreamServerInterceptor {
	return recovery.StreamServerInterceptor(recovery.WithRecoveryHandlerContext(panicked(log)))
}

func panicked(log *zap.Logger) recovery.RecoveryHandlerFuncContext {
	return func(ctx context.Context, cause any) error {
		id := uuid.Must(uuid.NewV4()).String()
		log.Error("panic in a call", zap.String("panic_id", id), zap.String("principal", principal(ctx)), zap.Any("panic", cause), zap.Stack("stack"))
		return refusal(codes.Internal, reasonPanic, fmt.Sprintf("the daemon made a mistake; its log explains it under panic_id %s", id))
	}
}
