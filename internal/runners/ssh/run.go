package ssh

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// maxAnswer bounds what a command may print, in bytes: a list of a million ids is more than anybody has.
const maxAnswer = 64 << 20

// outcome is what came of a command.
type outcome struct {
	status int
	stdout []byte
	stderr string
}

// run runs a line of POSIX shell to its end. input is its standard input, and may be nil.
func (d *Driver) run(ctx context.Context, script string, input io.Reader) (outcome, error) {
	p, err := d.start(ctx, script, false)
	if err != nil {
		return outcome{}, err
	}
	defer p.session.Close()
	var got outcome
	err = within(ctx, d, func() error {
		var feeding sync.WaitGroup
		feeding.Go(func() {
			if input != nil {
				_, _ = io.Copy(p.stdin, input) // a command need not read all of it
			}
			_ = p.stdin.Close()
		})
		defer feeding.Wait()
		var err error
		if got.stdout, err = io.ReadAll(io.LimitReader(p.stdout, maxAnswer)); err != nil {
			return fmt.Errorf("cannot hear the command: %w", err)
		}
		got.status, err = p.wait()
		return err
	})
	if err != nil {
		return outcome{}, err
	}
	got.stderr = p.stderr.text()
	return got, nil
}
