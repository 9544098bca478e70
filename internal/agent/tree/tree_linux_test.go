package tree

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary play the process that wears tags: a tag is inherited by whatever is started meanwhile, which
// the tests that run in parallel would not like.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "wear" {
		wearAndRun(os.Args[2], os.Args[3])
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // it is main here
}

// wearAndRun runs a shell script as process 7 of a sandbox.
func wearAndRun(sandbox, script string) {
	if err := Wear(NewTag(sandbox, 7)); err != nil {
		_, _ = fmt.Fprintln(os.Stdout, err) // instead of "ready"
		return
	}
	_ = syscall.Exec("/bin/sh", []string{"sh", "-c", script}, os.Environ())
}

// start runs a script in a sandbox of its own until it has printed "ready", and returns the sandbox's id.
func start(t *testing.T, script string) string {
	t.Helper()
	sandbox := fmt.Sprintf("%s-%d", t.Name(), os.Getpid())
	cmd := exec.Command("/proc/self/exe", "wear", sandbox, script)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	reaped := make(chan struct{})
	go func() { // as an agent would
		defer close(reaped)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_, _ = KillTagged(context.Background(), sandbox)
		<-reaped
	})
	if line != "ready\n" {
		t.Fatalf("the script said %q, want ready", line)
	}
	return sandbox
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func never() <-chan struct{} { return nil }

func TestKillFindsWhatHides(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"child":          `sleep 1000 & echo ready; wait`,
		"orphan":         `(sleep 1000 &) ; echo ready; sleep 1000`,
		"session":        `setsid sleep 1000 & echo ready; wait`,
		"double fork":    `(setsid sh -c 'sleep 1000 & sleep 1000' &); echo ready; exec sleep 1000`,
		"no environment": `(env -i setsid /bin/sleep 1000 &); echo ready; exec sleep 1000`,
		"ignores TERM":   `trap '' TERM; (setsid sleep 1000 &); echo ready; while :; do sleep 1; done`,
		"stopped":        `sleep 1000 & kill -STOP $!; echo ready; wait`,
		"forks":          `f() { while :; do (sleep 0.01 &); done; }; f & f & echo ready; wait`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sandbox := start(t, script)
			found, err := KillTagged(deadline(t), sandbox)
			if err != nil || found < 1 {
				t.Fatalf("KillTagged = %d, %v; want processes and no error", found, err)
			}
			if left, err := Sandbox(sandbox).Count(); left != 0 || err != nil {
				t.Errorf("%d processes are left (%v)", left, err)
			}
		})
	}
}

func TestTerminateAsksAllAndContinuesStopped(t *testing.T) {
	t.Parallel()
	sandbox := start(t, `(setsid sleep 1000 &); sleep 1000 & kill -STOP $!; echo ready; wait`)
	if err := Tagged(NewTag(sandbox, 7)).Terminate(deadline(t), never); err != nil {
		t.Fatal(err)
	}
}

func TestTerminateGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	sandbox := start(t, `trap '' TERM; echo ready; while :; do sleep 0.1; done`)
	ctx, cancel := context.WithTimeout(deadline(t), 100*time.Millisecond)
	defer cancel()
	if err := Tagged(NewTag(sandbox, 7)).Terminate(ctx, never); err == nil {
		t.Error("Terminate says that nothing is left of a process that ignores SIGTERM")
	}
}

func TestTagsAreTakenApart(t *testing.T) {
	t.Parallel()
	sandbox := start(t, `echo ready; sleep 1000`)
	for name, set := range map[string]Set{
		"another process": Tagged(NewTag(sandbox, 8)),
		"another sandbox": Sandbox(sandbox + "x"),
	} {
		if count, err := set.Count(); count != 0 || err != nil {
			t.Errorf("%s: %d members, %v; want none", name, count, err)
		}
	}
}

func TestRelatedFollowsDescendants(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/bin/sh", "-c", `sleep 1000 & setsid sh -c 'sleep 1000 & wait' & echo ready; wait`)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "ready" {
		t.Fatalf("the script said %q", line)
	}
	go func() { _ = cmd.Wait() }()
	if err := Related(cmd.Process.Pid).Kill(deadline(t), never); err != nil {
		t.Fatal(err)
	}
}

func TestTagInProcAgreesWithTheSystemCall(t *testing.T) {
	t.Parallel()
	sandbox := start(t, `echo ready; sleep 1000`)
	members, err := Sandbox(sandbox).members()
	if err != nil || len(members) == 0 {
		t.Fatalf("members = %v, %v", members, err)
	}
	for _, m := range members {
		if got, err := tagInProc(m.pid); err != nil || got != m.tag {
			t.Errorf("tagInProc = %x, %v; want %x", got, err, m.tag)
		}
	}
}

func TestParseStat(t *testing.T) {
	t.Parallel()
	fields := " S 1 42 43 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 0 0"
	got, err := parseStat(42, []byte("42 (a) S 9 (x\n)"+fields))
	want := member{identity: identity{pid: 42, start: 777}, parent: 1, session: 43}
	if err != nil || got != want {
		t.Errorf("parseStat = %+v, %v; want %+v", got, err, want)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0"))
	f.Fuzz(func(_ *testing.T, stat []byte) {
		_, _ = parseStat(1, stat) // it does not panic
	})
}
