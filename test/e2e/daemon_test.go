package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// Two daemons never share a state: the second one refuses to start and says why.
func TestTwoDaemonsOnOneState(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	second := harness.Start(t, d.Command("clockworkd", "--state-dir", d.StateDir, "--listen", "unix://"+d.Dir+"/second.sock"))
	result := second.Wait(t)
	if result.Code == 0 || !strings.Contains(result.Stderr, d.StateDir) {
		t.Errorf("the second daemon ended with %d and said:\n%s", result.Code, result.Stderr)
	}
	d.Ctl(t, "executions", "list").Want(t, 0)
}

// A socket on which a daemon listens is not taken over; one that a dead daemon has left is.
func TestSocketOfAnother(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	second := harness.Start(t, d.Command("clockworkd", "--state-dir", d.Dir+"/second", "--listen", d.Address))
	if result := second.Wait(t); result.Code == 0 || !strings.Contains(result.Stderr, d.Socket) {
		t.Errorf("the second daemon ended with %d and said:\n%s", result.Code, result.Stderr)
	}
	d.Ctl(t, "executions", "list").Want(t, 0)
	d.Kill(t)
	d.Start(t)
	d.Ctl(t, "executions", "list").Want(t, 0)
}

// State and socket are for whom they should be for, whatever the daemon's umask.
func TestPermissions(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	for path, want := range map[string]os.FileMode{d.StateDir: 0o700, d.Socket: 0o660} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has the mode %04o, want %04o", path, got, want)
		}
	}
}

// A daemon that is asked to end removes its idle sandboxes and its socket, and leaves nothing running.
func TestStop(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 3})
	awaitAgents(t, d, 3)
	d.Stop(t).Want(t, 0)
	if left := harness.ProcessesWith(t, d.Dir); len(left) > 0 {
		t.Errorf("left running: %v", left)
	}
	if _, err := os.Stat(d.Socket); !os.IsNotExist(err) {
		t.Errorf("the socket is still there (%v)", err)
	}
	sandboxes, err := filepath.Glob(filepath.Join(d.StateDir, "sandboxes", "*", "*"))
	if err != nil || len(sandboxes) > 0 {
		t.Errorf("left in the state: %q (%v)", sandboxes, err)
	}
}

// While a daemon drains it refuses new executions and lets the running ones come to their end.
func TestDrainWaitsForRunningExecutions(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "drain_timeout: 60s\n"})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", ": >$BEGUN; while [ ! -e $GO ]; do sleep 0.05; done"), harness.Shell("b", "echo b")))
	execution := d.StartCtl(t, "execute", d.WriteBundle(t, bundle), "-o", "json", "--var", "GO="+d.Dir+"/go")
	wait()
	d.Process().Signal(t, syscall.SIGTERM)
	late := d.WriteBundle(t, harness.NewBundle(harness.Shell("late", "true")))
	harness.Eventually(t, harness.Patience, "the refusal of a new execution", func() bool {
		result := d.Ctl(t, "execute", late)
		return (result.Code == 3 || result.Code == 4) && result.Stdout == ""
	})
	d.WriteFile(t, "go", nil)
	document := harness.ParseDocument(t, execution.Wait(t).Want(t, 0))
	if got := document.Step(t, "b").Stdout; got != "b\n" {
		t.Errorf("the step after the drain began printed %q", got)
	}
	d.Process().Wait(t).Want(t, 0)
	d.Start(t)
	if got := d.Show(t, document.ExecutionID).Status; got != "success" {
		t.Errorf("after the restart the execution is %s", got)
	}
}

// What still runs when the drain's time is up is left running, and the next daemon takes it up.
func TestDrainLeavesWhatStillRuns(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "drain_timeout: 200ms\n"})
	bundle, wait := begun(t, d, harness.NewBundle(
		harness.Shell("a", ": >$BEGUN; echo before; while [ ! -e $GO ]; do sleep 0.05; done; echo after; exit 6"), harness.Shell("b", "true")))
	vars := harness.With(bundle["vars"].(harness.Object), harness.Object{"GO": d.Dir + "/go"}) //nolint:errcheck // begun made it
	id := d.Detach(t, harness.With(bundle, harness.Object{"vars": vars}))
	wait()
	d.Stop(t).Want(t, 0)
	if len(awaitAgents(t, d, 1)) != 1 {
		t.Error("the sandbox has not outlived the daemon")
	}
	d.Start(t)
	d.WriteFile(t, "go", nil)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 1))
	step := document.Steps[0]
	if step.Status != "failed" || *step.ExitCode != 6 || step.Stdout != "before\nafter\n" {
		t.Errorf("the step ended as %s with %v and printed %q", step.Status, step.ExitCode, step.Stdout)
	}
}

// A drain destroys what is idle, whatever it has to leave running.
func TestDrainDestroysOnlyWhatIsIdle(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "drain_timeout: 200ms\n", Warm: 2})
	id, _ := occupied(t, d)
	awaitAgents(t, d, 3)
	d.Stop(t).Want(t, 0)
	same(t, "the number of agents", len(d.Agents(t)), 1)
	same(t, "the number of run directories", len(runDirs(t, d)), 1)
	same(t, "the number of sandboxes", len(sandboxDirs(t, d)), 1)
	d.Start(t)
	takenUp(t, d, id)
}

// Who has no patience with a drain sends a second SIGTERM. That ends the daemon at once, as a crash would, and costs nothing.
func TestSecondTermEndsTheDrain(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "drain_timeout: 10m\n", Warm: 1})
	id, _ := occupied(t, d)
	d.Process().Signal(t, syscall.SIGTERM)
	d.Process().AwaitStderr(t, `"msg":"draining"`)
	d.Process().Signal(t, syscall.SIGTERM)
	d.Process().Wait(t).Want(t, -1)
	d.Start(t)
	takenUp(t, d, id)
	awaitAgents(t, d, 1)
}

// A configuration that is read again while steps run disturbs none of them. A bad one changes nothing, and its fault is named.
func TestHangup(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	id, _ := occupied(t, d)
	two := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true"), harness.Shell("b", "true")))

	d.Reconfigure(t, "limits: {steps: 1}\ncolour: red\n")
	d.Process().AwaitStderr(t, "the old one stays in force")
	if log := d.Process().Stderr(); !strings.Contains(log, "config.yaml:") || !strings.Contains(log, "colour") {
		t.Errorf("the log does not name the fault:\n%s", log)
	}
	d.Ctl(t, "validate", two).Want(t, 0)

	d.Reconfigure(t, "limits: {steps: 1}\n")
	d.Process().AwaitStderr(t, `"changed":["limits.steps"]`)
	d.Ctl(t, "validate", two).Want(t, 2)
	takenUp(t, d, id)
}

// Configurations are judged before a daemon runs with them, every fault with its line.
func TestConfigCheck(t *testing.T) {
	t.Parallel()
	home := harness.NewHome(t)
	check := func(text string) harness.Result {
		path := home.WriteDocument(t, "yaml", []byte(text))
		return harness.Run(t, home.Command("clockworkd", "config", "check", path))
	}
	const good = `listen: ["unix:///run/clockwork/clockworkd.sock"]
state_dir: /var/lib/clockwork
default_runner: local
runners:
  - {name: local, type: local, pool: {warm: 2, max: 16, idle_timeout: 10m}}
`
	check(good).Want(t, 0)
	for name, c := range map[string]struct{ text, names string }{
		"unknown key":          {good + "colour: red\n", ":6:"},
		"unknown runner":       {strings.Replace(good, "default_runner: local", "default_runner: nobody", 1), "default_runner"},
		"unknown driver":       {strings.Replace(good, "type: local", "type: abacus", 1), "abacus"},
		"TCP in the open":      {strings.Replace(good, "unix:///run/clockwork/clockworkd.sock", "tcp://0.0.0.0:7000", 1), "listen"},
		"TCP without leave":    {strings.Replace(good, "unix:///run/clockwork/clockworkd.sock", "tcp://127.0.0.1:7000", 1), "listen"},
		"unknown key of local": {strings.Replace(good, "type: local", "type: local, image: busybox", 1), "image"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := check(c.text)
			if result.Code == 0 || !strings.Contains(result.Stdout+result.Stderr, c.names) {
				t.Errorf("ended with %d and said:\n%s%s", result.Code, result.Stdout, result.Stderr)
			}
		})
	}
}

// A daemon refuses to start with a configuration that it does not understand.
func TestDaemonRefusesBadConfig(t *testing.T) {
	t.Parallel()
	home := harness.NewHome(t)
	path := home.WriteFile(t, "config.yaml", []byte("state_dir: "+home.Dir+"/state\ncolour: red\n"))
	result := harness.Run(t, home.Command("clockworkd", "--config", path))
	if result.Code == 0 || !strings.Contains(result.Stderr, "colour") {
		t.Errorf("ended with %d and said:\n%s", result.Code, result.Stderr)
	}
	if _, err := os.Stat(home.Dir + "/state"); !os.IsNotExist(err) {
		t.Error("a daemon that refused to start has made its state")
	}
}

// Where it is allowed, a loopback address serves as well as a socket.
func TestTCP(t *testing.T) {
	t.Parallel()
	address := "tcp://127.0.0.1:" + harness.FreePort(t)
	d := harness.StartDaemon(t, harness.DaemonOptions{Listen: []string{address}, Config: "tcp: {insecure_loopback: true}\n"})
	bundle := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "echo by tcp")))
	for _, to := range []string{address, d.Address} {
		result := d.Home.Ctl(t, "--address", to, "execute", bundle, "-o", "json").Want(t, 0)
		if got := harness.ParseDocument(t, result).Steps[0].Stdout; got != "by tcp\n" {
			t.Errorf("over %s the step printed %q", to, got)
		}
	}
}

// The address can come from the environment; a flag wins over it.
func TestAddressFromTheEnvironment(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	list := func(address string, args ...string) harness.Result {
		cmd := d.Home.Command("clockworkctl", append([]string{"executions", "list"}, args...)...)
		cmd.Env = append(cmd.Env, "CLOCKWORK_ADDRESS="+address)
		return harness.Run(t, cmd)
	}
	list(d.Address).Want(t, 0)
	list("unix://"+d.Dir+"/nobody.sock").Want(t, 3)
	list("unix://"+d.Dir+"/nobody.sock", "--address", d.Address).Want(t, 0)
}
