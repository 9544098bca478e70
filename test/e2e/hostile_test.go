package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A client of the API is bound by no decoder of ours. Whatever it sends is refused like a bad document, and the daemon stays well.
func TestHostileMessages(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const steps = `"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]`
	leaveNoTrace(t, d)
	for _, c := range []struct {
		name, request string
		fields        []string
	}{
		{"path above the workspace", `{"bundle": {` + steps + `, "artifacts": [{"path": "../../../etc/cron.d/x", "content": "x"}]}}`, []string{"artifacts[0].path"}},
		{"path with a backslash and a NUL", `{"bundle": {` + steps + `, "artifacts": [{"path": "a\u0000/../../x"}]}}`, []string{"artifacts[0].path"}},
		{"cwd above the workspace", `{"bundle": {"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"], "cwd": "x/../../.."}}]}}`, []string{"steps[0].run.cwd"}},
		{"empty step", `{"bundle": {"version": "1", "steps": [{}]}}`, []string{"steps[0].purpose", "steps[0].run.cmd"}},
		{"empty artifact", `{"bundle": {` + steps + `, "artifacts": [{}]}}`, []string{"artifacts[0].path"}},
		{"override of no possible name", `{"bundle": {` + steps + `}, "vars": {"B=C": "x"}}`, []string{`vars["B=C"]`}},
		{"override that is a list", `{"bundle": {` + steps + `}, "vars": {"A": [1]}}`, []string{"vars.A"}},
		{"fraction", `{"bundle": {` + steps + `, "vars": {"A": 1e308}}}`, []string{"vars.A"}},
		{"retry without end", `{"bundle": {"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}, "retry": {"max_attempts": 2147483647, "multiplier": -1e308, "jitter": -1e308}}]}}`, []string{"steps[0].retry.max_attempts", "steps[0].retry.multiplier", "steps[0].retry.jitter"}},
		{"step that needs itself a hundred times", `{"bundle": {"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}, "needs": ["a"]}]}}`, []string{"steps[0].needs[0]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(c.request)).Status
			if status.Name() != "INVALID_ARGUMENT" || !sameElements(status.Violations(), c.fields) {
				t.Errorf("answered %s with the fields %q, want %q: %s", status.Name(), status.Violations(), c.fields, status.Message)
			}
		})
	}
}

// Messages in protobuf's text format can say what JSON cannot.
func TestHostileText(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	leaveNoTrace(t, d)
	const steps = `version: "1" steps { purpose: "a" run { cmd: "true" } }`
	for _, c := range []struct {
		name, request string
		fields        []string
	}{
		{"var that is not a number", `bundle { ` + steps + ` vars { key: "A" value { number_value: nan } } }`, []string{"vars.A"}},
		{"var that is infinite", `bundle { ` + steps + ` vars { key: "A" value { number_value: -inf } } }`, []string{"vars.A"}},
		{"override that is not a number", `bundle { ` + steps + ` } vars { key: "A" value { number_value: nan } }`, []string{"vars.A"}},
		{"retry that is not a number", `bundle { version: "1" steps { purpose: "a" run { cmd: "true" } retry { max_attempts: 2 multiplier: nan jitter: nan on { number_value: nan } } } }`, []string{"steps[0].retry.multiplier", "steps[0].retry.jitter", "steps[0].retry.on[0]"}},
		{"retry on nothing", `bundle { version: "1" steps { purpose: "a" run { cmd: "true" } retry { max_attempts: 2 on { } } } }`, []string{"steps[0].retry.on[0]"}},
		{"duration of two signs", `bundle { version: "1" steps { purpose: "a" run { cmd: "true" } timeout { seconds: 1 nanos: -1 } } }`, []string{"steps[0].timeout"}},
		{"duration beyond all bounds", `bundle { version: "1" steps { purpose: "a" run { cmd: "true" } timeout { seconds: 9223372036854775807 } } }`, []string{"steps[0].timeout"}},
		{"timeout beyond all bounds", `bundle { ` + steps + ` } timeout { seconds: -9223372036854775808 nanos: 2147483647 }`, []string{"timeout"}},
		{"isolation unknown to us", `bundle { ` + steps + ` } requirements { isolation: 77 }`, []string{"requirements.isolation"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status := d.GrpcurlText(t, "ExecutionService/ExecuteBundle", c.request)
			if status.Name() != "INVALID_ARGUMENT" || !sameElements(status.Violations(), c.fields) {
				t.Errorf("answered %s with the fields %q, want %q: %s", status.Name(), status.Violations(), c.fields, status.Message)
			}
		})
	}
}

// Bundles are accepted up to their limit, and refused beyond it with a word about it, wherever they are stopped.
func TestLargeBundles(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const mebi = 1 << 20
	large := func(artifacts, size int) []byte {
		var out strings.Builder
		out.WriteString(`{"version": "1", "steps": [{"purpose": "count", "run": {"cmd": ["sh", "-c", "cat large-* | wc -c"]}}], "artifacts": [`)
		for i := range artifacts {
			fmt.Fprintf(&out, `{"path": "large-%d", "content": "%s"},`, i, strings.Repeat("x", size))
		}
		out.WriteString(`{"path": "small"}]}`)
		return []byte(out.String())
	}
	fits := d.WriteDocument(t, "json", large(4, 15*mebi))
	document := harness.ParseDocument(t, d.Ctl(t, "execute", fits, "-o", "json").Want(t, 0))
	if got := strings.TrimSpace(document.Steps[0].Stdout); got != fmt.Sprint(60*mebi) {
		t.Errorf("of 60 MiB %s bytes arrived", got)
	}
	for _, artifacts := range []int{5, 6, 12} {
		result := d.Ctl(t, "execute", d.WriteDocument(t, "json", large(artifacts, 15*mebi))).Want(t, 2)
		if !strings.Contains(result.Stderr, "bytes") || len(result.Stderr) > 1000 {
			t.Errorf("%d MiB are refused with %d bytes of text: %.1000s", artifacts*15, len(result.Stderr), result.Stderr)
		}
	}
	status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+string(large(5, 15*mebi))+`}`)).Status
	if status.Name() != "INVALID_ARGUMENT" || !sameElements(status.Violations(), []string{"$"}) {
		t.Errorf("75 MiB by the API: %s with %q: %s", status.Name(), status.Violations(), status.Message)
	}
	if status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+string(large(6, 15*mebi))+`}`)).Status; status.Name() != "RESOURCE_EXHAUSTED" {
		t.Errorf("90 MiB by the API: %s: %s", status.Name(), status.Message)
	}
}
