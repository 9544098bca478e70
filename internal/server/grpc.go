package server

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// maxMessage is what the API promises.
	maxMessage = 80 << 20
	// window is how many bytes of a stream, and of a connection, a client may send ahead. A bundle of 64 MiB is sent
	// without a round trip per 64 KiB, and a hundred connections that stand still hold 100 MiB at most.
	window = 1 << 20
	// writeBuffer takes an output event of the largest size in few system calls. A connection has one only while it writes.
	writeBuffer = 128 << 10

	// minPing is half of the client's keepalive interval, so that jitter is not mistaken for a flood.
	minPing = 10 * time.Second
	// pingAfter and pingTimeout find clients that vanished without a word, whose streams would otherwise stay.
	pingAfter   = time.Minute
	pingTimeout = 20 * time.Second
)

// serverOptions lists all that happens to a call on its way to a handler. Interceptors are entered from top to bottom.
func serverOptions(o Options) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.Creds(newTransport(o.Security.TLS)),
		grpc.ForceServerCodecV2(newCodec()),
		grpc.ChainUnaryInterceptor(
			versionUnary,
			recordUnary(o.Log, o.Metrics),
			recoverUnary(o.Log),
		),
		grpc.ChainStreamInterceptor(
			versionStream,
			recordStream(o.Log, o.Metrics),
			recoverStream(o.Log),
		),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.InitialWindowSize(window),
		grpc.InitialConnWindowSize(window),
		grpc.WriteBufferSize(writeBuffer),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPing, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingAfter, Timeout: pingTimeout}),
	}
}
