package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

// ErrClosed says that the Link was closed.
var ErrClosed = errors.New("the link to the host was closed")

// ErrFull says that the host allows no more sessions over as many connections as there may be.
var ErrFull = errors.New("the host allows no more sessions (MaxSessions in its sshd_config)")

// Link is the connections to one host. Its methods may be called concurrently.
type Link struct {
	options Options

	life context.Context //nolint:containedctx // the Link's own, which ends with Close
	end  context.CancelFunc
	work sync.WaitGroup

	mu          sync.Mutex
	closed      bool
	connections []*connection // oldest first
	attempt     *attempt      // under way; nil: none is
	gate        gate
	changed     chan struct{} // closed when anything here changes
}

// attempt is an attempt to connect.
type attempt struct {
	done chan struct{}
	err  error // set before done is closed
}

// New returns a Link that connects when it is needed.
func New(o Options) *Link {
	l := &Link{options: o, changed: make(chan struct{})}
	l.life, l.end = context.WithCancel(context.Background())
	return l
}

// Close ends all connections and waits for whatever is under way.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closed = true
	l.notify()
	l.mu.Unlock() // nothing begins from now on
	l.end()
	l.work.Wait()
	return nil
}

// Forgive allows an attempt at once, also after a refusal: somebody may have changed something.
func (l *Link) Forgive() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gate.opened()
	l.notify()
}

// notify wakes everybody who waits for a change. The mutex is held.
func (l *Link) notify() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// reserve returns a connection with room, with one more session counted on it. Where every connection is full, it waits for
// the end of a session, or is ErrFull for who would not give it back soon.
func (l *Link) reserve(ctx context.Context, long bool) (*connection, error) {
	for {
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			return nil, ErrClosed
		}
		if i := slices.IndexFunc(l.connections, func(c *connection) bool { return !c.full }); i >= 0 {
			c := l.connections[i]
			c.sessions++
			l.mu.Unlock()
			return c, nil
		}
		if len(l.connections) < l.options.MaxConnections {
			l.mu.Unlock()
			if err := l.more(ctx); err != nil {
				return nil, err
			}
			continue
		}
		changed := l.changed
		l.mu.Unlock()
		if long {
			return nil, fmt.Errorf("%w over %d connections (max_connections)", ErrFull, l.options.MaxConnections)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ErrFull, ctx.Err())
		}
	}
}

// any returns a connection, whether or not it has room for sessions.
func (l *Link) any(ctx context.Context) (*connection, error) {
	for {
		l.mu.Lock()
		if len(l.connections) > 0 {
			c := l.connections[0]
			l.mu.Unlock()
			return c, nil
		}
		l.mu.Unlock()
		if err := l.more(ctx); err != nil {
			return nil, err
		}
	}
}

// more waits until there is one more connection, or an attempt has failed.
func (l *Link) more(ctx context.Context) error {
	if err := l.awaitGate(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	current := l.attempt
	if current == nil {
		current = &attempt{done: make(chan struct{})}
		l.attempt = current
		l.work.Go(func() { l.try(current) })
	}
	l.mu.Unlock()
	select {
	case <-current.done:
		return current.err
	case <-ctx.Done():
		return fmt.Errorf("cannot wait for a connection: %w", ctx.Err())
	}
}

// awaitGate waits until an attempt may begin. A host that has refused is not waited for.
func (l *Link) awaitGate(ctx context.Context) error {
	for {
		l.mu.Lock()
		gate, changed, now := l.gate, l.changed, time.Now()
		l.mu.Unlock()
		if gate.refused(now) {
			return fmt.Errorf("%w (the next attempt is due in %v)", gate.fault, gate.until.Sub(now).Round(time.Second))
		}
		if !now.Before(gate.until) {
			return nil
		}
		timer := time.NewTimer(gate.until.Sub(now))
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return fmt.Errorf("%w (%w)", gate.fault, ctx.Err())
		}
	}
}

// try makes an attempt, which is the Link's and not that of whoever asked first.
func (l *Link) try(a *attempt) {
	hops, err := l.options.Hops(l.life)
	var client *ssh.Client
	var heard *hearing
	if err == nil {
		client, heard, err = connect(l.life, hops, l.options.ConnectTimeout)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && l.closed {
		_ = client.Close() // nobody has anything under way
		err = ErrClosed
	}
	if err != nil {
		l.gate.failed(err, time.Now())
	} else {
		c := &connection{client: client, born: time.Now()}
		l.connections = append(l.connections, c)
		l.work.Go(func() { l.attend(c, heard) })
		l.options.Log.Debug("connected", zap.Int("connections", len(l.connections)))
	}
	l.attempt, a.err = nil, err
	close(a.done)
	l.notify()
}

// attend follows a connection to its end.
func (l *Link) attend(c *connection, heard *hearing) {
	keepAlive(l.life, c.client, heard, l.options)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(c)
	if now := time.Now(); now.Sub(c.born) < briefLife {
		l.gate.failed(errors.New("the connection ended at once"), now)
	} else {
		l.gate.opened()
	}
	l.options.Log.Debug("disconnected", zap.Int("connections", len(l.connections)))
	l.notify()
}

// remove forgets a connection. The mutex is held.
func (l *Link) remove(c *connection) {
	l.connections = slices.DeleteFunc(l.connections, func(other *connection) bool { return other == c })
	l.notify()
}

// spawn runs f in a goroutine that Close waits for, unless it was called already.
func (l *Link) spawn(f func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	l.work.Go(f)
	return nil
}
