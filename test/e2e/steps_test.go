package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// The first step that does not succeed ends the execution, unless it is told otherwise.
func TestWhatFollowsAFailure(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	ok, bad := harness.Shell("ok", "true"), harness.Shell("bad", "exit 5")
	tolerated := harness.Shell("tolerated", "exit 6", harness.Object{"continue_on_error": true})
	for _, c := range []struct {
		name   string
		steps  []harness.Object
		args   []string
		code   int
		status string
		want   []string
	}{
		{"stop", []harness.Object{ok, bad, ok, ok}, nil, 1, "failed", []string{"success", "failed", "skipped", "skipped"}},
		{"--keep-going", []harness.Object{ok, bad, ok, ok}, []string{"--keep-going"}, 1, "failed", []string{"success", "failed", "success", "success"}},
		{"continue_on_error", []harness.Object{ok, tolerated, ok}, nil, 0, "success", []string{"success", "failed", "success"}},
		{"continue_on_error excuses no other step", []harness.Object{tolerated, bad, ok}, nil, 1, "failed", []string{"failed", "failed", "skipped"}},
		{"only tolerated failures", []harness.Object{tolerated, tolerated}, nil, 0, "success", []string{"failed", "failed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			document := d.MustExecute(t, c.code, harness.NewBundle(c.steps...), c.args...)
			if got := document.Statuses(); document.Status != c.status || !equal(got, c.want) {
				t.Errorf("ended as %s with the steps %q, want %s with %q", document.Status, got, c.status, c.want)
			}
			for _, step := range document.Steps {
				if step.Status == "skipped" && !strings.Contains(step.ErrorMessage, "bad") {
					t.Errorf("a skipped step does not name its reason: %q", step.ErrorMessage)
				}
			}
		})
	}
}

// In a graph only what needs a failed step is skipped with it; what runs beside it goes on to its end.
func TestFailureInAGraph(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	needing := func(name, script string, needs ...string) harness.Object {
		return harness.Shell(name, script, harness.Object{"needs": needs})
	}
	bundle := harness.With(harness.NewBundle(
		needing("bad", "while [ ! -e running ]; do sleep 0.02; done; : >failing; exit 1"),
		needing("beside", ": >running; while [ ! -e failing ]; do sleep 0.02; done; sleep 0.3; echo done"),
		needing("after bad", "true", "bad"),
		needing("after both", "true", "beside", "bad"),
	), harness.Object{"order": "graph"})
	document := d.MustExecute(t, 1, bundle)
	if got, want := document.Statuses(), []string{"failed", "success", "skipped", "skipped"}; !equal(got, want) {
		t.Errorf("steps ended as %q, want %q", got, want)
	}
	if got := document.Step(t, "beside").Stdout; got != "done\n" {
		t.Errorf("the step beside the failed one printed %q", got)
	}
}

// A step is tried again as often, and for as many reasons, as it says; its result is the last attempt's.
func TestRetry(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const count = `echo x >>attempts; n=$(wc -l <attempts); echo attempt $n; `
	retry := func(fields harness.Object) harness.Object {
		return harness.Object{"retry": harness.With(harness.Object{"max_attempts": 3, "initial_delay": "0.05s"}, fields)}
	}
	for _, c := range []struct {
		name, script string
		fields       harness.Object
		code         int
		status       string
		attempts     string
	}{
		{"until it succeeds", count + `[ $n -eq 3 ]`, retry(nil), 0, "success", "attempt 3\n"},
		{"no longer than it must", count + `true`, retry(nil), 0, "success", "attempt 1\n"},
		{"as often as it may", count + `false`, retry(nil), 1, "failed", "attempt 3\n"},
		{"on this exit code", count + `[ $n -eq 2 ] || exit 7`, retry(harness.Object{"on": []any{7}}), 0, "success", "attempt 2\n"},
		{"not on another one", count + `exit 8`, retry(harness.Object{"on": []any{7, "timeout"}}), 1, "failed", "attempt 1\n"},
		{"on a signal", count + `[ $n -eq 2 ] || kill -KILL $$`, retry(nil), 0, "success", "attempt 2\n"},
		{"on a timeout", count + `[ $n -eq 2 ] || sleep 100`, harness.With(retry(harness.Object{"on": []any{"timeout"}}), harness.Object{"timeout": "2s"}), 0, "success", "attempt 2\n"},
		{"not on a timeout unless it says so", count + `sleep 100`, harness.With(retry(nil), harness.Object{"timeout": "0.5s"}), 124, "timeout", "attempt 1\n"},
		{"not at all by itself", count + `false`, nil, 1, "failed", "attempt 1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			document := d.MustExecute(t, c.code, harness.NewBundle(harness.Shell("try", c.script, c.fields)))
			step := document.Steps[0]
			if step.Status != c.status || step.Stdout != c.attempts {
				t.Errorf("ended as %s after %q, want %s after %q", step.Status, step.Stdout, c.status, c.attempts)
			}
			if want := int(c.attempts[len("attempt ")]-'0') - 1; step.RetryCount != want || document.Summary.TotalRetries != want {
				t.Errorf("retry_count %d, total_retries %d, want %d", step.RetryCount, document.Summary.TotalRetries, want)
			}
		})
	}
}

// Each attempt, and each wait before the next, is told as it happens. The logs have them all; a single stream is the last attempt's.
func TestRetryIsTold(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(harness.Shell("try", `echo x >>attempts; wc -l <attempts; exit 9`,
		harness.Object{"retry": harness.Object{"max_attempts": 3, "initial_delay": "0.01s"}}))
	result := d.Ctl(t, "execute", d.WriteBundle(t, bundle), "-o", "jsonl").Want(t, 1)
	var told []string
	for _, e := range events(t, result.Stdout) {
		switch e.Type {
		case "step_started", "retrying":
			told = append(told, e.Type+" "+string(rune('0'+e.Attempt)))
			if e.Type == "retrying" && !strings.Contains(e.Reason, "9") {
				t.Errorf("a retry does not name its reason, exit code 9: %q", e.Reason)
			}
		case "step_finished":
			told = append(told, e.Type)
		}
	}
	want := []string{"step_started 1", "retrying 2", "step_started 2", "retrying 3", "step_started 3", "step_finished"}
	if !slices.Equal(told, want) {
		t.Errorf("the events tell %q, want %q", told, want)
	}
	id := onlyID(t, d)
	if logs := d.Ctl(t, "executions", "logs", id, "--step", "try").Want(t, 0).Stdout; logs != "1\n2\n3\n" {
		t.Errorf("the logs have %q, want what every attempt printed", logs)
	}
	if logs := d.Ctl(t, "executions", "logs", id, "--stream", "stdout").Want(t, 0).Stdout; logs != "3\n" {
		t.Errorf("its standard output is %q, want the last attempt's", logs)
	}
}

// A step ends when its own process ends, not when everybody has closed its pipes.
func TestStepEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("leave", `(while :; do echo noise; sleep 0.05; done) & echo mine; exit 0`),
		harness.Shell("next", `true`),
	))
	leave, next := document.Steps[0], document.Steps[1]
	if !strings.Contains(leave.Stdout, "mine\n") {
		t.Errorf("the step printed %q", leave.Stdout)
	}
	// Its pipes are drained for a second at most; the rest is a slow machine's.
	if gap := *next.StartTime - *leave.StartTime; gap > 5 {
		t.Errorf("the next step began %f s after the one whose child holds its pipes", gap)
	}
}

// The same key means the same execution, while it runs and after; for another bundle the key is refused.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("once", "echo ran >>$LOG; : >$BEGUN; while [ ! -e $GO ]; do sleep 0.05; done; exit 3")))
	bundle["vars"] = harness.With(bundle["vars"].(harness.Object), harness.Object{"LOG": d.Dir + "/log", "GO": d.Dir + "/go"}) //nolint:errcheck // begun made it
	id := d.Detach(t, bundle, "--idempotency-key", "deploy-1")
	wait()
	if joined := d.Detach(t, bundle, "--idempotency-key", "deploy-1"); joined != id {
		t.Errorf("the same key and bundle began execution %s beside %s", joined, id)
	}
	waiting := d.StartCtl(t, "execute", d.WriteBundle(t, bundle), "--idempotency-key", "deploy-1", "-o", "json")
	other := d.WriteBundle(t, harness.NewBundle(harness.Shell("other", "true")))
	if refused := d.Ctl(t, "execute", other, "--idempotency-key", "deploy-1").Want(t, 2); !strings.Contains(refused.Stderr, "deploy-1") && !strings.Contains(refused.Stderr, "idempotency") {
		t.Errorf("the refusal does not name the key:\n%s", refused.Stderr)
	}
	d.Ctl(t, "execute", d.WriteBundle(t, bundle), "--idempotency-key", "deploy-1", "--var", "MORE=1").Want(t, 2)
	d.WriteFile(t, "go", nil)
	if got := harness.ParseDocument(t, waiting.Wait(t).Want(t, 1)).ExecutionID; got != id {
		t.Errorf("who joined while it ran followed execution %s, want %s", got, id)
	}
	if again := d.MustExecute(t, 1, bundle, "--idempotency-key", "deploy-1"); again.ExecutionID != id {
		t.Errorf("who joined after its end was given execution %s, want %s", again.ExecutionID, id)
	}
	if fresh := d.MustExecute(t, 1, bundle, "--idempotency-key", "deploy-2"); fresh.ExecutionID == id {
		t.Errorf("another key joined the execution too")
	}
}
