package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// daemonState is what daemon status -o json prints.
type daemonState struct {
	Running bool
	Address string
	PID     int
	Version string
}

func statusOf(t *testing.T, home *harness.Home) daemonState {
	t.Helper()
	var state daemonState
	result := home.Ctl(t, "daemon", "status", "-o", "json")
	if err := json.Unmarshal([]byte(result.Stdout), &state); err != nil {
		t.Fatalf("%v\n%s%s", err, result.Stdout, result.Stderr)
	}
	return state
}

// newUser is a home whose user's daemon is stopped when the test ends.
func newUser(t *testing.T) *harness.Home {
	t.Helper()
	home := harness.NewHome(t)
	t.Cleanup(func() { home.Ctl(t, "daemon", "stop") })
	return home
}

// Who gives no address uses a daemon of their own, which starts by itself and stays for the next time.
func TestUserDaemonStartsByItself(t *testing.T) {
	t.Parallel()
	home := newUser(t)
	if state := statusOf(t, home); state.Running {
		t.Fatalf("a daemon runs already: %+v", state)
	}
	home.Ctl(t, "version").Want(t, 0)
	if state := statusOf(t, home); state.Running {
		t.Errorf("asking for version and status has started a daemon: %+v", state)
	}
	bundle := home.WriteBundle(t, harness.NewBundle(harness.Shell("a", "echo $0 $STARTER $XDG_RUNTIME_DIR")))
	document := harness.ParseDocument(t, home.Ctl(t, "execute", bundle, "-o", "json").Want(t, 0))
	if got := document.Steps[0].Stdout; got != "sh\n" {
		t.Errorf("the step printed %q", got)
	}
	first := statusOf(t, home)
	if !first.Running || first.PID <= 0 || first.Address != "unix://"+home.Dir+"/xdg/clockwork/clockworkd.sock" {
		t.Errorf("the status after the first execution is %+v", first)
	}
	if got := home.Ctl(t, "executions", "list", "-o", "json").Want(t, 0).Stdout; !strings.Contains(got, document.ExecutionID) {
		t.Errorf("the next command does not find the execution:\n%s", got)
	}
	if again := statusOf(t, home); again.PID != first.PID {
		t.Errorf("the next command found the daemon %d, want %d", again.PID, first.PID)
	}
	home.Ctl(t, "daemon", "stop").Want(t, 0)
	if state := statusOf(t, home); state.Running {
		t.Errorf("after the stop the status is %+v", state)
	}
	if left := harness.ProcessesWith(t, home.Dir); len(left) > 0 {
		t.Errorf("after the stop these are alive: %v", left)
	}
	if got := home.Ctl(t, "executions", "show", document.ExecutionID, "-o", "json").Want(t, 0); harness.ParseDocument(t, got).Status != "success" {
		t.Errorf("the next daemon shows\n%s", got.Stdout)
	}
}

// The daemon is its own master: neither the end of the terminal nor a Ctrl-C for the client concerns it.
func TestUserDaemonIsDetached(t *testing.T) {
	t.Parallel()
	home := newUser(t)
	start := home.Command("clockworkctl", "daemon", "start")
	lock := harness.NewLock(t)
	start.ExtraFiles = []*os.File{lock.File}
	harness.Run(t, start).Want(t, 0)
	lock.Close(t)
	if !lock.IsFree(t) {
		t.Error("the daemon holds the lock under which it was started")
	}
	pid := statusOf(t, home).PID
	session, err := unix.Getsid(pid)
	if err != nil || session == 0 {
		t.Fatalf("cannot tell the daemon's session: %d, %v", session, err)
	}
	own, err := unix.Getsid(0)
	if err != nil || session == own {
		t.Errorf("the daemon is in the session of who started it (%v)", err)
	}
	stdin, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/fd/0")
	if err != nil || stdin != "/dev/null" {
		t.Errorf("the daemon reads from %s (%v)", stdin, err)
	}
	home.Ctl(t, "daemon", "start").Want(t, 0)
	if again := statusOf(t, home).PID; again != pid {
		t.Errorf("a second start has replaced daemon %d by %d", pid, again)
	}
}

// Many clients at once start one daemon, and all are served.
func TestManyClientsStartOneDaemon(t *testing.T) {
	t.Parallel()
	home := newUser(t)
	bundle := home.WriteBundle(t, harness.NewBundle(harness.Shell("a", "echo hello")))
	clients := make([]*harness.Command, 8)
	for i := range clients {
		clients[i] = harness.Start(t, home.Command("clockworkctl", "execute", bundle, "-o", "json"))
	}
	for _, client := range clients {
		client.Wait(t).Want(t, 0)
	}
	daemons := slices.DeleteFunc(harness.ProcessesWith(t, home.Dir), func(p harness.Process) bool {
		return !strings.Contains(p.Command, "clockworkd")
	})
	if len(daemons) != 1 {
		t.Errorf("the daemons are %v, want one", daemons)
	}
}

// A stopped daemon stays stopped when it is asked again; a dead one's socket is no obstacle.
func TestUserDaemonAfterItsDeath(t *testing.T) {
	t.Parallel()
	home := newUser(t)
	home.Ctl(t, "daemon", "start").Want(t, 0)
	if err := syscall.Kill(statusOf(t, home).PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	bundle := home.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true")))
	home.Ctl(t, "execute", bundle).Want(t, 0)
	home.Ctl(t, "daemon", "stop").Want(t, 0)
	home.Ctl(t, "daemon", "stop").Want(t, 0)
}

// A daemon of another version is replaced when it is idle, and named in a warning while it is not.
func TestUserDaemonOfAnotherVersion(t *testing.T) {
	t.Parallel()
	home := newUser(t)
	next := harness.Build(t, "9.9.9-next")
	newer := func(args ...string) harness.Result {
		return harness.Run(t, home.CommandAt(filepath.Join(next, "clockworkctl"), args...))
	}
	id := harness.ParseDocument(t, home.Ctl(t, "execute", "--detach", "-o", "json", home.WriteBundle(t,
		harness.NewBundle(harness.Shell("a", `while [ ! -e $GO ]; do sleep 0.02; done`))), "--var", "GO="+home.Dir+"/go").Want(t, 0)).ExecutionID
	old := statusOf(t, home)

	busy := newer("executions", "list").Want(t, 0)
	if !strings.Contains(busy.Stderr, old.Version) || !strings.Contains(busy.Stderr, "9.9.9-next") || !strings.Contains(busy.Stdout, id) {
		t.Errorf("a busy daemon of another version is used with the words\n%s%s", busy.Stdout, busy.Stderr)
	}
	if now := statusOf(t, home); now.PID != old.PID {
		t.Errorf("a busy daemon was replaced: %+v", now)
	}
	home.WriteFile(t, "go", nil)
	home.Ctl(t, "executions", "watch", id).Want(t, 0)

	idle := newer("executions", "list").Want(t, 0)
	if now := statusOf(t, home); now.Version != "9.9.9-next" || now.PID == old.PID || !strings.Contains(idle.Stdout, id) {
		t.Errorf("an idle daemon was not replaced: %+v\n%s%s", now, idle.Stdout, idle.Stderr)
	}
}
