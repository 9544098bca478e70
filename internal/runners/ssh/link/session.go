package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Session is a session on one of a Link's connections. It counts as one until the server has ended it, too.
type Session struct {
	*ssh.Session
	link *Link
	on   *connection

	once  sync.Once
	ended chan struct{} // closed when a command that was started has ended
	err   error         // how; set before
}

// Start runs a command.
func (s *Session) Start(command string) error {
	if err := s.Session.Start(command); err != nil {
		return err
	}
	err := ErrClosed
	s.once.Do(func() {
		err = s.link.spawn(func() {
			s.err = s.Session.Wait()
			close(s.ended)
			s.link.release(s.on)
		})
	})
	return err
}

// Wait returns when the command has ended, how it did. It may be called more than once.
func (s *Session) Wait() error {
	<-s.ended
	return s.err
}

// Close ends the session. It does not wait for the server.
func (s *Session) Close() error {
	err := s.Session.Close()
	s.once.Do(func() { // nothing was started
		close(s.ended)
		s.link.release(s.on)
	})
	return err
}

// openAttempts is how often a session is tried to open. A connection may have died since it was last heard of.
const openAttempts = 3

// Session opens a session. long says that it will not end soon, so that others are not to wait for it.
func (l *Link) Session(ctx context.Context, long bool) (*Session, error) {
	for attempts := 1; ; {
		c, err := l.reserve(ctx, long)
		if err != nil {
			return nil, err
		}
		session, err := open(ctx, c.client)
		if err == nil {
			return &Session{Session: session, link: l, on: c, ended: make(chan struct{})}, nil
		}
		refused, sole := l.refuse(c, err)
		switch {
		case refused && sole:
			return nil, &RefusedError{fmt.Errorf("cannot open a session: the host allows none at all: %w", err)}
		case refused: // there may be room elsewhere
		case ctx.Err() != nil || attempts == openAttempts:
			return nil, fmt.Errorf("cannot open a session: %w", err)
		default:
			attempts++
			l.discard(c)
		}
	}
}

// open asks for a session. The library's call has no end of its own.
func open(ctx context.Context, client *ssh.Client) (*ssh.Session, error) {
	type outcome struct {
		session *ssh.Session
		err     error
	}
	opened := make(chan outcome, 1)
	go func() { // it ends with an answer, or with the client, which is closed if there is none
		session, err := client.NewSession()
		opened <- outcome{session, err}
	}()
	select {
	case got := <-opened:
		return got.session, got.err
	case <-ctx.Done():
		go func() { // as the other one does
			if got := <-opened; got.err == nil {
				_ = got.session.Close() // nobody wants it any more
			}
		}()
		return nil, ctx.Err()
	}
}

// refuse takes back a session that could not be opened. It tells whether the server refused it, and if so, whether it had no other one.
func (l *Link) refuse(c *connection, err error) (refused, sole bool) {
	_, refused = errors.AsType[*ssh.OpenChannelError](err)
	l.mu.Lock()
	defer l.mu.Unlock()
	c.sessions--
	c.full = c.full || refused
	l.notify()
	return refused, c.sessions == 0
}

// discard gives up a connection that does not work.
func (l *Link) discard(c *connection) {
	_ = c.client.Close() // attend sees to the rest
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(c)
}

// release counts a session less. Of several connections one that has none is closed.
func (l *Link) release(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.sessions--
	c.full = false
	if c.sessions == 0 && len(l.connections) > 1 && l.connections[0] != c {
		_ = c.client.Close() // attend sees to the rest
	}
	l.notify()
}

// DialUnix connects to a Unix socket on the host. That the host could not, or would not, is an *ssh.OpenChannelError.
func (l *Link) DialUnix(ctx context.Context, path string) (net.Conn, error) {
	c, err := l.any(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := c.client.DialContext(ctx, "unix", path)
	if _, refused := errors.AsType[*ssh.OpenChannelError](err); err != nil && !refused && ctx.Err() == nil {
		l.discard(c)
	}
	return conn, err
}
