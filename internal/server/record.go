package server

import (
	"context"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// call is what is recorded of a call besides what gRPC knows itself.
type call struct {
	execution string
}

type callKey struct{}

// concerns notes the execution that a call is about, for the log.
func concerns(ctx context.Context, execution string) {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		c.execution = execution
	}
}

// recordUnary logs and counts calls.
func recordUnary(log *zap.Logger, metrics *Metrics) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		began, c := time.Now(), &call{}
		response, err := handler(context.WithValue(ctx, callKey{}, c), request)
		record(ctx, log, metrics, info.FullMethod, c, err, time.Since(began))
		return response, err
	}
}

// recordStream logs and counts streams when they have ended.
func recordStream(log *zap.Logger, metrics *Metrics) grpc.StreamServerInterceptor {
	return func(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		began, c, ctx := time.Now(), &call{}, stream.Context()
		err := handler(service, &recorded{stream, context.WithValue(ctx, callKey{}, c)})
		record(ctx, log, metrics, info.FullMethod, c, err, time.Since(began))
		return err
	}
}

// recorded is a stream whose context carries its call.
type recorded struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // a grpc.ServerStream hands out its context
}

func (r *recorded) Context() context.Context { return r.ctx }

func record(ctx context.Context, log *zap.Logger, metrics *Metrics, method string, c *call, err error, took time.Duration) {
	code := status.Code(err)
	metrics.called(method, code, took)
	fields := []zap.Field{
		zap.String("method", method), zap.String("principal", principal(ctx)), zap.Stringer("code", code), zap.Duration("duration", took),
	}
	if c.execution != "" {
		fields = append(fields, zap.String("execution", c.execution))
	}
	if err != nil {
		fields = append(fields, zap.Error(err))
	}
	log.Log(levelOf(code), "call", fields...)
}

// levelOf tells how much of a surprise an outcome is: what is the daemon's own fault, what a client did wrong, what is as it should be.
func levelOf(code codes.Code) zapcore.Level {
	switch code {
	case codes.OK, codes.Canceled:
		return zapcore.DebugLevel
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return zapcore.ErrorLevel
	default:
		return zapcore.InfoLevel
	}
}
