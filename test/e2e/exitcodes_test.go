package e2e

import (
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// The exit code of execute says what became of the bundle.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	quick := harness.Object{"timeout": "0.3s"}
	for _, c := range []struct {
		name   string
		bundle harness.Bundle
		args   []string
		code   int
		status string
		steps  []string
	}{
		{"success", harness.NewBundle(harness.Shell("a", "true")), nil, 0, "success", []string{"success"}},
		{"a step failed", harness.NewBundle(harness.Shell("a", "exit 7")), nil, 1, "failed", []string{"failed"}},
		{"a step was killed by a signal that nobody here sent", harness.NewBundle(harness.Shell("a", "kill -KILL $$")), nil, 1, "failed", []string{"failed"}},
		{"a step exited with a code that we use ourselves", harness.NewBundle(harness.Shell("a", "exit 124")), nil, 1, "failed", []string{"failed"}},
		{"no such program", harness.NewBundle(harness.Object{"purpose": "a", "run": harness.Object{"cmd": []string{"no-such-program"}}}), nil, 4, "error", []string{"error"}},
		{"a step's own timeout", harness.NewBundle(harness.Shell("a", "sleep 100", quick), harness.Shell("b", "true")), nil, 124, "timeout", []string{"timeout", "skipped"}},
		{"the request's timeout for steps", harness.NewBundle(harness.Shell("a", "sleep 100")), []string{"--timeout-per-step", "300ms"}, 124, "timeout", []string{"timeout"}},
		{"the request's timeout", harness.NewBundle(harness.Shell("a", "true"), harness.Shell("b", "sleep 100"), harness.Shell("c", "true")), []string{"--timeout", "3s"}, 124, "timeout", []string{"success", "timeout", "skipped"}},
		{"a step's own timeout wins over the request's", harness.NewBundle(harness.Shell("a", "sleep 0.6", harness.Object{"timeout": "60s"})), []string{"--timeout-per-step", "0.3s"}, 0, "success", []string{"success"}},
		{"of failure and timeout the timeout", harness.NewBundle(harness.Shell("a", "exit 1"), harness.Shell("b", "sleep 100", quick)), []string{"--keep-going"}, 124, "timeout", []string{"failed", "timeout"}},
		{"of timeout and error the error", harness.NewBundle(harness.Shell("a", "sleep 100", quick), harness.Object{"purpose": "b", "run": harness.Object{"cmd": []string{"./nothing"}}}), []string{"--keep-going"}, 4, "error", []string{"timeout", "error"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			document := d.MustExecute(t, c.code, c.bundle, c.args...)
			if document.Status != c.status {
				t.Errorf("status %s, want %s", document.Status, c.status)
			}
			if got := document.Statuses(); !equal(got, c.steps) {
				t.Errorf("steps ended as %q, want %q", got, c.steps)
			}
		})
	}
}

// What the command line cannot mean is exit code 2, before anything is asked of a daemon.
func TestUsage(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	good := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true")))
	for name, args := range map[string][]string{
		"no command of that name":     {"explode"},
		"no flag of that name":        {"execute", good, "--explode"},
		"no bundle":                   {"execute"},
		"two bundles":                 {"execute", good, good},
		"a file that is not there":    {"execute", d.Dir + "/nothing.json"},
		"a directory":                 {"execute", d.Dir},
		"no output of that name":      {"execute", good, "-o", "xml"},
		"a var without a value":       {"execute", good, "--var", "NAME"},
		"a var of no possible name":   {"execute", good, "--var", "1ST=x"},
		"a timeout without a unit":    {"execute", good, "--timeout", "5"},
		"a timeout of zero":           {"execute", good, "--timeout", "0s"},
		"a negative timeout":          {"execute", good, "--timeout-per-step", "-1s"},
		"no runner of that name":      {"execute", good, "--runner", "nobody"},
		"an address of no kind":       {"--address", "d.sock", "execute", good},
		"an execution without its id": {"executions", "show"},
		"no stream of that name":      {"executions", "logs", "id", "--stream", "stdall"},
		"a shell unknown to us":       {"completion", "cmd.exe"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := d.Ctl(t, args...).Want(t, 2)
			if result.Stdout != "" || result.Stderr == "" {
				t.Errorf("printed %q, and on standard error %q; want only the latter", result.Stdout, result.Stderr)
			}
		})
	}
}

// Durations are written as people write them.
func TestDurationFlags(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	good := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true")))
	for _, duration := range []string{"5m", "300s", "1.5s", "1h30m", "90000ms"} {
		d.Ctl(t, "execute", good, "--timeout", duration, "--timeout-per-step", duration).Want(t, 0)
	}
}

// Where no daemon answers the exit code is 3.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	home := harness.NewHome(t)
	good := home.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true")))
	nobody := "unix://" + home.Dir + "/nobody.sock"
	for name, args := range map[string][]string{
		"execute":  {"execute", good},
		"validate": {"validate", good},
		"list":     {"executions", "list"},
		"runners":  {"runners", "list"},
		"tcp":      {"--address", "tcp://127.0.0.1:" + harness.FreePort(t), "execute", good},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := home.Ctl(t, append([]string{"--address", nobody}, args...)...).Want(t, 3)
			if result.Stdout != "" || result.Stderr == "" {
				t.Errorf("printed %q, and on standard error %q; want only the latter", result.Stdout, result.Stderr)
			}
		})
	}
}

// An unreadable bundle is the user's to mend, whether or not a daemon answers.
func TestBadBundleWithoutDaemon(t *testing.T) {
	t.Parallel()
	home := harness.NewHome(t)
	bad := home.WriteBundle(t, harness.Bundle{"version": "1", "colour": "red"})
	home.Ctl(t, "--address", "unix://"+home.Dir+"/nobody.sock", "execute", bad).Want(t, 2)
}

// If the agent dies nobody can know how its step ended: that is lost, never success.
func TestLost(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", ": >$BEGUN; sleep 1000"), harness.Shell("b", "true")))
	execution := d.StartCtl(t, "execute", "-o", "json", d.WriteBundle(t, bundle))
	wait()
	for _, agent := range awaitAgents(t, d, 1) {
		if err := syscall.Kill(agent.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	document := harness.ParseDocument(t, execution.Wait(t).Want(t, 4))
	if got, want := document.Statuses(), []string{"lost", "skipped"}; document.Status != "lost" || !equal(got, want) {
		t.Errorf("the execution ended as %s, its steps as %q, want lost and %q", document.Status, got, want)
	}
	if step := document.Steps[0]; step.ExitCode != nil || step.ErrorMessage == "" {
		t.Errorf("the lost step has exit code %v and the message %q", step.ExitCode, step.ErrorMessage)
	}
	harness.Eventually(t, harness.Patience, "the end of what the lost sandbox left", func() bool { return len(d.Sandboxed(t)) == 0 })
}
