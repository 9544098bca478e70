package ssh

import (
	"context"
	"errors"
	"fmt"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
)

// passes tells whether an error may be gone the next time: it is the line's, not the host's.
func passes(err error) bool {
	_, refused := errors.AsType[*refusal](err)
	_, distrusted := errors.AsType[*link.RefusedError](err)
	return !refused && !distrusted && !errors.Is(err, link.ErrClosed) &&
		!errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, runners.ErrGone)
}

// mark marks an error that may be gone the next time.
func mark(err error) error {
	if err != nil && passes(err) {
		return fmt.Errorf("%w: %w", runners.ErrTemporary, err)
	}
	return err
}
