package bridge

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"
)

// ErrNobody says that there is no agent: its socket is not there, or nobody listens on it.
var ErrNobody = errors.New("nobody listens there")

// ExitNobody is the exit code by which the caller of `clockwork-agent connect` recognises ErrNobody.
const ExitNobody = 3

// Run carries bytes between in and out and a Unix socket, until the agent closes it or out does not take any more. The end of in it passes on: then
// the agent, to whom nobody speaks any more, closes the socket when it has said the last. An agent that does not exist is ErrNobody.
func Run(socket string, in io.Reader, out io.Writer) error {
	conn, err := net.Dial("unix", socket)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		err = fmt.Errorf("%w: %w", ErrNobody, err)
	}
	if err != nil {
		return fmt.Errorf("cannot reach the agent: %w", err)
	}
	defer conn.Close()
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("cannot reach the agent: this is no Unix socket")
	}
	go func() { // in may never end, so nobody can wait for this one; it ends with the process
		_, _ = io.Copy(unix, in)
		_ = unix.CloseWrite()
	}()
	if _, err := io.Copy(out, unix); err != nil {
		return fmt.Errorf("cannot carry on: %w", err)
	}
	return nil
}
