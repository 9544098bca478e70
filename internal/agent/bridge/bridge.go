package bridge

import (
	"errors"
	"fmt"
	"io"
	"net"
)

// Run carries bytes between in and out and a Unix socket, until the agent closes it or out does not take any more. The end of in it passes on: then
// the agent, to whom nobody speaks any more, closes the socket when it has said the last.
func Run(socket string, in io.Reader, out io.Writer) error {
	conn, err := net.Dial("unix", socket)
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
