package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// inspect is a Python program that prints, as JSON, what a process finds itself with.
const inspect = `
import json, os
status = dict(line.rstrip("\n").split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
umask = os.umask(0)
descriptors = {}
for name in os.listdir("/proc/self/fd"):
    try: descriptors[name] = os.readlink("/proc/self/fd/" + name)
    except OSError: pass  # the one that lists them
print(json.dumps({
    "env": {k: v for k, v in (e.split("=", 1) for e in open("/proc/self/environ").read().split("\0") if e)},
    "umask": umask, "blocked": status["SigBlk"], "ignored": status["SigIgn"], "descriptors": descriptors,
    "cwd": os.getcwd(),
}))`

// found is what inspect prints.
type found struct {
	Env         map[string]string
	Umask       int
	Blocked     string
	Ignored     string
	Descriptors map[string]string
	Cwd         string
}

// A step begins with nothing of the daemon's: neither its environment nor its signals, descriptors, umask or directory.
func TestStepStartsFromNothing(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{
		Env:    []string{"DAEMON_SECRET=hunter2", "LD_LIBRARY_PATH=/nowhere", "TMPDIR=/var/tmp", "LC_ALL=C", "XDG_CONFIG_HOME=/nowhere"},
		Runner: "environment_vars: {FROM_RUNNER: r}\n",
	})
	bundle := harness.NewBundle(harness.Object{
		"purpose": "inspect",
		// Isolated, and without the preparations of a shell, which would set variables of its own.
		"run": harness.Object{"cmd": []string{"/usr/bin/env", "python3", "-I", "-c", inspect}, "env": harness.Object{"FROM_ENV": "e"}},
	})
	bundle["vars"] = harness.Object{"FROM_VARS": "v"}
	step := d.MustExecute(t, 0, bundle).Step(t, "inspect")
	var got found
	if err := json.Unmarshal([]byte(step.Stdout), &got); err != nil {
		t.Fatalf("%v: %s", err, step.Stdout)
	}

	// The last four are the local runner's: what tools download into them outlives the execution.
	want := []string{
		"PATH", "HOME", "TMPDIR", "LANG", "USER", "LOGNAME", "FROM_RUNNER", "FROM_VARS", "FROM_ENV",
		"UV_CACHE_DIR", "GOCACHE", "GOMODCACHE", "DENO_DIR",
	}
	if names := slices.Sorted(maps.Keys(got.Env)); !slices.Equal(names, slices.Sorted(slices.Values(want))) {
		t.Errorf("the environment has %q, want %q", names, slices.Sorted(slices.Values(want)))
	}
	for name, value := range map[string]string{"FROM_RUNNER": "r", "FROM_VARS": "v", "FROM_ENV": "e"} {
		if got.Env[name] != value || step.EnvironmentVars[name] != value {
			t.Errorf("%s is %q in the step and %q in the result, want %q", name, got.Env[name], step.EnvironmentVars[name], value)
		}
	}
	same(t, "whether HOME is the daemon's", got.Env["HOME"] == d.Dir+"/home", false)
	same(t, "whether TMPDIR is the sandbox's own", strings.HasPrefix(got.Env["TMPDIR"], d.StateDir), true)
	same(t, "the umask", got.Umask, 0o022)
	same(t, "the set of blocked signals", got.Blocked, "0000000000000000")
	// Python itself ignores SIGPIPE (13) and SIGXFSZ (25).
	same(t, "the set of ignored signals", got.Ignored, "0000000001001000")
	same(t, "standard input", got.Descriptors["0"], "/dev/null")
	same(t, "the directory", got.Cwd, step.WorkingDirectory)
	for number, name := range got.Descriptors {
		if number > "2" {
			t.Errorf("descriptor %s is inherited: %s", number, name)
		}
	}
}

// Signals are at their defaults also for programs that do not set any: a shell tells.
func TestDefaultSignals(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Object{"purpose": "signals", "run": harness.Object{"cmd": []string{"cat", "/proc/self/status"}}},
		harness.Object{"purpose": "sigpipe", "run": harness.Object{"cmd": []string{"bash", "-c", `yes | head -n 1; echo "${PIPESTATUS[0]}"`}}},
	))
	for _, field := range []string{"SigBlk", "SigIgn", "SigCgt"} {
		if got := document.Step(t, "signals").Stdout; !strings.Contains(got, field+":\t0000000000000000\n") {
			t.Errorf("%s of a program is not empty:\n%s", field, got)
		}
	}
	if got := document.Step(t, "sigpipe").Stdout; got != "y\n141\n" {
		t.Errorf("a writer to a closed pipe ended as %q, want by SIGPIPE", got)
	}
}

// What a step may create, others may read: the umask is not the daemon's private one.
func TestUmaskAndWorkspace(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("first", `umask; : >made; mkdir zone; stat -c '%a %n' made zone; ls -A`),
		harness.Shell("second", `ls -A; touch "$TMPDIR/x" && [ -w . ]`),
	))
	if got := document.Step(t, "first").Stdout; got != "0022\n644 made\n755 zone\nmade\nzone\n" {
		t.Errorf("the first step found\n%s", got)
	}
	if got := document.Step(t, "second").Stdout; got != "made\nzone\n" {
		t.Errorf("the second step found in the workspace\n%s", got)
	}
}

// A sandbox serves one execution: the next one finds nothing of it, although sandboxes are kept warm.
func TestNothingIsLeftForTheNext(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 2})
	for range 3 {
		document := d.MustExecute(t, 0, harness.NewBundle(
			harness.Shell("look", `ls -A . "$TMPDIR"; echo $TMPDIR >>$HISTORY; : >left; : >"$TMPDIR/left"`)), "--var", "HISTORY="+d.Dir+"/history")
		if got := document.Steps[0].Stdout; strings.Contains(got, "left") {
			t.Errorf("found in a new sandbox:\n%s", got)
		}
	}
	history, err := os.ReadFile(filepath.Join(d.Dir, "history"))
	if err != nil {
		t.Fatal(err)
	}
	used := strings.Fields(string(history))
	if distinct := slices.Compact(slices.Sorted(slices.Values(used))); len(distinct) != 3 {
		t.Errorf("three executions used the sandboxes %q", distinct)
	}
	for _, dir := range used {
		harness.Eventually(t, harness.Patience, "the removal of "+dir, func() bool {
			_, err := os.Stat(dir)
			return os.IsNotExist(err)
		})
	}
}

// A descriptor that somebody left open when they started the daemon is nobody's down the line: a lock or a pipe would be held by a
// sandbox that outlives them all.
func TestDescriptorsAreNotInherited(t *testing.T) {
	t.Parallel()
	lock := harness.NewLock(t)
	d := harness.StartDaemon(t, harness.DaemonOptions{Inherits: []*os.File{lock.File}})
	lock.Close(t)
	bundle, wait, release := holder(t, d)
	id := d.Detach(t, bundle)
	wait()
	d.Kill(t)
	if !lock.IsFree(t) {
		t.Error("the lock that the daemon was started with is held by a sandbox")
	}
	d.Start(t)
	release()
	d.Ctl(t, "executions", "watch", id).Want(t, 0)
}

// Nobody answers a step that asks: its standard input is at its end.
func TestStandardInputIsEmpty(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(harness.Shell("ask", "cat; echo done")))
	same(t, "what a step that reads printed", document.Steps[0].Stdout, "done\n")
}
