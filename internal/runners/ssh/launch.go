package ssh

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/clockworkd/clockwork/internal/agent/hosting"
	"github.com/clockworkd/clockwork/internal/runners"
)

// launch makes a sandbox on the host and returns the path of its agent's socket. The sandbox's lock is held until the host is done with it, however
// soon the context is.
func (d *Driver) launch(ctx context.Context, spec runners.Spec) (string, error) {
	unlock, err := d.locks.Lock(ctx, spec.ID)
	if err != nil {
		return "", err
	}
	p, err := d.begin(ctx, spec)
	if err != nil {
		unlock()
		return "", err
	}
	type launched struct {
		socket string
		err    error
	}
	result := make(chan launched, 1)
	err = d.chores.start(func() {
		defer unlock()
		socket, err := converse(ctx, p)
		result <- launched{socket, err}
		_ = p.session.Close() // it has ended, or is not wanted any more
		_, _ = p.wait()
	})
	if err != nil {
		unlock()
		return "", err
	}
	select {
	case got := <-result:
		if errors.Is(got.err, errMissing) {
			d.forget()
		}
		return got.socket, got.err
	case <-ctx.Done():
		_ = p.session.Close() // its end is what undoes it there
		return "", ctx.Err()
	}
}

// begin starts the command that makes the sandbox, and gives it the order.
func (d *Driver) begin(ctx context.Context, spec runners.Spec) (*process, error) {
	h, err := d.hostOf(ctx, spec.Progress)
	if err != nil {
		return nil, err
	}
	order := d.complete(hosting.Order{Do: hosting.Start, ID: spec.ID, Token: d.options.token(spec.ID)}, h)
	p, err := d.start(ctx, "exec "+h.call+" host", false)
	if err != nil {
		return nil, err
	}
	err = within(ctx, d, func() error { return json.NewEncoder(p.stdin).Encode(order) })
	if err != nil {
		_ = p.session.Close() // its end is what undoes it there
		return nil, err
	}
	return p, nil
}

// converse hears that the agent is ready, says that the sandbox shall stay, unless nobody wants it any more, and hears that it does.
func converse(ctx context.Context, p *process) (socket string, err error) {
	answers := json.NewDecoder(io.LimitReader(p.stdout, maxAnswer))
	ready, err := nextAnswer(answers, p)
	if err != nil {
		return "", err
	}
	if ready.Ready == nil || ready.Ready.Socket == "" {
		return "", &refusal{errors.New("cannot understand the agent on the host: it says nothing of a socket")}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := json.NewEncoder(p.stdin).Encode(hosting.Word{Stay: true}); err != nil {
		return "", err
	}
	if _, err := nextAnswer(answers, p); err != nil {
		return "", err
	}
	return ready.Ready.Socket, nil
}

// nextAnswer reads an answer. Where none comes, the end of the command tells why.
func nextAnswer(from *json.Decoder, p *process) (hosting.Answer, error) {
	answer, err := readAnswer(from, 0, "")
	if answer.Error != "" || err == nil {
		return answer, err
	}
	_ = p.stdin.Close() // it waits for nothing any more
	status, ended := p.wait()
	if ended != nil {
		return answer, ended
	}
	if status == exitNotFound || status == exitNotExecutable {
		return readAnswer(from, status, p.stderr.text())
	}
	return answer, &refusal{errors.Join(err, errors.New(p.stderr.text()))}
}
