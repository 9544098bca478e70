package agent

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// Dialer opens a byte stream to an agent. It is called again whenever the stream breaks, never twice at once, and gives up when ctx is
// done. An error that wraps ErrGone ends the Client's attempts for good; any other one is tried again with backoff (50 ms to 2 s).
type Dialer func(ctx context.Context) (net.Conn, error)

// How long a peer that does not answer is believed in. It is asked only while a call is in progress.
const (
	keepaliveTime    = 10 * time.Second // the least that grpc-go allows
	keepaliveTimeout = 5 * time.Second
	handshakeTimeout = 10 * time.Second
)

// line is a connection that is made anew whenever it breaks, until the agent is known to be gone.
type line struct {
	dial        Dialer
	token       string
	incarnation atomic.Pointer[string] // nil: nobody has answered yet

	ended context.Context //nolint:containedctx // the line's own life; its cause tells why there will be no other connection
	end   context.CancelCauseFunc
}

func newLine(dial Dialer, token string) *line {
	l := &line{dial: dial, token: token}
	l.ended, l.end = context.WithCancelCause(context.Background())
	return l
}

func (l *line) open() (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///agent",
		grpc.WithContextDialer(l.connect),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithPerRPCCredentials(l),
		grpc.WithDefaultCallOptions(grpc.WaitForReady(true), grpc.MaxCallRecvMsgSize(maxMessage)),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: handshakeTimeout,
		}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
		grpc.WithIdleTimeout(0),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithInitialWindowSize(callWindow),
		grpc.WithInitialConnWindowSize(connWindow),
		grpc.WithReadBufferSize(socketBuffer),
	)
}

// connect dials once.
func (l *line) connect(ctx context.Context, _ string) (net.Conn, error) {
	if l.ended.Err() != nil {
		return nil, context.Cause(l.ended)
	}
	conn, err := l.dial(ctx)
	if errors.Is(err, ErrGone) {
		l.end(err)
	}
	if err != nil {
		return nil, err
	}
	return &onceConn{Conn: conn}, nil
}

// GetRequestMetadata names the token and whom a call is meant for. So none that was meant for an agent is answered by its successor.
func (l *line) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	metadata := map[string]string{tokenKey: l.token}
	if incarnation := l.incarnation.Load(); incarnation != nil {
		metadata[incarnationKey] = *incarnation
	}
	return metadata, nil
}

// RequireTransportSecurity says that the byte stream is as private as it need be: that is the dialer's business.
func (l *line) RequireTransportSecurity() bool { return false }

// onceConn is closed once, however often grpc does.
type onceConn struct {
	net.Conn
	once sync.Once
	err  error
}

func (c *onceConn) Close() error {
	c.once.Do(func() { c.err = c.Conn.Close() })
	return c.err
}
