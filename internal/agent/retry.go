package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// The pause after a call that broke grows from the first to the second. That there is a connection again, the next call waits for itself.
const (
	shortestPause = 10 * time.Millisecond
	longestPause  = time.Second
)

// retry makes a call that may be repeated, until it has an answer or ctx is done or the agent is gone.
func (c *Client) retry(ctx context.Context, call func(context.Context) error) error {
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		err := c.try(ctx, call)
		if !isBroken(err) {
			return err
		}
		if err := wait(ctx, pause); err != nil {
			return err
		}
	}
}

// try makes a call once, and gives its error the reason by which a caller knows it.
func (c *Client) try(ctx context.Context, call func(context.Context) error) error {
	bound, cancel := c.bind(ctx)
	defer cancel()
	return c.explain(ctx, call(bound))
}

// bind returns a context that is done also when the line has ended.
func (c *Client) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	bound, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.line.ended, cancel)
	return bound, func() { stop(); cancel() }
}

// explain says why a call failed: the caller gave up, the agent is gone, the line broke, or the agent refused.
func (c *Client) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if status.Code(err) == codes.DataLoss {
		c.line.end(fmt.Errorf("%w: %s", ErrGone, status.Convert(err).Message()))
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w (%s)", ctx.Err(), status.Convert(err).Message())
	case c.line.ended.Err() != nil:
		return context.Cause(c.line.ended)
	}
	return plainly(err)
}

// isBroken tells whether the line broke under a call. A call that nobody here cancelled, but that was, ended with its line.
func isBroken(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	code := status.Code(err)
	return code == codes.Unavailable || code == codes.Canceled
}

// wait lets time pass, unless ctx is done.
func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
