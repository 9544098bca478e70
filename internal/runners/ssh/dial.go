package ssh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	cryptossh "golang.org/x/crypto/ssh"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/bridge"
	"github.com/clockworkd/clockwork/internal/agent/streamconn"
)

// dial returns the way to a sandbox's agent. Only the host itself can say that there is none.
func (d *Driver) dial(socket string) agent.Dialer {
	return func(ctx context.Context) (net.Conn, error) {
		if !d.unforwarding.Load() {
			conn, err := d.forward(ctx, socket)
			if conn != nil || err != nil {
				return conn, err
			}
		}
		return d.bridge(ctx, socket)
	}
}

// forward opens a channel that the server connects to the agent. It returns nothing where the server cannot or will not, for it does not
// say why: a bridge does.
func (d *Driver) forward(ctx context.Context, socket string) (net.Conn, error) {
	conn, err := d.link.DialUnix(ctx, socket)
	if refused, ok := errors.AsType[*cryptossh.OpenChannelError](err); ok {
		if refused.Reason == cryptossh.Prohibited || refused.Reason == cryptossh.UnknownChannelType {
			d.unforwarding.Store(true)
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return d.loosen(conn, conn, conn.Close)
}

// bridge runs a command on the host that connects to the agent.
func (d *Driver) bridge(ctx context.Context, socket string) (net.Conn, error) {
	h, err := d.hostOf(ctx, func(string) {})
	if err != nil {
		return nil, err
	}
	p, err := d.start(ctx, "exec "+h.call+" connect "+quote(socket), true)
	if err != nil {
		return nil, err
	}
	// The agent speaks first. Until it does, the command may still find that there is none.
	err = within(ctx, d, func() error {
		_, err := p.stdout.Peek(1)
		return err
	})
	if err == nil {
		return d.loosen(p.stdout, p.stdin, p.session.Close)
	}
	defer p.session.Close()
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return nil, d.explain(ctx, p)
}

// explain says why a bridge ended before it was one.
func (d *Driver) explain(ctx context.Context, p *process) error {
	var status int
	err := within(ctx, d, func() (err error) {
		status, err = p.wait()
		return err
	})
	if err != nil {
		return err
	}
	switch status {
	case bridge.ExitNobody:
		return fmt.Errorf("%w: %s", agent.ErrGone, p.stderr.text())
	case exitNotFound, exitNotExecutable:
		d.forget()
		return fmt.Errorf("%w: %s", errMissing, p.stderr.text())
	default:
		return fmt.Errorf("cannot reach the agent: the bridge to it ended with exit status %d: %s", status, p.stderr.text())
	}
}

// loosen makes a connection of a channel, whose reads and writes end only with the channel itself: that can take until a dead line is found
// out. Who closes the connection does not wait for that.
func (d *Driver) loosen(in io.Reader, out io.Writer, end func() error) (net.Conn, error) {
	inbound, arrive := io.Pipe()
	depart, outbound := io.Pipe()
	err := d.chores.start(func() {
		var both sync.WaitGroup
		both.Go(func() {
			_, err := io.Copy(arrive, in)
			arrive.CloseWithError(orEOF(err))
		})
		_, err := io.Copy(out, depart)
		depart.CloseWithError(orEOF(err))
		_ = end() // nobody has anything more to say
		both.Wait()
	})
	if err != nil {
		_ = end() // nobody can use it
		return nil, err
	}
	return streamconn.New(d.options.Host, inbound, outbound, func() error {
		_ = inbound.Close()
		return outbound.Close()
	}), nil
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}
