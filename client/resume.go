package client

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// resumption is how a broken stream of events is taken up again.
type resumption struct {
	// initial and max bound the waits between two attempts, which grow by half each time, with jitter.
	initial, max time.Duration
	patience     time.Duration
	notice       func(cause error, delay time.Duration)
}

var defaultResumption = resumption{
	initial:  50 * time.Millisecond,
	max:      2 * time.Second,
	patience: 2 * time.Minute,
	notice:   func(error, time.Duration) {},
}

// errImpatient says that a stream has been broken for longer than patience allows.
var errImpatient = errors.New("out of patience")

// pacer spaces the attempts to resume one stream. Its zero time of break means that the stream is well.
type pacer struct {
	resumption
	delays *backoff.ExponentialBackOff
	broken time.Time
}

func newPacer(r resumption) *pacer {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval = r.initial
	delays.MaxInterval = r.max
	return &pacer{resumption: r, delays: delays}
}

// progress notes that an event came.
func (p *pacer) progress() {
	p.broken = time.Time{}
	p.delays.Reset()
}

// wait waits until the next attempt is due. It returns errImpatient once that would be too late, or the cause for which
// ctx ended.
func (p *pacer) wait(ctx context.Context, cause error) error {
	now := time.Now()
	if p.broken.IsZero() {
		p.broken = now
	}
	delay := p.delays.NextBackOff()
	if now.Add(delay).Sub(p.broken) > p.patience {
		return errImpatient
	}
	p.notice(cause, delay)
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// tooManyWatchers is the daemon's reason for not opening a stream of events.
const tooManyWatchers = "TOO_MANY_WATCHERS"

// resumable tells whether a stream that ended so may be taken up again: what ended is the stream or the daemon, not the
// matter itself. The caller's own cancel and deadline have been looked at before.
func resumable(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, // the connection broke, or the daemon is going down
		codes.Aborted,                          // the daemon ended the stream of a reader that stood still
		codes.ResourceExhausted,                // the daemon has no room for another stream now
		codes.Canceled, codes.DeadlineExceeded: // the daemon or a proxy between ended the stream
		return true
	default:
		return false
	}
}
