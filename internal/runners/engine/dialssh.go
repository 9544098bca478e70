package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os/exec"
	"strings"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent/streamconn"
)

// dialSSH returns the way to an engine by the system's ssh, with its configuration, agent and known hosts. On the other side the engine's
// own command line carries the streams to its socket.
func dialSSH(u *url.URL, client string) Dialer {
	args := []string{"-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=10"}
	if u.User.Username() != "" {
		args = append(args, "-l", u.User.Username())
	}
	if u.Port() != "" {
		args = append(args, "-p", u.Port())
	}
	args = append(args, "--", u.Hostname(), client, "system", "dial-stdio")
	return func(ctx context.Context) (net.Conn, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return startSSH(exec.Command("ssh", args...), u.Host) // it lives as long as the connection, not as ctx
	}
}

// startSSH starts a command whose streams are a connection. Its end is awaited by Close.
func startSSH(cmd *exec.Cmd, host string) (net.Conn, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", host, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", host, err)
	}
	said := &complaint{}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot reach %s: %w", host, err)
	}
	end := func() error {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // that it was killed is no news
		return nil
	}
	return streamconn.New("ssh to "+host, explained{Reader: out, said: said}, in, end), nil
}

// explained adds what ssh complained about to the end of its output.
type explained struct {
	io.Reader
	said *complaint
}

// Read reads what the other side sent.
func (e explained) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if said := e.said.String(); said != "" && errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w; ssh says: %s", err, said)
	}
	return n, err
}

// complaint keeps the end of what is written.
type complaint struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps the text.
func (c *complaint) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = append(c.text, p...)
	c.text = c.text[max(0, len(c.text)-maxComplaint):]
	return len(p), nil
}

func (c *complaint) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.ToValidUTF8(string(bytes.TrimSpace(c.text)), "?")
}
