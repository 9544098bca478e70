package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// writable is a bundle that keeps every rule of bundles, and in which the policy finds something.
func writable() harness.Bundle {
	bundle := harness.NewBundle(harness.Object{"purpose": "a", "run": harness.Object{"cmd": []string{"sh", "open.sh"}}})
	bundle["artifacts"] = []harness.Object{{"path": "open.sh", "mode": "0777", "content": "#!/bin/sh\n"}}
	return bundle
}

// verdict is what validate -o json says.
type verdict struct {
	Valid   bool
	Faults  []struct{ Path string }
	Verdict struct {
		Allowed  bool
		Findings []struct{ Rule, Severity, Path, Message string }
	}
}

func validate(t *testing.T, d *harness.Daemon, code int, bundle harness.Bundle) verdict {
	t.Helper()
	var said verdict
	result := d.Ctl(t, "validate", d.WriteBundle(t, bundle), "-o", "json").Want(t, code)
	if err := json.Unmarshal([]byte(result.Stdout), &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// What the policy only warns of runs, and its result tells of the warning.
func TestPolicyWarns(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "policy: {world_writable: warning}\n"})
	said := validate(t, d, 0, writable())
	if !said.Valid || !said.Verdict.Allowed || len(said.Verdict.Findings) != 1 || said.Verdict.Findings[0].Rule != "world_writable" {
		t.Errorf("validate says %+v", said)
	}
	all := events(t, d.Ctl(t, "execute", d.WriteBundle(t, writable()), "-o", "jsonl").Want(t, 0).Stdout)
	warnings := d.Show(t, all[0].ExecutionID).Steps[0].ValidationWarnings
	for _, told := range [][]string{all[0].Warnings, warnings} {
		if len(told) != 1 || !strings.HasPrefix(told[0], "artifacts[0].mode: ") {
			t.Errorf("the first event warns of %q, the result of %q", all[0].Warnings, warnings)
		}
	}
}

// What the policy denies is refused before anything happens, with the rule and the place.
func TestPolicyDenies(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: "policy: {world_writable: deny}\n"})
	leaveNoTrace(t, d)
	said := validate(t, d, 2, writable())
	if said.Valid || said.Verdict.Allowed || len(said.Faults) != 0 || said.Verdict.Findings[0].Severity != "deny" {
		t.Errorf("validate says %+v", said)
	}
	result := d.Ctl(t, "execute", d.WriteBundle(t, writable())).Want(t, 2)
	if !strings.Contains(result.Stderr, "artifacts[0].mode") {
		t.Errorf("the refusal does not name the place:\n%s", result.Stderr)
	}
	status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+string(harness.JSON(t, writable()))+`}`)).Status
	if status.Name() != "FAILED_PRECONDITION" || status.Reason() != "POLICY_DENIED" {
		t.Errorf("by the API: %s, %s: %s", status.Name(), status.Reason(), status.Message)
	}
}

// In a list the newest execution comes first.
func TestListIsNewestFirst(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	var want []string
	for range 5 {
		want = append(want, d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true"))).ExecutionID)
	}
	slices.Reverse(want)
	var got []string
	for _, execution := range listed(t, d) {
		got = append(got, execution.ExecutionID)
	}
	if !equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if limited := listed(t, d, "--limit", "2"); len(limited) != 2 || limited[0].ExecutionID != want[0] {
		t.Errorf("with --limit 2 %d are listed", len(limited))
	}
}
