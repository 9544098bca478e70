package executor

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
)

// execution drives one machine. All fields but inbox and unrecorded belong to the goroutine of run.
type execution struct {
	plan    *plan
	machine *machine
	journal journal.Store
	writer  journal.Writer
	runner  *runners.Runner
	log     *zap.Logger
	inbox   *inbox
	// unrecorded is why the newest change is not durable yet; nil: it is.
	unrecorded atomic.Pointer[error]
	// forsaken tells that the sandbox was destroyed because not even states could be recorded.
	forsaken bool
	// queued is called once, when the execution does not wait for its first sandbox any more.
	queued func()

	// search is the newest one; nil before the first.
	search   *search
	attempts map[int]*attempt
	// memories is what is remembered of the attempts before a restart, by step. Once run has begun it does not change.
	memories map[uint32]*memory
	// damage is why the execution cannot go on after a restart; empty: it can.
	damage string
	// gone is closed when run has returned.
	gone   chan struct{}
	timers []*time.Timer
	// tasks are the goroutines that work for this execution; they end when the context of run does, or before.
	tasks sync.WaitGroup
}

// run drives the execution until it has ended, or until the context is done: then everything is left as it is, to be taken up
// by the next start of the daemon.
func (x *execution) run(ctx context.Context, first []action) {
	ctx, cancel := context.WithCancel(ctx)
	defer x.leave(cancel)
	x.startClock()
	x.recall(ctx)
	x.perform(ctx, first)
	for !executionEnded(x.machine.header.Status) {
		inputs, err := x.inbox.take(ctx)
		if err != nil {
			return
		}
		if !x.advance(ctx, inputs) {
			return
		}
	}
	x.log.Info("execution finished",
		zap.String("status", executionWord(x.machine.header.Status)), zap.Duration("took", time.Since(x.plan.created)))
	x.dispose(ctx, x.search)
}

// advance applies inputs, makes what came of them durable, and then acts on it. False: the context is done.
func (x *execution) advance(ctx context.Context, inputs []input) bool {
	now := time.Now()
	for _, in := range inputs {
		x.machine.apply(in, now)
	}
	change, actions := x.machine.take()
	if err := x.record(ctx, change); err != nil {
		return false
	}
	for _, in := range inputs {
		if r, ok := in.(recorded); ok {
			r.then()
		}
	}
	x.perform(ctx, actions)
	return true
}

// record appends a change. Until that succeeds nothing else can truthfully happen, so a full disk is waited out; only an execution
// that is to end anyhow is forsaken, which may make room. The error is the context's.
func (x *execution) record(ctx context.Context, change journal.Change) error {
	if change.Header == nil && len(change.Steps) == 0 && len(change.Events) == 0 {
		return nil
	}
	return x.persist(ctx, "a state", func() error {
		err := x.writer.Append(ctx, change)
		if err == nil {
			x.unrecorded.Store(nil)
			return nil
		}
		x.unrecorded.Store(&err)
		if x.doomed() {
			x.forsake(ctx)
		}
		return err
	})
}

func (x *execution) perform(ctx context.Context, actions []action) {
	for _, a := range actions {
		switch a := a.(type) {
		case acquire:
			x.acquire(ctx)
		case rejoin:
			x.rejoin(ctx, a.sandbox)
		case vanish:
			x.inbox.post(x.vanished(a.message))
		case startAttempt:
			x.startAttempt(ctx, a)
		case terminate:
			x.terminate(ctx, a.step)
		case wait:
			x.after(a.delay, retryDue{step: a.step})
		case cleanUp:
			x.cleanUp(ctx)
		}
	}
}

// after posts an input when a time has passed.
func (x *execution) after(delay time.Duration, in input) {
	x.timers = append(x.timers, time.AfterFunc(delay, func() { x.inbox.post(in) }))
}

func (x *execution) startClock() {
	if !x.plan.deadline.IsZero() {
		x.after(time.Until(x.plan.deadline), timeUp{})
	}
}

// leave ends what works for the execution in this process. The sandbox is not touched.
func (x *execution) leave(cancel context.CancelFunc) {
	defer close(x.gone)
	cancel()
	for _, timer := range x.timers {
		timer.Stop()
	}
	x.tasks.Wait()
	if err := x.writer.Close(); err != nil {
		x.log.Warn("cannot close the journal's writer", zap.Error(err))
	}
}
