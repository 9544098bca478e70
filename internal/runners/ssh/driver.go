package ssh

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/hosting"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
)

// Driver is a runners.Driver for one host.
type Driver struct {
	options Options
	link    *link.Link
	locks   runners.Locks
	// host is what is known; nil: nothing yet, or nothing any more.
	host atomic.Pointer[host]
	// unforwarding is set once the server has refused to forward to a Unix socket.
	unforwarding atomic.Bool
	chores       chores
}

var _ runners.Driver = (*Driver)(nil)

// New returns a driver. It connects when it is used.
func New(o Options) (*Driver, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if len(o.Secret) < 16 {
		return nil, fmt.Errorf("cannot derive tokens from a secret of %d bytes: it needs 16", len(o.Secret))
	}
	return &Driver{options: o, link: o.link()}, nil
}

// Create starts an agent on the host.
func (d *Driver) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	if err := checkID(spec.ID); err != nil {
		return nil, err
	}
	socket, err := d.launch(ctx, spec)
	if err != nil {
		return nil, mark(fmt.Errorf("cannot create sandbox %s on %s: %w", spec.ID, d.options.Host, err))
	}
	sandbox, err := d.connect(ctx, spec.ID, socket)
	return sandbox, mark(err)
}

// answerTimeout is how long an agent may take to answer after a restart of the daemon, once its host has been reached: one that is silent
// for so long was stopped by what runs beside it.
const answerTimeout = 30 * time.Second

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
	answer, err := d.order(ctx, hosting.Order{Do: hosting.Find, ID: id})
	if err != nil {
		return nil, mark(fmt.Errorf("cannot look for sandbox %s on %s: %w", id, d.options.Host, err))
	}
	if !answer.Exists {
		return nil, fmt.Errorf("%w: %s has no sandbox %s", runners.ErrGone, d.options.Host, id)
	}
	timed, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	sandbox, err := d.connect(timed, id, answer.Socket)
	if err != nil && timed.Err() != nil && ctx.Err() == nil {
		if err := d.reach(ctx); err != nil {
			return nil, mark(fmt.Errorf("cannot reach %s: %w", d.options.Host, err))
		}
		return nil, fmt.Errorf("%w: its agent has not answered within %s", runners.ErrGone, answerTimeout)
	}
	return sandbox, mark(err)
}

// reach finds out whether commands can be run on the host.
func (d *Driver) reach(ctx context.Context) error {
	_, err := d.run(ctx, ":", nil)
	return err
}

// connect connects to a sandbox's agent. One that is not there, or with which nobody can talk, is gone.
func (d *Driver) connect(ctx context.Context, id, socket string) (*runners.Sandbox, error) {
	client, err := agent.Connect(ctx, d.dial(socket), d.options.token(id))
	for _, final := range []error{agent.ErrGone, agent.ErrVersion, agent.ErrProtocol} {
		if errors.Is(err, final) {
			return nil, fmt.Errorf("%w: %w", runners.ErrGone, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the agent on %s: %w", d.options.Host, err)
	}
	return &runners.Sandbox{ID: id, Location: runners.Location{RemoteHost: d.options.Host}, Agent: client}, nil
}

// List asks the host.
func (d *Driver) List(ctx context.Context) ([]string, error) {
	answer, err := d.order(ctx, hosting.Order{Do: hosting.List})
	if err != nil {
		return nil, mark(fmt.Errorf("cannot list the sandboxes on %s: %w", d.options.Host, err))
	}
	return answer.IDs, nil
}

// Destroy has the host end everything and remove it. It waits for a Create that was given up, but is still under way there.
func (d *Driver) Destroy(ctx context.Context, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	unlock, err := d.locks.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	d.shutDown(ctx, id)
	if _, err := d.order(ctx, hosting.Order{Do: hosting.Destroy, ID: id}); err != nil {
		return mark(fmt.Errorf("cannot destroy sandbox %s on %s: %w", id, d.options.Host, err))
	}
	return nil
}

// shutdownTimeout bounds what an agent is given to end everything by itself.
const shutdownTimeout = 5 * time.Second

// shutDown has the agent end everything. It knows more than anybody who looks from outside: what shook off its tag, what forks without end. What
// it does not do, whatever the reason, is done without it.
func (d *Driver) shutDown(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	h, err := d.hostOf(ctx, func(string) {})
	if err != nil {
		return
	}
	socket := hosting.Socket(h.workDir, d.options.owner(), h.uid, id)
	client, err := agent.Connect(ctx, d.dial(socket), d.options.token(id))
	if err != nil {
		return
	}
	defer client.Close()
	_, _ = client.Shutdown(ctx, 0)
}

// Close ends the connections. The agents are left to themselves.
func (d *Driver) Close() error {
	err := d.link.Close()
	d.chores.end()
	return err
}

var validID = regexp.MustCompile(`^[a-z0-9-]{1,36}$`)

// checkID keeps ids from being anything else.
func checkID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("cannot use %q as a sandbox id: it needs 1 to 36 of a-z, 0-9 and '-'", id)
	}
	return nil
}
