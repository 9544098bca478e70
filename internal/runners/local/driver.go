package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Driver is a runners.Driver for the machine that it runs on.
type Driver struct {
	options  Options
	layout   layout
	base     base
	locks    runners.Locks
	children children
	cgroups  cgroups
	confiner confiner
	dialer   dialer
	// newest is what the newest agent said that it can do.
	newest atomic.Pointer[[]agent.Capability]
}

var _ runners.Scavenger = (*Driver)(nil)

// dialer opens a connection to a Unix socket.
type dialer func(ctx context.Context, socket string) (net.Conn, error)

// New returns a driver, after it has checked that everything it needs is there.
func New(o Options) (*Driver, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.User != nil { // what one user's steps have put there is not for those of another
		o.CacheDir = filepath.Join(o.CacheDir, "user-"+strconv.Itoa(o.User.UID))
	}
	d := &Driver{options: o, layout: newLayout(o), base: newBase(o), dialer: dialUnix}
	d.cgroups = claimCgroups(d.layout.owner)
	if err := d.enforceable(); err != nil {
		return nil, err
	}
	for _, dir := range []string{d.layout.stateDir, d.layout.runtimeDir, o.CacheDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("cannot create a directory for sandboxes: %w", err)
		}
	}
	if err := d.share(); err != nil {
		return nil, err
	}
	return d, nil
}

// Create makes the directories and starts the agent.
func (d *Driver) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	if err := checkID(spec.ID); err != nil {
		return nil, err
	}
	unlock, err := d.locks.Lock(ctx, spec.ID)
	if err != nil {
		return nil, err
	}
	defer unlock()
	confinement, err := d.confinement(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(ctx, spec.ID); err != nil {
		return nil, temporary(err)
	}
	if err := d.launch(ctx, spec.ID, confinement); err != nil {
		return nil, temporary(err)
	}
	sandbox, err := d.connect(ctx, spec.ID)
	if err != nil {
		return nil, err
	}
	capabilities := sandbox.Agent.Hello().Capabilities
	d.newest.Store(&capabilities)
	return sandbox, nil
}

// prepare makes what the agent needs. The directory with the id as its name is the first, so that List finds it.
func (d *Driver) prepare(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// Somebody may have emptied the place for sockets, as systemd does when a user logs out.
	if err := os.MkdirAll(d.layout.runtimeDir, 0o700); err != nil {
		return fmt.Errorf("cannot create sandbox %s: %w", id, err)
	}
	if err := d.makeDirs(id); err != nil {
		return fmt.Errorf("cannot create sandbox %s: %w", id, err)
	}
	if err := d.newRecord(id).write(d.layout.record(id)); err != nil {
		return fmt.Errorf("cannot create sandbox %s: %w", id, err)
	}
	return nil
}

// makeDirs makes the directories of a sandbox. Those that steps write to, and that of the agent, are their user's.
func (d *Driver) makeDirs(id string) error {
	for _, dir := range []string{d.layout.sandboxDir(id), d.layout.runDir(id)} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return err
		}
	}
	for _, dir := range []string{d.layout.workspace(id), d.layout.tmp(id), d.layout.home(id)} {
		if err := d.own(dir); err != nil {
			return err
		}
	}
	if hasOwnTmp(d.plan(birth{})) { // as /tmp is, for whoever a step becomes
		if err := os.Chmod(d.layout.tmp(id), 0o777|os.ModeSticky); err != nil { //nolint:gosec // nobody else comes here
			return err
		}
	}
	if !d.layout.foreign {
		return nil
	}
	return errors.Join(os.Chmod(d.layout.runDir(id), 0o711), d.own(d.layout.agentDir(id))) //nolint:gosec // the agent passes through
}

// Recover connects to an agent that is still there.
func (d *Driver) Recover(ctx context.Context, id string) (*runners.Sandbox, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	unlock, err := d.locks.Lock(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	timed, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	sandbox, err := d.connect(timed, id)
	if err != nil && timed.Err() != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: its agent has not answered within %s", runners.ErrGone, answerTimeout)
	}
	return sandbox, err
}

// answerTimeout is how long an agent may take to answer after a restart of the daemon. On one machine there is no line that could be
// cut: one that is silent for so long was stopped by what runs beside it.
const answerTimeout = 30 * time.Second

// connect connects to a sandbox's agent. One that is not there, or with which nobody can talk, is gone.
func (d *Driver) connect(ctx context.Context, id string) (*runners.Sandbox, error) {
	client, err := agent.Connect(ctx, d.dial(id), d.layout.token(id))
	for _, final := range []error{agent.ErrGone, agent.ErrVersion, agent.ErrProtocol} {
		if errors.Is(err, final) {
			return nil, fmt.Errorf("%w: %w", runners.ErrGone, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the agent: %w", err)
	}
	return &runners.Sandbox{ID: id, Agent: client}, nil
}

// dial returns the way to a sandbox's agent. On one machine there is no fault between: an agent that does not listen is dead.
func (d *Driver) dial(id string) agent.Dialer {
	socket := d.layout.socket(id)
	return func(ctx context.Context) (net.Conn, error) {
		conn, err := d.dialer(ctx, socket)
		if errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.ENOENT) {
			return nil, fmt.Errorf("%w: %w", agent.ErrGone, err)
		}
		return conn, err
	}
}

func dialUnix(ctx context.Context, socket string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", socket)
}

// List returns the ids of all sandboxes of which there is a directory or a cgroup.
func (d *Driver) List(context.Context) ([]string, error) {
	ids, err1 := d.layout.list()
	more, err2 := d.cgroups.list()
	ids = append(ids, slices.DeleteFunc(more, func(id string) bool { return !validID.MatchString(id) })...)
	slices.Sort(ids)
	return slices.Compact(ids), errors.Join(err1, err2)
}

// newRecord is what is known of a sandbox before it has an agent.
func (d *Driver) newRecord(id string) record {
	return record{ID: id, Dir: d.layout.sandboxDir(id), Cgroup: d.cgroups.dirs(id)}
}

// Close leaves the agents to themselves.
func (d *Driver) Close() error {
	d.children.close()
	return nil
}
