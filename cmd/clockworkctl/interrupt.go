package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/client"
)

// errStoppedWaiting says that the user did not want to wait for the end of a cancel.
var errStoppedWaiting = errors.New("stopped waiting")

// interrupts catches what asks clockworkctl to end.
func interrupts() (<-chan os.Signal, func()) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return signals, func() { signal.Stop(signals) }
}

// interruptedError says which signal ended the following of an execution.
type interruptedError struct {
	signal os.Signal
}

func (e *interruptedError) Error() string {
	return "stopped by " + e.signal.String()
}

// outcome is the exit code as a shell would give it.
func (e *interruptedError) outcome() error {
	number, _ := e.signal.(syscall.Signal)
	return outcome(exitSignal + int(number))
}

// untilInterrupted returns a context that ends, with an interruptedError, at the first interrupt, up to release.
func (a *app) untilInterrupted(ctx context.Context) (until context.Context, release func()) {
	ctx, end := context.WithCancelCause(ctx)
	signals, stop := a.interrupts()
	var listening sync.WaitGroup
	listening.Go(func() {
		select {
		case signal := <-signals:
			end(&interruptedError{signal})
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		stop()
		end(nil)
		listening.Wait()
	}
}

// canceller turns the first interrupt into a cancel of the execution, and the second one into the end of waiting.
type canceller struct {
	app      *app
	client   *client.Client
	accepted chan string
	running  sync.WaitGroup
	release  func()
}

// cancelOnInterrupt returns a context that ends, with errStoppedWaiting, at the second interrupt.
func (a *app) cancelOnInterrupt(ctx context.Context, c *client.Client) (context.Context, *canceller) {
	ctx, end := context.WithCancelCause(ctx)
	signals, stop := a.interrupts()
	watcher := &canceller{app: a, client: c, accepted: make(chan string, 1)}
	asked := make(chan struct{})
	watcher.running.Go(func() { watcher.listen(ctx, signals, asked, end) })
	watcher.running.Go(func() { watcher.cancel(ctx, asked) })
	watcher.release = func() {
		stop()
		end(nil)
		watcher.running.Wait()
	}
	return ctx, watcher
}

// listen waits for the two interrupts.
func (w *canceller) listen(ctx context.Context, signals <-chan os.Signal, asked chan<- struct{}, end context.CancelCauseFunc) {
	select {
	case <-signals:
		w.app.say("cancelling the execution; interrupt again to stop waiting for its end")
		close(asked)
	case <-ctx.Done():
		return
	}
	select {
	case <-signals:
		end(errStoppedWaiting)
	case <-ctx.Done():
	}
}

// cancel asks the daemon for the cancel once it was asked for and the execution has an id. Both may be known when the second
// interrupt has ended the context already; they count first.
func (w *canceller) cancel(ctx context.Context, asked <-chan struct{}) {
	if _, interrupted := first(ctx, asked); !interrupted {
		return
	}
	id, known := first(ctx, w.accepted)
	if !known {
		return
	}
	for {
		err := w.request(ctx, id)
		if err == nil {
			return
		}
		if !errors.Is(err, client.ErrUnreachable) {
			w.app.say("%v", err)
			return
		}
		retry := time.NewTimer(time.Second)
		select {
		case <-retry.C:
		case <-ctx.Done():
			retry.Stop()
			w.app.say("%v", err)
			return
		}
	}
}

// first waits for what a channel brings, or for its close. What is there already counts even if the context is done.
func first[T any](ctx context.Context, from <-chan T) (value T, arrived bool) {
	select {
	case value = <-from:
		return value, true
	case <-ctx.Done():
	}
	select {
	case value = <-from:
		return value, true
	default:
		return value, false
	}
}

// request is not ended by the second interrupt: that stops the waiting, not the cancel.
func (w *canceller) request(ctx context.Context, id string) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	_, err := w.client.Cancel(ctx, id, "interrupted at clockworkctl")
	return err
}
