package clienttest

import (
	"context"
	"fmt"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxMessage is what the real daemon takes, and a little.
const maxMessage = 81 << 20

// Script plays one execution. It runs in a goroutine of its own; what it emits goes to every watcher. It has to return
// when run.Done is closed.
type Script func(run *Run)

// Options is what a test may set. The zero value is a daemon whose executions succeed at once without output.
type Options struct {
	// Version is what the daemon says its version is. Empty: it says nothing.
	Version string
	// Script plays the executions. Default: Succeed.
	Script Script
	// Gate is asked at the start of each call and before each event or piece of a file is sent. An error that it returns
	// ends the call. It may block. Method is the last element of the call's name; message is what was received or is to
	// be sent.
	Gate func(ctx context.Context, method string, message any) error
	// Validate answers ValidateBundle. Default: the bundle is valid.
	Validate func(*clockworkv1.ValidateBundleRequest) *clockworkv1.ValidateBundleResponse
	// Runners are what RunnerService tells of; each is usable.
	Runners []*clockworkv1.Runner
	// Diagnosis is what DaemonService finds. Nil: the daemon does not have that service.
	Diagnosis *clockworkv1.DiagnoseResponse
	// Files are the contents of kept output files, by path.
	Files map[string][]byte
}

// Daemon serves until it is closed. It is safe for concurrent use.
type Daemon struct {
	socket  string
	options Options
	ctx     context.Context //nolint:containedctx // it is the lifetime of the scripts, which outlive every call
	stop    context.CancelFunc
	scripts sync.WaitGroup

	mu         sync.Mutex
	server     *grpc.Server
	serving    sync.WaitGroup
	executions []*execution
}

// Start serves on a socket at the given path.
func Start(socket string, options Options) (*Daemon, error) {
	if options.Script == nil {
		options.Script = Succeed
	}
	if options.Gate == nil {
		options.Gate = func(context.Context, string, any) error { return nil }
	}
	if options.Validate == nil {
		options.Validate = func(*clockworkv1.ValidateBundleRequest) *clockworkv1.ValidateBundleResponse {
			return &clockworkv1.ValidateBundleResponse{Valid: true, Verdict: &clockworkv1.Verdict{Allowed: true}, Runner: "fake"}
		}
	}
	d := &Daemon{socket: socket, options: options}
	d.ctx, d.stop = context.WithCancel(context.Background())
	if err := d.Up(); err != nil {
		return nil, err
	}
	return d, nil
}

// Address is what a client dials.
func (d *Daemon) Address() string {
	return "unix://" + d.socket
}

// Up serves again after Down, with all executions as they were left.
func (d *Daemon) Up() error {
	listener, err := (&net.ListenConfig{}).Listen(d.ctx, "unix", d.socket)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.server = d.newServer()
	server := d.server
	d.serving.Go(func() { _ = server.Serve(listener) })
	return nil
}

// Down cuts every connection and removes the socket. Scripts go on.
func (d *Daemon) Down() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.server.Stop()
	d.serving.Wait()
}

// Close ends everything and waits for it.
func (d *Daemon) Close() {
	d.Down()
	d.stop()
	d.scripts.Wait()
}

func (d *Daemon) newServer() *grpc.Server {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage),
		grpc.UnaryInterceptor(func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			_ = grpc.SetHeader(ctx, d.header())
			if err := d.options.Gate(ctx, method(info.FullMethod), request); err != nil {
				return nil, err
			}
			return next(ctx, request)
		}),
		grpc.StreamInterceptor(func(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
			_ = stream.SetHeader(d.header())
			return next(server, &gatedStream{ServerStream: stream, method: method(info.FullMethod), gate: d.options.Gate})
		}),
	)
	clockworkv1.RegisterExecutionServiceServer(server, &executionService{daemon: d})
	clockworkv1.RegisterRunnerServiceServer(server, &runnerService{daemon: d})
	if d.options.Diagnosis != nil {
		clockworkv1.RegisterDaemonServiceServer(server, &daemonService{daemon: d})
	}
	healthv1.RegisterHealthServer(server, health.NewServer())
	return server
}

func (d *Daemon) header() metadata.MD {
	if d.options.Version == "" {
		return nil
	}
	return metadata.Pairs("clockwork-version", d.options.Version)
}
