package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Hop is a host on the way, the last one being the one to reach.
type Hop struct {
	// Address is host:port, User who to log in as.
	Address string
	User    string
	// Auth is tried in this order; Done is called when that is over, and may be nil.
	Auth []ssh.AuthMethod
	Done func()
	// HostKey judges the host's key, which is asked for in one of Algorithms, the best first; nil leaves the choice to the library.
	HostKey    ssh.HostKeyCallback
	Algorithms []string
}

// RefusedError says that a host let us not in, or that we did not trust it: without somebody who changes something, it will be so again.
type RefusedError struct{ Err error }

// Error says why.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// connect opens a connection through all hops. All of it ends with the last one's end.
func connect(ctx context.Context, hops []Hop, timeout time.Duration) (client *ssh.Client, heard *hearing, err error) {
	var before []*ssh.Client
	for _, hop := range hops {
		client, heard, err = step(ctx, client, hop, timeout)
		if err != nil {
			closeAll(before)
			return nil, nil, err
		}
		before = append(before, client)
	}
	return client, heard, nil
}

// closeAll closes the way from its end.
func closeAll(clients []*ssh.Client) {
	for _, client := range slices.Backward(clients) {
		_ = client.Close() // nobody has anything under way
	}
}

// step goes from one host to the next, or from here to the first.
func step(ctx context.Context, from *ssh.Client, to Hop, timeout time.Duration) (*ssh.Client, *hearing, error) {
	if to.Done != nil {
		defer to.Done()
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	dial := (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: false}}).DialContext // there is one of SSH's own
	if from != nil {
		dial = from.DialContext
	}
	conn, err := dial(ctx, "tcp", to.Address)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot reach %s: %w", to.Address, late(ctx, err, timeout))
	}
	heard := hear(conn)
	client, err := shakeHands(ctx, heard, to)
	if err != nil {
		_ = conn.Close() // what matters is why it is given up
		return nil, nil, late(ctx, err, timeout)
	}
	if from != nil {
		go func() { // it ends with the client
			_ = client.Wait()
			_ = from.Close()
		}()
	}
	return client, heard, nil
}

// late gives an error that came of a timeout its reason.
func late(ctx context.Context, err error, timeout time.Duration) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v (connect_timeout): %w", timeout, err)
	}
	return err
}

// shakeHands makes a client of a connection.
func shakeHands(ctx context.Context, conn net.Conn, to Hop) (*ssh.Client, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	var distrust error
	trusted := false
	config := &ssh.ClientConfig{
		User: to.User, Auth: to.Auth, HostKeyAlgorithms: to.Algorithms,
		HostKeyCallback: func(hostname string, remote net.Addr, key ssh.PublicKey) error {
			distrust = to.HostKey(hostname, remote, key)
			trusted = distrust == nil
			return distrust
		},
	}
	sshConn, channels, requests, err := ssh.NewClientConn(conn, to.Address, config)
	switch {
	case err == nil:
		return ssh.NewClient(sshConn, channels, requests), nil
	case distrust != nil:
		return nil, &RefusedError{fmt.Errorf("cannot trust %s: %w", to.Address, distrust)}
	case trusted && strings.Contains(err.Error(), "unable to authenticate"): // the library has no type for it
		return nil, &RefusedError{fmt.Errorf("cannot log in to %s as %s: %s", to.Address, to.User, reason(err))}
	case ctx.Err() != nil:
		return nil, fmt.Errorf("cannot connect to %s: %w", to.Address, ctx.Err())
	default:
		return nil, fmt.Errorf("cannot connect to %s: %w", to.Address, err)
	}
}

// reason is what the library says beyond the obvious.
func reason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "ssh: handshake failed: "), "ssh: ")
}
