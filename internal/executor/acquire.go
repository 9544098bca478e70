package executor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// search is the way to a sandbox: it ends with a lease, or with none.
type search struct {
	cancel context.CancelFunc
	// done is closed when the search has ended; lease may be read then.
	done  chan struct{}
	lease *runners.Lease
}

// acquire looks for a sandbox and lays the artifacts into it. Only once that is done the execution knows of it: until
// then a crash leaves an orphan, which the runner collects, and an execution that waits for its turn again.
func (x *execution) acquire(ctx context.Context) {
	before := x.search
	ctx, cancel := context.WithCancel(ctx)
	s := &search{cancel: cancel, done: make(chan struct{})}
	x.search = s
	x.tasks.Go(func() {
		defer close(s.done)
		defer cancel()
		x.dispose(ctx, before)
		in, err := x.find(ctx, s)
		x.queued()
		switch {
		case err == nil:
			x.inbox.post(in)
		case ctx.Err() == nil:
			x.inbox.post(sandboxFailed{message: err.Error()})
		}
	})
}

func (x *execution) find(ctx context.Context, s *search) (sandboxReady, error) {
	lease, err := x.runner.Acquire(ctx, runners.AcquireOptions{Progress: x.progress})
	if err != nil {
		return sandboxReady{}, err
	}
	x.queued()
	s.lease = lease
	began := time.Now()
	if err := x.upload(ctx, lease.Sandbox()); err != nil {
		return sandboxReady{}, err
	}
	return sandboxReady{
		sandbox: remember(lease.Sandbox()),
		queue:   lease.Queue, provision: lease.Provision, upload: time.Since(began),
	}, nil
}

// upload writes the bundle's artifacts into the workspace. Doing it again does no harm.
func (x *execution) upload(ctx context.Context, sandbox *runners.Sandbox) error {
	if len(x.plan.bundle.Artifacts) == 0 {
		return nil
	}
	limit := x.runner.Options().UploadTimeout
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	full, err := x.writeFiles(timed, sandbox)
	if full != nil && timed.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w; there was none for %s: make room there, or raise upload_timeout", full, limit)
	}
	if err != nil && errors.Is(timed.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("cannot write the artifacts within %s; raise upload_timeout", limit)
	}
	if err != nil {
		return fmt.Errorf("cannot write the artifacts: %w", err)
	}
	return nil
}

// uploadPause is the wait between two tries to write artifacts to a disk that is full.
const uploadPause = time.Second

// writeFiles waits for room: the execution was accepted, and somebody may be about to make some. What it waited for last is returned as full.
func (x *execution) writeFiles(ctx context.Context, sandbox *runners.Sandbox) (full, err error) {
	for {
		err := sandbox.Agent.WriteFiles(ctx, x.files())
		if status.Code(err) != codes.ResourceExhausted {
			return full, err
		}
		if full == nil {
			x.inbox.post(noticed{phase: clockworkv1.Phase_PHASE_UPLOAD, message: "waiting for room on the disk of the workspace: " + err.Error()})
		}
		full = fmt.Errorf("cannot write the artifacts: %w", err)
		select {
		case <-time.After(uploadPause):
		case <-ctx.Done():
			return full, ctx.Err()
		}
	}
}

func (x *execution) files() iter.Seq[runners.File] {
	return func(yield func(runners.File) bool) {
		for _, artifact := range x.plan.bundle.Artifacts {
			if !yield(runners.File{Path: artifact.Path, Mode: artifact.Mode, Content: artifact.Content}) {
				return
			}
		}
	}
}

func (x *execution) progress(phase runners.Phase, message string) {
	in := noticed{phase: clockworkv1.Phase_PHASE_PROVISION, message: message}
	if phase == runners.PhaseQueue {
		in.phase = clockworkv1.Phase_PHASE_QUEUE
	}
	x.inbox.post(in)
}

// dispose destroys what a search has found, if anything. What cannot be destroyed now the runner tries again later.
func (x *execution) dispose(ctx context.Context, s *search) {
	if s == nil {
		return
	}
	s.cancel()
	<-s.done
	if s.lease == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := s.lease.Release(ctx); err != nil {
		x.log.Warn("cannot destroy the sandbox; trying again later",
			zap.String("sandbox", s.lease.Sandbox().ID), zap.Error(err))
	}
}

func remember(sandbox *runners.Sandbox) journal.Sandbox {
	return journal.Sandbox{
		ID:          sandbox.ID,
		Incarnation: sandbox.Agent.Hello().Incarnation,
		ContainerID: sandbox.Location.ContainerID,
		PodName:     sandbox.Location.PodName,
		RemoteHost:  sandbox.Location.RemoteHost,
	}
}
