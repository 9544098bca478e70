package ssh

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
)

// Options are what an SSH driver is made from.
type Options struct {
	// RunnerName and DaemonID tell this driver's sandboxes from those of others on the host.
	RunnerName string
	DaemonID   string
	// Secret is what the sandboxes' tokens are derived from, at least 16 bytes. Another one later means that sandboxes cannot be recovered.
	Secret []byte
	// Agents are the programs for all platforms.
	Agents *binaries.Set
	Log    *zap.Logger

	// Host is the name that Location and Description give.
	Host string
	// Way tells how to get there, anew for each connection.
	Way Way
	// ConnectTimeout bounds each hop of the way.
	ConnectTimeout time.Duration
	// KeepaliveInterval is how long the host may be silent before it is asked for a sign of life, KeepaliveTimeout how long that may take.
	KeepaliveInterval time.Duration
	KeepaliveTimeout  time.Duration
	// MaxConnections bounds the connections to the host at once.
	MaxConnections int

	// WorkDir is where everything lies on the host: absolute, or relative to the user's home.
	WorkDir string
	// CleanupOnExit removes workspaces with their sandboxes; else they are kept for a week.
	CleanupOnExit bool
}

// Check names every option of the configuration that is out of its bounds.
func (o Options) Check() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(o.Host != "", "hostname is missing")
	check(o.ConnectTimeout > 0, "connect_timeout: %v is not positive", o.ConnectTimeout)
	check(o.KeepaliveInterval > 0, "keepalive.interval: %v is not positive", o.KeepaliveInterval)
	check(o.KeepaliveTimeout > 0, "keepalive.timeout: %v is not positive", o.KeepaliveTimeout)
	check(o.MaxConnections > 0, "max_connections: %d is less than 1", o.MaxConnections)
	check(o.WorkDir != "" && path.Clean(o.WorkDir) != "." && path.Clean(o.WorkDir) != "/",
		"remote_work_dir: %q cannot be one: give a directory of its own", o.WorkDir)
	check(!strings.ContainsAny(o.WorkDir, "\x00\n\r"), "remote_work_dir: %q holds a control character", o.WorkDir)
	return errors.Join(faults...)
}

// link makes the connections that these options ask for.
func (o Options) link() *link.Link {
	return link.New(link.Options{
		Hops: o.Way.Hops, ConnectTimeout: o.ConnectTimeout, KeepaliveInterval: o.KeepaliveInterval, KeepaliveTimeout: o.KeepaliveTimeout,
		MaxConnections: o.MaxConnections, Log: o.Log,
	})
}
