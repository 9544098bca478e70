package executor_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners/fake"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Output that waits for room keeps nobody from ending its execution, and what is missing of it is told.
func TestAnEndDoesNotWaitForOutput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		timeout time.Duration
		exits   bool
		status  string
	}{
		"a cancel of what runs":                   {0, false, "CANCELLED"},
		"a cancel of what has exited":             {0, true, "CANCELLED"},
		"the execution's timeout, of what runs":   {time.Second, false, "TIMEOUT"},
		"the execution's timeout, of what exited": {time.Second, true, "TIMEOUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			proceed, printed := make(chan struct{}), make(chan struct{})
			d.world.Program("print", func(ctx context.Context, p *fake.Process) int {
				_, _ = io.WriteString(p.Stdout, "kept")
				<-proceed
				_, _ = io.WriteString(p.Stdout, "lost")
				close(printed)
				if !test.exits {
					<-ctx.Done()
				}
				return 0
			})
			r := request(step("print"), step("next"))
			if test.timeout > 0 {
				r.Timeout = durationpb.New(test.timeout)
			}
			id := d.submit(r)
			d.until(id, func(event *clockworkv1.Event) bool { return event.GetOutput() != nil })
			d.disk.noOutput.Store(true)
			close(proceed)
			<-printed
			if test.timeout == 0 {
				if err := d.Cancel(t.Context(), id, "tester", ""); err != nil {
					t.Error(err)
				}
			}
			execution := d.finished(id)
			if got := statuses(execution); got != "print="+test.status+" next=SKIPPED " {
				t.Errorf("%s: %s", execution.Status, got)
			}
			checkGap(t, execution.Steps[0].Result, droppedOf(d.wait(id)))
		})
	}
}

// checkGap checks what is said of four bytes that are missing behind the first four.
func checkGap(t *testing.T, result *clockworkv1.ExecutionResult, gap *clockworkv1.OutputDropped) {
	t.Helper()
	if gap.GetOffset() != 4 || gap.GetBytes() != 4 || gap.GetStream() != clockworkv1.Stream_STREAM_STDOUT || gap.GetName() != "print" || gap.GetReason() == "" {
		t.Errorf("the stream tells of a gap %v, want one of 4 bytes behind the first 4", gap)
	}
	if !strings.Contains(result.GetErrorMessage(), "its stdout from byte 4 on could not be recorded") || string(result.GetStdout()) != "kept" {
		t.Errorf("%q was kept; message %q", result.GetStdout(), result.GetErrorMessage())
	}
	if result.GetStdoutBytes() != 8 || !result.GetStdoutTruncated() || result.GetStderrTruncated() {
		t.Errorf("it counts %d bytes, truncated: %v; want 8 with the 4 that are missing", result.GetStdoutBytes(), result.GetStdoutTruncated())
	}
}

// droppedOf returns the only event that tells of dropped output; nil if there is not exactly one.
func droppedOf(events []*clockworkv1.Event) (found *clockworkv1.OutputDropped) {
	for _, event := range events {
		if gap := event.GetOutputDropped(); gap != nil && found != nil {
			return nil
		} else if gap != nil {
			found = gap
		}
	}
	return found
}

// A step that succeeded within its time, and whose output waits for room longer than that, has not succeeded.
func TestATimeoutDoesNotWaitForOutput(t *testing.T) {
	t.Parallel()
	d := start(t)
	proceed := make(chan struct{})
	d.world.Program("print", func(_ context.Context, p *fake.Process) int {
		_, _ = io.WriteString(p.Stdout, "kept")
		<-proceed
		_, _ = io.WriteString(p.Stdout, "lost")
		return 0
	})
	id := d.submit(request(step("print", func(s *clockworkv1.Step) { s.Timeout = durationpb.New(2 * time.Second) }), step("next")))
	d.until(id, func(event *clockworkv1.Event) bool { return event.GetOutput() != nil })
	d.disk.noOutput.Store(true)
	close(proceed)
	execution := d.finished(id)
	if got := statuses(execution); got != "print=ERROR next=SKIPPED " {
		t.Errorf("%s: %s: %s", execution.Status, got, execution.Steps[0].Result.GetErrorMessage())
	}
	if gap := droppedOf(d.wait(id)); gap.GetBytes() != 4 {
		t.Errorf("the stream tells of a gap %v", gap)
	}
}

// Where not even states can be recorded, a cancel is answered with the reason, and ends all the same what runs.
func TestACancelThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	d := start(t)
	running := make(chan struct{})
	var stopped atomic.Bool
	d.world.Program("long", func(ctx context.Context, _ *fake.Process) int {
		close(running)
		<-ctx.Done()
		stopped.Store(true)
		return 0
	})
	id := d.submit(request(step("long"), step("next")))
	<-running
	d.disk.noStates.Store(true)
	d.cancelOnFullDisk(id)
	if !stopped.Load() {
		t.Error("the step still runs")
	}
	d.disk.noStates.Store(false)
	execution := d.finished(id)
	if got := statuses(execution); got != "long=CANCELLED next=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
}

// A cancel that comes while an earlier state waits to be recorded is heard, too; no further step starts.
func TestACancelBehindAStateThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	d := start(t)
	proceed := make(chan struct{})
	d.world.Program("short", func(context.Context, *fake.Process) int {
		<-proceed
		return 0
	})
	var ran atomic.Bool
	d.world.Program("next", func(context.Context, *fake.Process) int {
		ran.Store(true)
		return 0
	})
	id := d.submit(request(step("short"), step("next")))
	d.until(id, started("short"))
	d.disk.noStates.Store(true)
	close(proceed)
	<-d.disk.refused
	d.cancelOnFullDisk(id)
	d.disk.noStates.Store(false)
	execution := d.finished(id)
	if got := statuses(execution); got != "short=SUCCESS next=CANCELLED " || ran.Load() {
		t.Errorf("%s: %s; the next step ran: %t", execution.Status, got, ran.Load())
	}
}

func (d *daemon) cancelOnFullDisk(id string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	if err := d.Cancel(ctx, id, "tester", ""); !errors.Is(err, journal.ErrFull) {
		d.t.Errorf("the cancel is answered with %v, want that the disk is full", err)
	}
}
