package agent

import (
	"errors"
	"net"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// Config is what a Server needs.
type Config struct {
	// Token that every call must carry; not empty.
	Token string
	// RunDir is where the spool's file lies, while there is one. It exists.
	RunDir string
	// Workspace is the absolute path of a directory that exists.
	Workspace string
	// Env is the base environment, see BaseEnv.
	Env map[string]string
	// Spawner starts the processes.
	Spawner process.Spawner
	// SpoolBytes bounds the output that is kept until it is acknowledged. 0: 64 MiB.
	SpoolBytes uint64
}

// Server is the half of the agent that runs in the sandbox.
type Server struct{}

// NewServer returns a Server that draws its incarnation id.
func NewServer(config Config) (*Server, error) { return nil, errors.ErrUnsupported }

// Incarnation returns the id that Hello tells.
func (s *Server) Incarnation() string { return "" }

// Serve answers calls until the sandbox was shut down, by the call or by Shutdown, or until Close. It closes the listener.
func (s *Server) Serve(listener net.Listener) error { return errors.ErrUnsupported }

// Shutdown does what the call of this name does.
func (s *Server) Shutdown(grace time.Duration) ShutdownReport { return ShutdownReport{} }

// Close kills everything at once and ends Serve. It does not wait for answers that are on their way.
func (s *Server) Close() {}
