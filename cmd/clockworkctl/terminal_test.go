package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/client/clienttest"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal/terminaltest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// patience bounds the wait for what another process does.
const patience = time.Minute

// session is clockworkctl as a process on a terminal of its own.
type session struct {
	*terminaltest.Emulator

	t       *testing.T
	process *exec.Cmd
	// keyboard is the other end of the terminal.
	keyboard *os.File
	reading  sync.WaitGroup
}

// onTerminal runs a command line on a terminal, with the bundle oneStep as the file "bundle". Variables may come before it.
func onTerminal(t *testing.T, address string, args ...string) *session {
	t.Helper()
	environment := append(os.Environ(), asCommand+"=1", "CLOCKWORK_ADDRESS="+address, "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	for ; strings.Contains(args[0], "="); args = args[1:] {
		environment = append(environment, args[0])
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/bundle", []byte(oneStep), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, Emulator: terminaltest.New(100, 24), process: exec.Command(os.Args[0], args...)}
	s.process.Dir = dir
	s.process.Env = environment
	var err error
	if s.keyboard, err = pty.StartWithSize(s.process, &pty.Winsize{Cols: 100, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	s.reading.Go(func() { _, _ = io.Copy(s.Emulator, s.keyboard) })
	t.Cleanup(func() {
		_ = s.process.Process.Kill()
		_ = s.keyboard.Close()
		s.reading.Wait()
	})
	return s
}

// until waits for something to come true.
func (s *session) until(what string, is func() bool) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain for %s; the screen is:\n%s", what, s.Screen())
		}
		<-tick.C
	}
}

// shows waits for text on the screen.
func (s *session) shows(text string) {
	s.t.Helper()
	s.until(text, func() bool { return strings.Contains(s.Screen(), text) })
}

func (s *session) types(keys string) {
	s.t.Helper()
	if _, err := s.keyboard.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// ends waits for the end of the process, with the given exit code, and of all that it wrote.
func (s *session) ends(code int) {
	s.t.Helper()
	var exit *exec.ExitError
	if err := s.process.Wait(); err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	s.reading.Wait()
	if got := s.process.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit code %d, want %d; the screen is:\n%s", got, code, s.Screen())
	}
	if faults := s.Faults(); len(faults) > 0 {
		s.t.Errorf("the terminal was sent %q", faults)
	}
}

// echoes tells whether the terminal shows what is typed.
func (s *session) echoes() bool {
	s.t.Helper()
	modes, err := unix.IoctlGetTermios(int(s.keyboard.Fd()), unix.TCGETS)
	if err != nil {
		s.t.Fatal(err)
	}
	return modes.Lflag&unix.ECHO != 0
}

// startStubborn starts a daemon whose executions take no notice of a cancel.
func startStubborn(t *testing.T) (daemon *clienttest.Daemon, address string) {
	t.Helper()
	end := make(chan struct{})
	daemon, address = startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		run.Output(0, stdout, 0, "so far\n")
		<-end
	}})
	t.Cleanup(func() { close(end) })
	return daemon, address
}

func TestInterruptsOnATerminal(t *testing.T) {
	t.Parallel()
	daemon, address := startStubborn(t)
	s := onTerminal(t, address, "execute", "bundle")
	s.shows("so far")
	if s.echoes() {
		t.Error("what is typed would show in the view")
	}
	s.types("\r\r\r\x03")
	s.shows("cancelling the execution; interrupt again to stop waiting for its end")
	s.types("\x03")
	s.ends(130)
	if id := daemon.Executions()[0].GetId(); !strings.Contains(strings.ReplaceAll(s.Screen(), "\n", ""), "Watch it with: clockworkctl executions watch "+id) {
		t.Errorf("the screen is:\n%s", s.Screen())
	}
	if !s.GivenBack() {
		t.Error("the terminal was not given back")
	}
}

// Both signals that ask a command to end leave the terminal as it was.
func TestWatchingIsEndedBySignals(t *testing.T) {
	t.Parallel()
	daemon, address := startStubborn(t)
	if got := (command{stdin: oneStep}).run("--address", address, "execute", "-", "--detach"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	id := daemon.Executions()[0].GetId()
	for signal, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: -1, syscall.SIGQUIT: 2} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			s := onTerminal(t, address, "executions", "watch", id)
			s.shows("so far")
			s.signal(signal)
			if signal == syscall.SIGQUIT { // Go tells what each goroutine did
				s.until("the end of the view", s.GivenBack)
				return
			}
			s.ends(code)
			if !s.GivenBack() {
				t.Error("the terminal was not given back")
			}
		})
	}
	if daemon.Executions()[0].GetCancelRequested() {
		t.Error("the execution was cancelled")
	}
}

// Ctrl-Z gives the terminal back; going on takes it again.
func TestStopAndGoOnOnATerminal(t *testing.T) {
	t.Parallel()
	daemon, address := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	s := onTerminal(t, address, "execute", "bundle")
	s.shows("running")
	s.types("\x1a")
	s.until("the stop", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
		return err == nil && strings.Contains(string(stat), ") T ")
	})
	s.until("the terminal's return", func() bool { return s.GivenBack() && s.echoes() && !strings.Contains(s.Screen(), "running") })
	s.signal(syscall.SIGCONT)
	s.shows("running")
	s.types("\x03")
	s.ends(130)
	if status := daemon.Executions()[0].GetStatus(); status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED {
		t.Errorf("the execution is %v", status)
	}
	wants(t, s.Screen(), "cancelled, 0 of 1 step successful")
}

// A terminal that goes away takes the command with it, and not the execution.
func TestTheTerminalGoesAway(t *testing.T) {
	t.Parallel()
	daemon, address := startStubborn(t)
	s := onTerminal(t, address, "execute", "bundle")
	s.shows("so far")
	if err := s.keyboard.Close(); err != nil {
		t.Fatal(err)
	}
	_ = s.process.Wait()
	if state, ok := s.process.ProcessState.Sys().(syscall.WaitStatus); !ok || state.Signal() != syscall.SIGHUP {
		t.Errorf("the command ended with %v, want SIGHUP", s.process.ProcessState)
	}
	if daemon.Executions()[0].GetCancelRequested() {
		t.Error("the execution was cancelled")
	}
}

func TestALostConnectionShows(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	release := sync.OnceFunc(func() { close(goOn) })
	daemon, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		<-goOn
		run.Output(0, stdout, 0, "here again\n")
		<-run.Done()
		run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_CANCELLED)
		run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED)
	}})
	t.Cleanup(release)
	s := onTerminal(t, address, "execute", "bundle")
	s.shows("running")
	daemon.Down()
	s.shows("! disconnected")
	s.shows("clockworkctl: no daemon answers at")
	if err := daemon.Up(); err != nil {
		t.Fatal(err)
	}
	release()
	s.shows("here again")
	s.shows("clockworkctl: resumed after")
	s.until("the connection", func() bool { return !strings.Contains(s.Screen(), "disconnected") })
	s.types("\x03")
	s.ends(130)
}

// What cannot be drawn on in place is written to as a log.
func TestADumbTerminal(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	s := onTerminal(t, address, "TERM=dumb", "execute", "bundle")
	s.ends(0)
	wants(t, s.Screen(), "==> hello: true", "==> hello: success", "success, 1 of 1 step successful")
}
