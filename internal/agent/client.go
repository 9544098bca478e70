package agent

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/version"
)

// Client uses one incarnation of an agent. All methods may be called concurrently.
//
// While the line is broken calls wait until it is mended or their context is done. An error wraps ErrGone, ErrVersion or
// ErrProtocol where these are the reason; a refusal by the agent carries its gRPC status (google.golang.org/grpc/status.Code).
type Client struct {
	conn  *grpc.ClientConn
	rpc   agentv1.AgentServiceClient
	line  *line
	hello Hello

	mu     sync.Mutex
	closed bool
	work   sync.WaitGroup // goroutines that outlive a method; none begins when closed is set
}

// Connect dials an agent and shakes hands with it, trying until ctx is done.
func Connect(ctx context.Context, dial Dialer, token string) (*Client, error) {
	line := newLine(dial, token)
	conn, err := line.open()
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the agent: %w", err)
	}
	c := &Client{conn: conn, rpc: agentv1.NewAgentServiceClient(conn), line: line}
	if err := c.greet(ctx); err != nil {
		_ = c.Close() // nothing is in progress
		return nil, fmt.Errorf("cannot connect to the agent: %w", err)
	}
	return c, nil
}

// greet is the first call. All later ones are meant for the incarnation that answers it.
func (c *Client) greet(ctx context.Context) error {
	answer, err := c.sayHello(ctx)
	if err != nil {
		return err
	}
	if c.hello, err = readHello(answer); err != nil {
		return err
	}
	c.line.incarnation.Store(&c.hello.Incarnation)
	return nil
}

func (c *Client) sayHello(ctx context.Context) (answer *agentv1.HelloResponse, err error) {
	err = c.retry(ctx, func(ctx context.Context) error {
		answer, err = c.rpc.Hello(ctx, &agentv1.HelloRequest{Version: version.Version, Protocol: Protocol})
		return err
	})
	if status.Code(err) == codes.FailedPrecondition {
		return nil, fmt.Errorf("%w: %s", ErrVersion, status.Convert(err).Message())
	}
	return answer, err
}

// Hello returns what the agent said when Connect met it.
func (c *Client) Hello() Hello { return c.hello }

// Ping asks whether the agent still answers, and is the same incarnation.
func (c *Client) Ping(ctx context.Context) error {
	answer, err := c.sayHello(ctx)
	if err == nil && answer.GetIncarnationId() != c.hello.Incarnation {
		err = fmt.Errorf("%w: it says hello as another incarnation than it was called as", ErrProtocol)
	}
	if err != nil {
		return fmt.Errorf("cannot reach the agent: %w", err)
	}
	return nil
}

// Close lets go of the connection. The agent and its processes go on. Calls in progress end with an error.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.line.end(errors.New("the client was closed"))
	err := c.conn.Close()
	c.work.Wait()
	return err
}

// background runs a goroutine that Close waits for, unless it was called already.
func (c *Client) background(work func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.work.Go(work)
	}
	return !c.closed
}
