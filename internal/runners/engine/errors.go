package engine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/client"

	"github.com/clockworkd/clockwork/internal/runners"
)

// fault says what the engine could not do, and whether it is worth another try.
func (d *Driver) fault(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("cannot %s: %w", what, err)
	case client.IsErrConnectionFailed(err), isUnreachable(err), broken.MatchString(err.Error()):
		return d.temporary(fmt.Errorf("cannot %s: cannot reach %s: %v; %s", what, d.flavour.Kind, err, d.flavour.Remedy))
	case cerrdefs.IsUnavailable(err), passing.MatchString(err.Error()):
		return d.temporary(fmt.Errorf("cannot %s: %w", what, err))
	}
	return fmt.Errorf("cannot %s: %w", what, err)
}

func (*Driver) temporary(err error) error { return fmt.Errorf("%w: %w", runners.ErrTemporary, err) }

// isMissing tells whether something does not exist. Podman says so of a container that is removed at this moment as if it were a fault.
func isMissing(err error) bool {
	return cerrdefs.IsNotFound(err) || err != nil && strings.Contains(err.Error(), "no such container")
}

func isUnreachable(err error) bool {
	_, yes := errors.AsType[unreachableError](err)
	return yes
}

// broken are the words for a connection to the engine that ended before its answer.
var broken = regexp.MustCompile(`\bEOF\b|connection reset by peer|broken pipe|connection refused|no such host|i/o timeout`)

// passing are the words for what an engine cannot do now. It has no better name for them than a text.
var passing = regexp.MustCompile(`(?i)toomanyrequests|too many requests|\b429\b|HTTP (status|code)[:=]? ?5\d\d|` +
	`status ?(code)?( from registry)?:? 5\d\d|\b50[0234]\b [A-Z]|TLS handshake timeout|i/o timeout|connection reset|is shutting down|temporary failure`)
