package main

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
)

func TestNoSuchExecution(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	for _, what := range []string{"show", "watch", "logs", "cancel", "outputs"} {
		for _, id := range []string{"no-such", "01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5"} {
			got := command{}.run("--address", address, "executions", what, id)
			if want := "clockworkctl: there is no execution \"" + id + "\"\nclockworkctl: see clockworkctl executions list\n"; got.code != 2 || got.stderr != want {
				t.Errorf("%s: exit code %d and %q, want 2 and %q", what, got.code, got.stderr, want)
			}
		}
		if got := (command{}).run("--address", address, "executions", what, ""); got.code != 2 {
			t.Errorf("%s of nothing: exit code %d, want 2", what, got.code)
		}
	}
}

// The begin of an id is enough where no other one begins so.
func TestBeginOfAnID(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Script: chatty})
	one, other := executed(t, address, graph("a", "b", "c")), executed(t, address, graph("a", "b", "c"))
	common := 0
	for one[common] == other[common] {
		common++
	}
	for what, want := range map[string]string{"show": one, "watch": one, "cancel": one, "outputs": "no files", "logs": "[a] a1"} {
		got := command{}.run("--address", address, "executions", what, strings.ToUpper(one[:common+1]))
		if got.code != 0 {
			t.Errorf("%s: exit code %d and %q", what, got.code, got.stderr)
		}
		wants(t, got.stdout, want)

		got = command{}.run("--address", address, "executions", what, one[:common], "-o", "json")
		failure, _ := got.document(t)["error"].(map[string]any)
		if got.code != 2 || failure["code"] != "ambiguous" {
			t.Errorf("%s of either: exit code %d and %v", what, got.code, failure)
		}
		wants(t, got.stderr, `"`+one[:common]+`"`, one, other, "give more of the id")
	}
}

func TestManyCandidatesAreNotAllNamed(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	for range maxCandidates + 2 {
		executed(t, address, oneStep)
	}
	got := command{}.run("--address", address, "executions", "show", "0")
	if n := strings.Count(got.stderr, ", ") + 1 - strings.Count(got.stderr, ", and"); got.code != 2 || n != maxCandidates {
		t.Errorf("exit code %d, and %d candidates are named, want %d:\n%s", got.code, n, maxCandidates, got.stderr)
	}
	wants(t, got.stderr, ", and others\n")
}
