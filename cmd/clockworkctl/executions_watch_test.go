package main

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
)

func TestWatchAfter(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	id := executed(t, address, oneStep)
	got := command{}.run("--address", address, "executions", "watch", id, "--after", "2", "-o", "jsonl")
	if got.code != 0 || strings.Count(got.stdout, "\n") != 2 || !strings.Contains(got.stdout, `"sequence":3`) {
		t.Errorf("exit code %d and\n%s", got.code, got.stdout)
	}
	whole := command{}.run("--address", address, "executions", "watch", id, "--after", "2", "-o", "json").document(t)
	if results, _ := whole["step_results"].([]any); len(results) != 1 {
		t.Errorf("the document is %v, want the whole execution", whole)
	}
}

// The number may be a slip of the keyboard; that is the first thing to think of.
func TestWatchAfterWhatNeverWas(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	id := executed(t, address, oneStep)
	got := command{}.run("--address", address, "executions", "watch", id, "--after", "1200", "-o", "jsonl")
	failure, _ := got.document(t)["error"].(map[string]any)
	if want := "--after 1200: execution " + id + " has only 4 events so far"; got.code != 4 || failure["code"] != "data_loss" || failure["message"] != want {
		t.Errorf("exit code %d and %v, want %q", got.code, failure, want)
	}
	wants(t, got.stderr, "see whether the number is right")
	if got := (command{}).run("--address", address, "executions", "watch", id, "--after", "4"); got.code != 0 {
		t.Errorf("after the last event: exit code %d, want 0", got.code)
	}
}
