package ssh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/internal/agent/hosting"
)

// What a shell's exit status says of a program that it was to run (POSIX, "Exit Status for Commands").
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// errMissing says that the agent's program is not on the host any more, or cannot be run there any more.
var errMissing = errors.New("the agent's program cannot be run on the host")

// orderAttempts is how often an order is given that may be repeated, while the line breaks under it.
const orderAttempts = 3

// order gives an order that may be repeated, and returns the answer.
func (d *Driver) order(ctx context.Context, o hosting.Order) (hosting.Answer, error) {
	for attempt := 1; ; attempt++ {
		answer, err := d.orderOnce(ctx, o)
		if errors.Is(err, errMissing) {
			d.forget()
		}
		if err == nil || !passes(err) || ctx.Err() != nil || attempt == orderAttempts {
			return answer, err
		}
	}
}

func (d *Driver) orderOnce(ctx context.Context, o hosting.Order) (hosting.Answer, error) {
	h, err := d.hostOf(ctx, func(string) {})
	if err != nil {
		return hosting.Answer{}, err
	}
	o = d.complete(o, h)
	input, err := json.Marshal(o)
	if err != nil {
		return hosting.Answer{}, fmt.Errorf("cannot write an order for the host: %v", err)
	}
	got, err := d.run(ctx, "exec "+h.call+" host", bytes.NewReader(input))
	if err != nil {
		return hosting.Answer{}, err
	}
	return readAnswer(json.NewDecoder(bytes.NewReader(got.stdout)), got.status, got.stderr)
}

// complete adds what all orders of this driver have.
func (d *Driver) complete(o hosting.Order, h *host) hosting.Order {
	o.WorkDir, o.Owner, o.Keep = h.workDir, d.options.owner(), !d.options.CleanupOnExit
	o.Label = fmt.Sprintf("runner %s of daemon %s", d.options.RunnerName, d.options.DaemonID)
	return o
}

// readAnswer reads the next answer of a command that ended with a status, or is under way if that is 0.
func readAnswer(from *json.Decoder, status int, complaint string) (hosting.Answer, error) {
	if status == exitNotFound || status == exitNotExecutable {
		return hosting.Answer{}, fmt.Errorf("%w: %s", errMissing, complaint)
	}
	var answer hosting.Answer
	if err := from.Decode(&answer); err != nil {
		return answer, &refusal{fmt.Errorf("cannot understand the agent on the host: %w; its exit status is %d, and it complains: %s",
			err, status, strings.TrimSpace(complaint))}
	}
	if answer.Error != "" {
		return answer, &refusal{errors.New(answer.Error)}
	}
	return answer, nil
}
