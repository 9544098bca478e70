package agent

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/spool"
	"github.com/clockworkd/clockwork/internal/agent/workspace"
)

// Config is what a Server needs.
type Config struct {
	// Token that every call must carry; not empty.
	Token string
	// RunDir is where the spool's file lies, while there is one. It exists.
	RunDir string
	// Workspace is the absolute path of a directory that exists.
	Workspace string
	// Env is the base environment, see Launch.BaseEnv.
	Env map[string]string
	// Spawner starts the processes.
	Spawner process.Spawner
	// SpoolBytes bounds the output that is kept until it is acknowledged. 0: 64 MiB.
	SpoolBytes uint64
}

// defaultSpoolBytes is what is kept for a daemon that does not read, per sandbox.
const defaultSpoolBytes = 64 << 20

// Server is the half of the agent that runs in the sandbox.
type Server struct {
	config      Config
	incarnation string
	workspace   *workspace.Workspace
	table       *process.Table
	attendance  *attendance
	grpc        *grpc.Server

	work sync.WaitGroup // goroutines of calls
	down chan struct{}  // closed when everything has ended, and the Server shall
	fall func()         // closes it

	evicted chan struct{} // closed when nobody is to be told anything any more
	evict   func()        // closes it
}

// NewServer returns a Server that draws its incarnation id.
func NewServer(config Config) (*Server, error) {
	if config.Token == "" {
		return nil, errors.New("cannot serve without a token")
	}
	files, err := workspace.Open(config.Workspace)
	if err != nil {
		return nil, err
	}
	if config.SpoolBytes == 0 {
		config.SpoolBytes = defaultSpoolBytes
	}
	down, evicted := make(chan struct{}), make(chan struct{})
	s := &Server{
		config:      config,
		incarnation: newIncarnation(),
		workspace:   files,
		table:       process.NewTable(config.Spawner, spool.NewPool(config.RunDir, config.SpoolBytes), files.Dir),
		attendance:  newAttendance(),
		evicted:     evicted,
		evict:       sync.OnceFunc(func() { close(evicted) }),
		down:        down,
		fall:        sync.OnceFunc(func() { close(down) }),
	}
	s.grpc = grpc.NewServer(
		grpc.UnaryInterceptor(s.admitUnary),
		grpc.StreamInterceptor(s.admitStream),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.InitialWindowSize(callWindow),
		grpc.InitialConnWindowSize(connWindow),
		grpc.WriteBufferSize(socketBuffer),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: keepaliveTime / 2, PermitWithoutStream: true}),
	)
	agentv1.RegisterAgentServiceServer(s.grpc, service{Server: s})
	return s, nil
}

// service is the calls of a Server.
type service struct {
	agentv1.UnimplementedAgentServiceServer
	*Server
}

// newIncarnation draws 128 bits.
func newIncarnation() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // it never fails
	return hex.EncodeToString(id[:])
}

// Incarnation returns the id that Hello tells.
func (s *Server) Incarnation() string { return s.incarnation }

// Absence returns for how long nobody has been connected; 0 while somebody is.
func (s *Server) Absence() time.Duration { return s.attendance.absence() }

// Used tells whether any process was ever started.
func (s *Server) Used() bool { return s.table.Started() > 0 }

// lastWords is how long answers have to leave after everything has ended.
const lastWords = time.Second

// Serve answers calls until the sandbox was shut down, by the call or by Shutdown, or until Close. It closes the listener. It is called once.
func (s *Server) Serve(listener net.Listener) error {
	var served sync.WaitGroup
	var err error
	served.Go(func() {
		err = s.grpc.Serve(attended{listener, s.attendance})
		s.Shutdown(0)
	})
	<-s.down
	late := time.AfterFunc(lastWords, s.grpc.Stop)
	defer late.Stop()
	s.grpc.GracefulStop()
	served.Wait()
	s.work.Wait()
	s.table.Close()
	if err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("cannot serve any more: %w", err)
	}
	return s.workspace.Close()
}

// Shutdown ends everything that was ever started, then Serve. SIGTERM comes first, after the grace SIGKILL.
func (s *Server) Shutdown(grace time.Duration) ShutdownReport {
	defer s.fall()
	killed, discarded := s.table.Shutdown(grace)
	return ShutdownReport{Killed: killed, DiscardedBytes: discarded}
}

// Evict is Shutdown at the word of somebody else than the daemon: whoever ends the machine, the container, the Pod. Nobody is told any more how
// a process ended, as that says nothing about it: what runs now is lost, not failed.
func (s *Server) Evict(grace time.Duration) {
	s.evict()
	s.Shutdown(grace)
}

// Close kills everything at once and ends Serve. It does not wait for answers that are on their way.
func (s *Server) Close() {
	s.Shutdown(0)
	s.grpc.Stop()
}
