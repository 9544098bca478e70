package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal/terminaltest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// watched is a live view on a terminal, in a bubble whose time is the events'.
type watched struct {
	t        *testing.T
	terminal *terminaltest.Emulator
	live     Live
	pictures bytes.Buffer
}

// watch runs a test in a bubble, and compares the pictures that it takes with testdata/name.
func watch(t *testing.T, name string, columns, rows int, screen Screen, test func(w *watched)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &watched{t: t, terminal: terminaltest.New(columns, rows)}
		screen.Device, screen.Command = w.terminal, "clockworkctl"
		w.live, _ = New(TTY, w.terminal, screen).(Live)
		test(w)
		for _, fault := range w.terminal.Faults() {
			t.Errorf("the terminal was sent %q", fault)
		}
		if !w.terminal.GivenBack() {
			t.Error("the terminal was not given back")
		}
		if name != "" {
			compare(t, name, w.pictures.Bytes())
		}
	})
}

// after lets time pass, and takes a picture of the screen then.
func (w *watched) after(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it is the bubble's time
	synctest.Wait()
	fmt.Fprintf(&w.pictures, "--- %s\n%s", d, w.terminal.Screen())
}

// event takes place now.
func (w *watched) event(event *clockworkv1.Event) {
	w.t.Helper()
	event.Time, event.ExecutionId = timestamppb.Now(), executionID
	if err := w.live.Event(event); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) accepted(steps uint32) {
	w.t.Helper()
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_Accepted{Accepted: &clockworkv1.ExecutionAccepted{
		Runner: "py", RunnerReason: "the default runner", TotalSteps: steps,
	}}})
}

func (w *watched) started(step uint32, name string, attempt uint32) {
	w.t.Helper()
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{
		StepIndex: step, Name: name, Attempt: attempt, Command: []string{"make", name},
	}}})
}

func (w *watched) printed(step uint32, name, data string) {
	w.t.Helper()
	w.event(output(step, name, clockworkv1.Stream_STREAM_STDOUT, 0, data))
}

func (w *watched) notice(phase clockworkv1.Phase, message string) {
	w.t.Helper()
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{Phase: phase, Message: message}}})
}

func (w *watched) finished(step uint32, name string, status clockworkv1.StepStatus, message string) {
	w.t.Helper()
	result := &clockworkv1.ExecutionResult{StepIndex: step, Name: name, Status: status, ErrorMessage: message, EndTime: timestamppb.Now()}
	if status != clockworkv1.StepStatus_STEP_STATUS_SKIPPED {
		result.StartTime, result.ExecutionTime = timestamppb.New(time.Now().Add(-time.Second)), durationpb.New(time.Second)
	}
	if status == clockworkv1.StepStatus_STEP_STATUS_FAILED {
		result.ExitCode = new(int32(3))
	}
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: result}}})
}

func (w *watched) ended(status clockworkv1.ExecutionStatus, summary *clockworkv1.ExecutionSummary) {
	w.t.Helper()
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_ExecutionFinished{ExecutionFinished: &clockworkv1.ExecutionFinished{Status: status, Summary: summary}}})
	w.left()
}

// left ends the view, and takes a picture of everything that is left.
func (w *watched) left() {
	w.t.Helper()
	if err := w.live.Ended(); err != nil {
		w.t.Fatal(err)
	}
	fmt.Fprintf(&w.pictures, "--- left\n%s", w.terminal.All())
}

// story is an execution with everything that can be seen of one.
func story(w *watched) {
	w.accepted(5)
	w.after(300 * time.Millisecond)
	w.notice(clockworkv1.Phase_PHASE_QUEUE, "all 2 sandboxes of the runner are leased")
	w.after(2 * time.Second)
	w.notice(clockworkv1.Phase_PHASE_PROVISION, "pulling python:3.12-slim: 40 %")
	w.after(time.Second)
	w.started(0, "fetch", 1)
	w.after(time.Second)
	w.printed(0, "fetch", "Cloning into 'site'…\n")
	w.finished(0, "fetch", clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
	w.started(1, "build", 1)
	w.started(2, "integration-test", 1)
	w.started(3, "漢字の段階", 1)
	w.printed(1, "build", "compiling a.go\ncompiling b.go\n")
	w.printed(2, "integration-test", "10 %\r20 %\r30 %")
	w.printed(3, "漢字の段階", "\x1b[31m漢字\x1b[0m 👩‍👩‍👧 e\u0301\x1b[2J\x1b]0;title\x07\tdone\n")
	w.after(70 * time.Second)
	w.event(&clockworkv1.Event{Kind: &clockworkv1.Event_Retrying{Retrying: &clockworkv1.StepRetrying{
		StepIndex: 1, Name: "build", Attempt: 2, Delay: durationpb.New(5 * time.Second), Reason: "attempt 1: exit code 3",
	}}})
	w.after(2 * time.Second)
	w.live.Broken(errors.New("no daemon answers at unix:///run/clockworkd.sock: connection refused"))
	w.after(2 * time.Second)
	w.finished(2, "integration-test", clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
	w.started(1, "build", 2)
	w.live.Above("clockworkctl: resumed")
	w.printed(1, "build", strings.Repeat("compiling c.go\n", 20)+"c.go:7: syntax error")
	w.after(time.Second)
	w.finished(1, "build", clockworkv1.StepStatus_STEP_STATUS_FAILED, "")
	w.finished(4, "publish", clockworkv1.StepStatus_STEP_STATUS_SKIPPED, `step "build" did not succeed`)
	w.after(time.Second)
	w.finished(3, "漢字の段階", clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
	w.ended(clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED, &clockworkv1.ExecutionSummary{
		TotalSteps: 5, Successful: 3, Failed: 1, Skipped: 1, TotalRetries: 1, TotalTime: durationpb.New(80 * time.Second),
	})
}

func TestLive(t *testing.T) {
	t.Parallel()
	watch(t, "live.wide", 100, 24, Screen{Colours: true, UTF8: true}, story)
}

func TestLiveOnANarrowTerminal(t *testing.T) {
	t.Parallel()
	watch(t, "live.narrow", 20, 24, Screen{Colours: true, UTF8: true}, story)
}

func TestLiveInASCII(t *testing.T) {
	t.Parallel()
	watch(t, "live.ascii", 80, 24, Screen{}, func(w *watched) {
		story(w)
		if pictures, _, _ := strings.Cut(w.pictures.String(), "--- left"); strings.ContainsFunc(pictures, func(r rune) bool { return r > 0x7f }) {
			t.Error("the pictures are not in ASCII")
		}
	})
}

// However small the window is, nothing scrolls away but what is written above the view.
func TestLiveInSmallWindows(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{1, 2, 7, 39} {
		for _, rows := range []int{2, 3, 8} {
			watch(t, "", columns, rows, Screen{UTF8: true}, story)
		}
	}
}

// Two hundred steps: what is drawn stays on the screen, and nothing of it is left behind.
func TestLiveWithManySteps(t *testing.T) {
	t.Parallel()
	watch(t, "live.many", 60, 16, Screen{UTF8: true}, func(w *watched) {
		w.accepted(200)
		for i := range uint32(200) {
			w.started(i, fmt.Sprintf("step-%03d", i), 1)
			if i >= 16 {
				w.finished(i-16, fmt.Sprintf("step-%03d", i-16), clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
			}
			if i%66 == 10 {
				w.after(time.Second)
			} else {
				time.Sleep(150 * time.Millisecond) //nolint:forbidigo // it is the bubble's time
			}
		}
		for i := uint32(184); i < 200; i++ {
			w.finished(i, fmt.Sprintf("step-%03d", i), clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
		}
		w.ended(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS, &clockworkv1.ExecutionSummary{TotalSteps: 200, Successful: 200, TotalTime: durationpb.New(time.Minute)})
	})
}

// Whatever the window does meanwhile, nothing of the view is left behind, and nothing of what was there is lost.
func TestLiveWhileTheWindowChanges(t *testing.T) {
	t.Parallel()
	watch(t, "", 100, 40, Screen{UTF8: true}, func(w *watched) {
		fmt.Fprint(w.terminal, "$ cat notes\r\nmine\r\n")
		w.accepted(8)
		for i := range uint32(8) {
			w.started(i, fmt.Sprintf("step-%d", i), 1)
			w.printed(i, "", strings.Repeat("long output ", 20)+"\n")
		}
		for _, size := range [][2]int{{60, 40}, {25, 40}, {70, 20}, {100, 12}, {30, 40}, {31, 30}, {200, 50}} {
			w.after(time.Second)
			w.terminal.Resize(size[0], size[1])
		}
		w.after(time.Second)
		for i := range uint32(8) {
			w.finished(i, fmt.Sprintf("step-%d", i), clockworkv1.StepStatus_STEP_STATUS_SUCCESS, "")
		}
		w.ended(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS, &clockworkv1.ExecutionSummary{TotalSteps: 8, Successful: 8})
		left := w.terminal.All()
		if !strings.HasPrefix(left, "$ cat notes\nmine\n==> execution ") || strings.Contains(left, "long output") || strings.Contains(left, "running") {
			t.Errorf("what is left is:\n%s", left)
		}
	})
}

// Who stops waiting sees how far it was.
func TestLiveWithoutAnEnd(t *testing.T) {
	t.Parallel()
	watch(t, "live.unended", 60, 16, Screen{UTF8: true}, func(w *watched) {
		w.accepted(2)
		w.started(0, "serve", 1)
		w.printed(0, "serve", "listening\n")
		w.after(time.Second)
		w.left()
		if w.live.Above("too late") {
			t.Error("there is still a view")
		}
	})
}

// Ctrl-Z gives the terminal back; what the shell does then is not drawn over; fg draws anew.
func TestLiveIsStoppedAndContinued(t *testing.T) {
	t.Parallel()
	watch(t, "live.stopped", 60, 16, Screen{UTF8: true}, func(w *watched) {
		w.accepted(2)
		w.started(0, "serve", 1)
		w.after(time.Second)
		w.terminal.Signal(syscall.SIGTSTP)
		synctest.Wait()
		if obeyed := w.terminal.Obeyed(); len(obeyed) != 1 || obeyed[0] != os.Signal(syscall.SIGTSTP) {
			t.Errorf("obeyed %v", obeyed)
		}
		fmt.Fprint(w.terminal, "[1]+ Stopped\r\n$ bg\r\n$ ")
		before := w.terminal.Bytes()
		w.after(time.Second)
		if w.terminal.Bytes() != before {
			t.Error("it was drawn in the background")
		}
		fmt.Fprint(w.terminal, "fg\r\n")
		w.terminal.SetForeground(true)
		w.after(time.Second)
		w.left()
	})
}

// A terminal that is gone is told by the events, so that the command can go on without it.
func TestLiveWhenTheTerminalIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		device := &hungUp{Emulator: terminaltest.New(80, 24)}
		live := New(TTY, io.Discard, Screen{Device: device})
		accepted := &clockworkv1.Event{Kind: &clockworkv1.Event_Accepted{Accepted: &clockworkv1.ExecutionAccepted{}}}
		if err := live.Event(accepted); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for range 2 {
			if err := live.Event(accepted); !errors.Is(err, syscall.EIO) {
				t.Errorf("the event's error is %v", err)
			}
		}
		if err := live.Ended(); !errors.Is(err, syscall.EIO) {
			t.Errorf("the end's error is %v", err)
		}
	})
}

type hungUp struct {
	*terminaltest.Emulator
}

func (hungUp) Write([]byte) (int, error) {
	return 0, syscall.EIO
}
