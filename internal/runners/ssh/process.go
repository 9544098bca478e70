package ssh

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	cryptossh "golang.org/x/crypto/ssh"

	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
)

// bootstrap is what every session runs. A login shell of whatever kind understands it, and sees nothing else: the rest, one line of POSIX
// shell, comes on the standard input, where neither its quotes nor its words matter to anybody but sh. It is not in the host's list of processes either.
const bootstrap = `exec /bin/sh -c 'read -r c; eval "$c"'`

const (
	// maxNoise bounds what a profile may print before the shell is ours, in bytes.
	maxNoise = 1 << 20
	// maxComplaint is how much of the end of a standard error is kept, in bytes.
	maxComplaint = 2 << 10
)

// process is a command that runs on the host.
type process struct {
	session *link.Session
	stdin   io.WriteCloser
	stdout  *bufio.Reader
	stderr  *ending
}

// start runs a line of POSIX shell on the host and returns when it has begun, whatever a profile prints before.
func (d *Driver) start(ctx context.Context, script string, long bool) (*process, error) {
	session, err := d.link.Session(ctx, long)
	if err != nil {
		return nil, err
	}
	p := &process{session: session, stderr: &ending{limit: maxComplaint}}
	err = within(ctx, d, func() error { return p.begin(script) })
	if err != nil {
		_ = session.Close() // it is of no use to anybody
		return nil, err
	}
	return p, nil
}

// within runs f, which does not know the context, until it ends or the context does. In the latter case f goes on until the channel it
// works on ends.
func within(ctx context.Context, d *Driver, f func() error) error {
	done := make(chan error, 1)
	if err := d.chores.start(func() { done <- f() }); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin starts the shell, hands the script over and skips what is not its output.
func (p *process) begin(script string) (err error) {
	if p.stdin, err = p.session.StdinPipe(); err != nil {
		return fmt.Errorf("cannot open a pipe: %w", err)
	}
	stdout, err := p.session.StdoutPipe()
	if err != nil {
		return fmt.Errorf("cannot open a pipe: %w", err)
	}
	p.stdout = bufio.NewReader(stdout)
	p.session.Stderr = p.stderr
	if err := p.session.Start(bootstrap); err != nil {
		return fmt.Errorf("cannot start a shell: %w", err)
	}
	mark := newMark()
	if _, err := fmt.Fprintf(p.stdin, "echo; echo %s; %s\n", mark, script); err != nil {
		return fmt.Errorf("cannot speak to the shell: %w", err)
	}
	return p.skipNoise(mark)
}

func newMark() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // it never fails
	return "clockwork-" + hex.EncodeToString(random[:])
}

// skipNoise reads up to the line that says that the shell is ours.
func (p *process) skipNoise(mark string) error {
	var noise ending
	noise.limit = maxComplaint
	for read := 0; read < maxNoise; {
		line, err := p.stdout.ReadString('\n')
		read += len(line)
		if strings.TrimRight(line, "\r\n") == mark {
			return nil
		}
		_, _ = noise.Write([]byte(line)) // it never fails
		if err != nil {
			return p.noShell(err, noise.text())
		}
	}
	return &refusal{fmt.Errorf("cannot get a shell: the host prints more than %d bytes instead of starting /bin/sh", maxNoise)}
}

// noShell says why there is none: the line broke, or the host runs something else.
func (p *process) noShell(err error, noise string) error {
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("cannot hear the shell: %w", err)
	}
	ended := p.session.Wait()
	if _, broken := errors.AsType[*cryptossh.ExitMissingError](ended); broken {
		return errors.New("cannot hear the shell: the session broke off")
	}
	what := "it ended with success"
	if ended != nil {
		what = "it ended: " + ended.Error()
	}
	for _, said := range []string{noise, p.stderr.text()} {
		if said != "" {
			what += fmt.Sprintf(", and said %q", said)
		}
	}
	return &refusal{fmt.Errorf("cannot get a shell: the host runs something other than /bin/sh for this user, such as a forced command "+
		"or a shell that lets nobody in; %s. Give the user a shell, or the runner another user", what)}
}

// wait returns when the process has ended: its exit status, or -1 with the reason why there is none.
func (p *process) wait() (status int, err error) {
	err = p.session.Wait()
	if exit, ok := errors.AsType[*cryptossh.ExitError](err); ok {
		return exit.ExitStatus(), nil
	}
	if err != nil {
		return -1, fmt.Errorf("the session broke off: %w", err)
	}
	return 0, nil
}

// refusal is an error for which the host has a reason: it will not go away by itself.
type refusal struct{ error }

// Unwrap returns the reason.
func (r *refusal) Unwrap() error { return r.error }
