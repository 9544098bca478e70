package server

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// patience bounds what takes no time at all on a machine that is not overloaded.
const patience = 30 * time.Second

// daemon is a server with its fakes, on a real socket, and a connection to it.
type daemon struct {
	executor *fakeExecutor
	journal  *fakeJournal
	server   *Server
	served   chan error
	conn     *grpc.ClientConn
	clockworkv1.ExecutionServiceClient
	runners clockworkv1.RunnerServiceClient
}

// serve starts a server on a Unix socket. The functions may change what it is made of.
func serve(t *testing.T, changes ...func(*Options)) *daemon {
	t.Helper()
	d := &daemon{executor: &fakeExecutor{}, journal: newFakeJournal()}
	options := Options{
		Executor: d.executor, Journal: d.journal, Runners: registryOf(t, "", &fakeDriver{}), Log: zap.NewNop(),
		Limits: Limits{Watchers: 100, StallTimeout: time.Hour},
	}
	for _, change := range changes {
		change(&options)
	}
	socket := socketPath(t)
	listener, err := Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	d.start(t, options, listener)
	d.dial(t, "unix://"+socket, insecure.NewCredentials())
	return d
}

func (d *daemon) start(t *testing.T, options Options, listeners ...net.Listener) {
	t.Helper()
	d.server, d.served = New(options), make(chan error, 1)
	go func() { d.served <- d.server.Serve(listeners...) }()
	t.Cleanup(func() {
		d.server.Shutdown(done(t))
		if err := <-d.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

func (d *daemon) dial(t *testing.T, target string, with credentials.TransportCredentials) {
	t.Helper()
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(with))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	d.conn = conn
	d.ExecutionServiceClient = clockworkv1.NewExecutionServiceClient(conn)
	d.runners = clockworkv1.NewRunnerServiceClient(conn)
}

// done is a context that is over, for a shutdown that waits for nobody.
func done(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cancel()
	return ctx
}

// socketPath is not below t.TempDir, whose path may be too long for a socket.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "d.sock")
}

// detail returns the first detail of a type that an error carries; nil if it carries none.
func detail[T any](err error) T {
	for _, found := range status.Convert(err).Details() {
		if wanted, ok := found.(T); ok {
			return wanted
		}
	}
	var none T
	return none
}

func wantCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if status.Code(err) != want {
		t.Fatalf("got %v; want the code %v", err, want)
	}
}

// receive reads the events of a stream until it ends.
func receive(stream grpc.ServerStreamingClient[clockworkv1.Event]) (messages []string, err error) {
	for {
		event, err := stream.Recv()
		if err != nil {
			return messages, err
		}
		messages = append(messages, event.GetNotice().GetMessage())
	}
}
