package agent_test

import (
	"context"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/agent/tree"
)

func seconds(s float64) *durationpb.Duration {
	return durationpb.New(time.Duration(s * float64(time.Second)))
}

// gone waits until no process of a sandbox is alive but its agent.
func gone(t *testing.T, s *sandbox) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		left, err := tree.Sandbox(s.launch.ID).Count()
		if err != nil {
			t.Fatal(err)
		}
		if left == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d processes are alive", left-1)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// hiding are ways not to be found.
var hiding = map[string]string{
	"ignores TERM":   `trap '' TERM; echo ready; while :; do sleep 1; done`,
	"double fork":    `(setsid sh -c 'trap "" TERM; sleep 1000 & sleep 1000' &); echo ready; exec sleep 1000`,
	"no environment": `(env -i setsid /bin/sleep 1000 &); echo ready; exec sleep 1000`,
	"stopped":        `sleep 1000 & kill -STOP $!; echo ready; kill -STOP $$`,
	"forks":          `f() { trap '' TERM; while :; do (sleep 0.01 &); done; }; f & f & echo ready; wait`,
	"closes output":  `(setsid sleep 1000 >/dev/null 2>&1 &); echo ready; exec sleep 1000 >/dev/null 2>&1`,
}

func TestTerminateLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, script := range hiding {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			client := s.connect(t)
			r, done := background(t, client, sh("p", script))
			r.until(t, "ready")
			if err := client.Terminate(within(t), "p", 100*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if left, err := tree.Sandbox(s.launch.ID).Count(); left != 1 || err != nil {
				t.Errorf("%d processes are alive, %v", left-1, err)
			}
			got := <-done
			if got.err != nil || !got.exit.GetTerminated() || got.exit.GetTimedOut() || got.exit.GetSignal() == 0 {
				t.Errorf("exit is %v, %v", got.exit, got.err)
			}
		})
	}
}

func TestTerminateGivesTheGraceItWasAskedFor(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	r, done := background(t, client, sh("p", `trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.01; done`))
	r.until(t, "ready")
	if err := client.Terminate(within(t), "p", time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.err != nil || got.exit.GetExitCode() != 3 || got.stdout.String() != "ready\nasked\n" || !got.exit.GetTerminated() {
		t.Errorf("exit is %v, %v, output %q", got.exit, got.err, got.stdout.String())
	}

	r, done = background(t, client, sh("q", `trap 'echo asked' TERM; echo ready; while :; do sleep 0.01; done`))
	r.until(t, "ready")
	ctx, cancel := context.WithCancel(within(t))
	first := make(chan error, 1)
	go func() { first <- client.Terminate(ctx, "q", time.Hour) }()
	r.until(t, "asked")
	cancel() // the agent goes on
	if err := <-first; err == nil {
		t.Error("a Terminate that was cancelled says that nothing is left")
	}
	if err := client.Terminate(within(t), "q", 0); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.err != nil || got.exit.GetSignal() != 9 {
		t.Errorf("exit is %v, %v", got.exit, got.err)
	}
	if err := client.Terminate(within(t), "unknown", 0); status.Code(err) != codes.NotFound {
		t.Errorf("Terminate of an unknown process: %v", err)
	}
}

func TestBackgroundChildLivesOnAndHoldsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	// It prints all the time, more than pipe and spool hold.
	begin := time.Now()
	got := run(t, client, sh("p", `(while echo noise; do [ -e stop ] && echo survived > alive && exit; done) & echo mine`))
	if took := time.Since(begin); took > patience/2 {
		t.Errorf("the step took %v", took)
	}
	if !strings.Contains(got.stdout.String(), "mine\n") || got.exit.GetExitCode() != 0 {
		t.Errorf("exit is %v", got.exit.Exited)
	}
	if took := got.exit.GetDuration().AsDuration(); took > 900*time.Millisecond {
		t.Errorf("the process took %v, without what it left behind", took)
	}
	// Its noise is discarded, and it is not killed by SIGPIPE.
	for deadline := time.Now().Add(patience); ; {
		list, err := client.Processes(within(t))
		if err != nil || len(list) != 1 || !list[0].GetExited() {
			t.Fatalf("Processes = %v, %v", list, err)
		}
		if list[0].GetDiscardedBytes() > 1<<20 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is discarded")
		}
	}
	if got := run(t, client, sh("q", `touch stop; while [ ! -s alive ]; do sleep 0.01; done; cat alive`)).stdout.String(); got != "survived\n" {
		t.Errorf("the background child said %q", got)
	}
	gone(t, s)
	report, err := client.Shutdown(within(t), time.Second)
	if err != nil || report.Killed != 0 || report.DiscardedBytes < 1<<20 {
		t.Errorf("Shutdown = %+v, %v", report, err)
	}
}

func TestShutdownEndsEverythingAndTheAgent(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	for name, script := range hiding {
		r, _ := background(t, client, sh(name, script))
		r.until(t, "ready")
	}
	if got := run(t, client, sh("leaves", `(trap '' TERM; setsid sleep 1000 >/dev/null 2>&1 &) ; echo done`)); got.exit.GetExitCode() != 0 {
		t.Fatal(got.exit)
	}
	report, err := client.Shutdown(within(t), 200*time.Millisecond)
	if err != nil || report.Killed < uint64(len(hiding)) {
		t.Errorf("Shutdown = %+v, %v; want at least %d killed", report, err, len(hiding))
	}
	<-s.exited
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the agent exited with %d", code)
	}
	if left, err := tree.Sandbox(s.launch.ID).Count(); left != 0 || err != nil {
		t.Errorf("%d processes are alive, %v", left, err)
	}
	if _, err := os.Stat(s.ready.Socket); err == nil {
		t.Error("the socket is still there")
	}
}

func TestTermOfTheAgentIsAShutdown(t *testing.T) {
	t.Parallel()
	s := start(t)
	r, _ := background(t, s.connect(t), sh("p", `(setsid sleep 1000 &); echo ready; sleep 1000`))
	r.until(t, "ready")
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil { // this one is dropped
		t.Fatal(err)
	}
	if err := s.connect(t).Ping(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	if left, err := tree.Sandbox(s.launch.ID).Count(); left != 0 || err != nil {
		t.Errorf("%d processes are alive, %v", left, err)
	}
}

func TestAWearerOfAnotherTagDoesNotOutliveTheSandbox(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	got := run(t, client, sh("p", `prlimit --rttime=12345: setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' & head -c 0`))
	pid := strings.TrimSpace(got.stdout.String())
	if _, err := client.Shutdown(within(t), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/" + pid); pid == "" || err == nil {
		t.Errorf("process %q is alive", pid)
	}
}

func TestWithoutTagsItSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t, append([]string{"/usr/bin/prlimit", "--rttime=1000000:1000000"}, self(t)...)...)
	client := s.connect(t)
	tracking := client.Hello().Capabilities[0]
	if tracking.Name != "process_tracking" || tracking.Available || tracking.Detail == "" || tracking.Remedy == "" {
		t.Errorf("the capability is %+v", tracking)
	}
	// Descendants and the session are ended with the process, all else with the sandbox.
	r, done := background(t, client, sh("p", `sleep 1000 & setsid sleep 1000 & echo ready; wait`))
	r.until(t, "ready")
	if err := client.Terminate(within(t), "p", 0); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got.err != nil || got.exit.GetSignal() != 9 {
		t.Errorf("exit is %v, %v", got.exit, got.err)
	}
	got := run(t, client, sh("q", `(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &)`))
	pid := strings.TrimSpace(got.stdout.String())
	report, err := client.Shutdown(within(t), 0)
	if err != nil || report.Killed != 1 {
		t.Errorf("Shutdown = %+v, %v", report, err)
	}
	if _, err := os.Stat("/proc/" + pid); pid == "" || err == nil {
		t.Errorf("process %q is alive", pid)
	}
}

func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	run(t, client, sh("p", `for i in 1 2 3 4 5 6 7 8 9; do (sh -c 'exit 1' & ) ; done; sleep 0.2`))
	for deadline := time.Now().Add(patience); ; {
		// The children of the agent, of which one is the shell itself, and what is dead of them.
		const count = `grep -lx "PPid:.$PPID" /proc/[0-9]*/status 2>/dev/null | { children=0 dead=0; while read -r file; do
			children=$((children+1)); grep -q '^State:.Z' "$file" && dead=$((dead+1)); done; echo $((children>0)) $dead; }`
		got := run(t, client, sh("count"+time.Now().String(), count))
		if got.stdout.String() == "1 0\n" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("whether the agent has children, and how many are zombies: %s", got.stdout.String())
		}
	}
}
