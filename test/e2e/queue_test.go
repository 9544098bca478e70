package e2e

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// holder is a bundle that has a sandbox for itself until the file that GO names is there.
func holder(t *testing.T, d *harness.Daemon) (_ harness.Bundle, wait, release func()) {
	t.Helper()
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("hold", `: >$BEGUN; while [ ! -e $GO ]; do sleep 0.02; done`)))
	vars := harness.With(bundle["vars"].(harness.Object), harness.Object{"GO": d.Dir + "/release"}) //nolint:errcheck // begun made it
	return harness.With(bundle, harness.Object{"vars": vars}), wait, func() { d.WriteFile(t, "release", nil) }
}

// Executions wait for a sandbox in the order in which they came. When too many wait, the next is refused, and told when to try again.
func TestQueue(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Max: 1, Config: "limits: {queued_executions: 2}\n"})
	holding, wait, release := holder(t, d)
	running := d.Detach(t, holding)
	wait()
	quick := harness.NewBundle(harness.Shell("quick", "echo $WHO >>$LOG"))
	log := d.Dir + "/log"
	first := d.Detach(t, quick, "--var", "WHO=first", "--var", "LOG="+log)
	second := d.Detach(t, quick, "--var", "WHO=second", "--var", "LOG="+log)
	for _, id := range []string{first, second} {
		if got := d.Show(t, id).Status; got != "queued" {
			t.Errorf("an execution without a sandbox is %s, want queued", got)
		}
	}
	refused := d.Ctl(t, "execute", d.WriteBundle(t, quick)).Want(t, 4)
	if !strings.Contains(refused.Stderr, "queue") {
		t.Errorf("the refusal does not say that the queue is full:\n%s", refused.Stderr)
	}
	status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+string(harness.JSON(t, quick))+`}`)).Status
	if status.Name() != "RESOURCE_EXHAUSTED" || status.Reason() != "QUEUE_FULL" || status.RetryDelay() == "" {
		t.Errorf("by the API: %s, reason %q, retry after %q", status.Name(), status.Reason(), status.RetryDelay())
	}
	release()
	for _, id := range []string{running, first, second} {
		d.Ctl(t, "executions", "watch", id).Want(t, 0)
	}
	if got := readFile(t, log); got != "first\nsecond\n" {
		t.Errorf("the waiting executions ran in the order %q", got)
	}
	if got := len(listed(t, d)); got != 3 {
		t.Errorf("%d executions are listed, want three: a refused one is none", got)
	}
}

// Who waits can be cancelled, can run out of time, and does not wait for ever.
func TestEndWithoutASandbox(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Max: 1, Runner: "queue_timeout: 3s\n"})
	holding, wait, release := holder(t, d)
	running := d.Detach(t, holding)
	wait()
	bundle := harness.NewBundle(harness.Shell("a", "true"), harness.Shell("b", "true"))
	cancelled := d.Detach(t, bundle)
	d.Ctl(t, "executions", "cancel", cancelled).Want(t, 0)
	for _, c := range []struct {
		document harness.Document
		status   string
		steps    []string
	}{
		{harness.ParseDocument(t, d.Ctl(t, "executions", "watch", cancelled, "-o", "json").Want(t, 130)), "cancelled", []string{"cancelled", "skipped"}},
		{d.MustExecute(t, 124, bundle, "--timeout", "200ms"), "timeout", []string{"timeout", "skipped"}},
		{d.MustExecute(t, 4, bundle), "error", []string{"error", "skipped"}},
	} {
		if got := c.document.Statuses(); c.document.Status != c.status || !equal(got, c.steps) {
			t.Errorf("an execution that got no sandbox ended as %s with %q, want %s with %q", c.document.Status, got, c.status, c.steps)
		}
		if step := c.document.Steps[0]; step.ErrorMessage == "" || step.ExitCode != nil {
			t.Errorf("a step that got no sandbox has the exit code %v and the message %q", step.ExitCode, step.ErrorMessage)
		}
	}
	release()
	d.Ctl(t, "executions", "watch", running).Want(t, 0)
}

// A changed limit is taken over at once when the daemon is told to read its configuration again.
func TestReload(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "limits: {steps: 1}\n"})
	two := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "true"), harness.Shell("b", "true")))
	d.Ctl(t, "execute", two).Want(t, 2)
	d.Reconfigure(t, "limits: {steps: 2}\n")
	harness.Eventually(t, harness.Patience, "the new limit", func() bool { return d.Ctl(t, "execute", two).Code == 0 })
}

// Runners tell what they are, and whether they are usable.
func TestRunners(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 1})
	awaitAgents(t, d, 1)
	type language struct{ Name, Program string }
	var list struct {
		Runners []struct {
			Name, Type, Isolation, OS, Arch string
			Default                         bool
			Languages                       []language
			Capabilities                    []struct{ Name string }
			Pool                            struct{ Warm, Max int }
		}
	}
	if err := json.Unmarshal([]byte(d.Ctl(t, "runners", "list", "-o", "json").Want(t, 0).Stdout), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Runners) != 1 {
		t.Fatalf("%d runners are listed, want one", len(list.Runners))
	}
	local := list.Runners[0]
	same(t, "the runner", local.Name+":"+local.Type, "local:local")
	same(t, "whether it is the default one", local.Default, true)
	same(t, "its platform", local.OS+"/"+local.Arch, runtime.GOOS+"/"+runtime.GOARCH)
	same(t, "how many sandboxes it keeps warm", local.Pool.Warm, 1)
	same(t, "whether its isolation is known", local.Isolation != "", true)
	same(t, "whether it tells its capabilities", len(local.Capabilities) > 0, true)
	same(t, "whether it runs sh", slices.ContainsFunc(local.Languages, func(l language) bool {
		return l.Name == "sh" && filepath.IsAbs(l.Program)
	}), true)
	for _, args := range [][]string{{"runners", "check"}, {"runners", "check", "local"}} {
		if got := d.Ctl(t, args...).Want(t, 0).Stdout; !strings.Contains(got, "usable") {
			t.Errorf("%q prints\n%s", args, got)
		}
	}
	d.Ctl(t, "runners", "check", "nobody").Want(t, 2)
}
