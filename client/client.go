package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// MaxMessageBytes is the size of the largest message that client and daemon exchange.
const MaxMessageBytes = 80 << 20

// VersionHeader is the header in which every response of a daemon carries its version.
const VersionHeader = "clockwork-version"

const (
	// dialTimeout bounds Dial where the caller's context does not.
	dialTimeout = 10 * time.Second
	// keepaliveInterval finds a dead peer within half a minute; the daemon's enforcement policy allows it.
	keepaliveInterval = 20 * time.Second
	keepaliveTimeout  = 10 * time.Second
	// window holds some messages of output, so that a stream is not bound to one round trip per 64 KiB.
	window = 1 << 20
)

// Client is a connection to one daemon. It is safe for concurrent use.
type Client struct {
	conn       *grpc.ClientConn
	executions clockworkv1.ExecutionServiceClient
	runners    clockworkv1.RunnerServiceClient
	daemon     clockworkv1.DaemonServiceClient
	address    string
	version    string
	resume     resumption
}

// Dial connects to the daemon at address (unix:///path or tcp://host:port) and makes sure that it answers, within 10 s
// unless ctx allows less. The error wraps ErrUnreachable if none does, and
// ErrAddress if the address is not one. The caller closes the Client.
func Dial(ctx context.Context, address string, opts ...Option) (*Client, error) {
	o := options{resume: defaultResumption}
	for _, opt := range opts {
		opt(&o)
	}
	target, err := target(address)
	if err != nil {
		return nil, err
	}
	if _, isSocket := SocketPath(address); isSocket {
		o.tls = nil
	}
	conn, err := grpc.NewClient(target, dialOptions(o)...)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrAddress, address, err)
	}
	c := &Client{
		conn:       conn,
		executions: clockworkv1.NewExecutionServiceClient(conn),
		runners:    clockworkv1.NewRunnerServiceClient(conn),
		daemon:     clockworkv1.NewDaemonServiceClient(conn),
		address:    address,
		resume:     o.resume,
	}
	if err := c.greet(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

// Close ends the connection, and with it every stream of events. Executions go on.
func (c *Client) Close() error {
	return c.conn.Close()
}

// Address is the address that was dialled.
func (c *Client) Address() string {
	return c.address
}

// DaemonVersion is the version that the daemon had when it was dialled; empty if it did not say.
func (c *Client) DaemonVersion() string {
	return c.version
}

// greet makes sure that somebody answers, and learns the daemon's version. A daemon that drains answers, too.
func (c *Client) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var header metadata.MD
	_, err := healthv1.NewHealthClient(c.conn).Check(ctx, &healthv1.HealthCheckRequest{}, grpc.Header(&header))
	switch status.Code(err) {
	case codes.OK, codes.Unimplemented, codes.NotFound:
	case codes.DeadlineExceeded:
		return &unreachableError{address: c.address, cause: errors.New("no answer in time")}
	default:
		return c.typed("reach the daemon", err)
	}
	if values := header.Get(VersionHeader); len(values) > 0 {
		c.version = values[0]
	}
	return nil
}

func dialOptions(o options) []grpc.DialOption {
	transport := insecure.NewCredentials()
	if o.tls != nil {
		transport = credentials.NewTLS(o.tls)
	}
	return append([]grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveInterval, Timeout: keepaliveTimeout}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes)),
		grpc.WithInitialWindowSize(window),
		grpc.WithInitialConnWindowSize(window),
		// gRPC's own default waits up to two minutes before it connects again; a restarted daemon is back sooner.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: dialTimeout,
		}),
	}, o.grpc...)
}
