package main

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestList(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	ids := []string{executed(t, address, oneStep), executed(t, address, oneStep), executed(t, address, oneStep)}
	got := command{}.run("--address", address, "executions", "list", "-o", "jsonl")
	if got.code != 0 || strings.Count(got.stdout, "\n") != 3 || !strings.Contains(got.stdout, ids[0]) {
		t.Errorf("exit code %d and\n%s", got.code, got.stdout)
	}
	limited := command{}.run("--address", address, "executions", "list", "--limit", "2", "-o", "json")
	document := limited.document(t)
	if executions, _ := document["executions"].([]any); len(executions) != 2 {
		t.Errorf("with a limit of 2: %v", document)
	}
	wants(t, limited.stderr, "there are more; see the next ones with: clockworkctl --address "+address+" executions list --limit=2 --page-token=")
	next, _ := document["next_page_token"].(string)
	rest := command{}.run("--address", address, "executions", "list", "--limit", "2", "--page-token", next, "-o", "json").document(t)
	if executions, _ := rest["executions"].([]any); len(executions) != 1 || rest["next_page_token"] != "" {
		t.Errorf("the rest is %v", rest)
	}
	text := command{}.run("--address", address, "executions", "list")
	wants(t, text.stdout, "EXECUTION", ids[0], ids[1], ids[2], "success")
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Script: ending(clockworkv1.StepStatus_STEP_STATUS_FAILED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED)})
	if got := (command{stdin: oneStep}).run("--address", address, "execute", "-"); got.code != 1 {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	for flags, want := range map[string]int{
		"":                                 1,
		"--status failed":                  1,
		"--status success,failed":          1,
		"--status success --status failed": 1,
		"--status success,running":         0,
		"--runner fake --principal uid:0":  1,
		"--runner local":                   0,
		"--principal uid:1":                0,
		"--since 1h":                       1,
		"--since 7d":                       1,
		"--since 2006-01-02":               1,
		"--since 2006-01-02T15:04:05Z":     1,
		"--since 2999-01-02T15:04:05Z":     0,
	} {
		args := append([]string{"--address", address, "executions", "list", "-o", "json"}, strings.Fields(flags)...)
		if listed, _ := (command{}).run(args...).document(t)["executions"].([]any); len(listed) != want {
			t.Errorf("list %s: %d executions, want %d", flags, len(listed), want)
		}
	}
	for flag, want := range map[string]string{
		"--status=done":       "queued, running, success, failed, timeout, cancelled, lost, error",
		"--since=yesterday":   "2006-01-02T15:04:05Z",
		"--since=-1h":         "positive duration",
		"--status=failed,Bad": `no status "Bad"`,
	} {
		got := command{}.run("--address", address, "executions", "list", flag)
		if got.code != 2 {
			t.Errorf("%s: exit code %d, want 2", flag, got.code)
		}
		wants(t, got.stderr, want)
	}
}
