package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	stdout = clockworkv1.Stream_STREAM_STDOUT
	stderr = clockworkv1.Stream_STREAM_STDERR
)

// executed executes a bundle and returns its id.
func executed(t *testing.T, address, bundle string) string {
	t.Helper()
	got := command{stdin: bundle}.run("--address", address, "execute", "-", "-o", "json")
	id, _ := got.document(t)["execution_id"].(string)
	if id == "" {
		t.Fatalf("no execution: %s", got.stderr)
	}
	return id
}

// chatty prints from three steps at the same time; the second one is tried twice.
func chatty(run *clienttest.Run) {
	run.Accept()
	run.StartStep(0)
	run.StartStep(1)
	run.StartStep(2)
	run.Output(2, stdout, 0, "c1\n")
	run.Output(1, stdout, 0, "first try\n")
	run.Output(0, stdout, 0, "a1\n")
	run.Output(0, stderr, 0, "a-err\n")
	run.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{StepIndex: 1, Name: "b", Purpose: "b", Attempt: 2}}})
	run.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{StepIndex: 1, Name: "b", Attempt: 2, Stream: stdout, Data: []byte("b\x00\xff\n")}}})
	run.Output(2, stdout, 3, "c2")
	run.Output(0, stdout, 3, "a2 without an end")
	for _, step := range []int{1, 0, 2} {
		run.FinishStep(step, clockworkv1.StepStatus_STEP_STATUS_SUCCESS)
	}
	run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
}

func TestLogs(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Script: chatty})
	id := executed(t, address, graph("a", "b", "c"))
	for flags, want := range map[string]string{
		"":                                "[c] c1\n[b] first try\n[a] a1\n[a] stderr: a-err\n[b] b\x00\xff\n[a] a2 without an end\n[c] c2\n",
		"--stream stdout":                 "a1\na2 without an endb\x00\xff\nc1\nc2",
		"--stream stderr":                 "a-err\n",
		"--step a":                        "a1\na-err\na2 without an end",
		"--step b":                        "first try\nb\x00\xff\n",
		"--step b --stream stdout":        "b\x00\xff\n",
		"--step c --stream stdout":        "c1\nc2",
		"--step c --stream stderr":        "",
		"--step b -o plain":               "first try\nb\x00\xff\n",
		"--step a --stream stderr -o tty": "a-err\n",
	} {
		args := append([]string{"--address", address, "executions", "logs", id}, strings.Fields(flags)...)
		if got := (command{}).run(args...); got.code != 0 || got.stdout != want {
			t.Errorf("logs %s: exit code %d and %q, want %q\n%s", flags, got.code, got.stdout, want, got.stderr)
		}
	}
	lines := command{}.run("--address", address, "executions", "logs", id, "--step", "b", "--stream", "stdout", "-o", "jsonl")
	if strings.Count(lines.stdout, "\n") != 1 || !strings.Contains(lines.stdout, `"data":null,"data_base64":"YgD/Cg=="`) {
		t.Errorf("logs -o jsonl: %s", lines.stdout)
	}
	document := command{}.run("--address", address, "executions", "logs", id, "-o", "json").document(t)
	if output, _ := document["output"].([]any); document["execution_id"] != id || len(output) != 7 {
		t.Errorf("logs -o json: %v", document)
	}
	none := command{}.run("--address", address, "executions", "logs", id, "--step", "d")
	if none.code != 2 {
		t.Errorf("a step that is not there: exit code %d, want 2", none.code)
	}
	wants(t, none.stderr, "a, b, c")
}

func TestLogsOfARunningExecutionEnd(t *testing.T) {
	t.Parallel()
	printed := make(chan struct{})
	daemon, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		run.Output(0, stdout, 0, "so far")
		close(printed)
		<-run.Done()
	}})
	if got := (command{stdin: oneStep}).run("--address", address, "execute", "-", "--detach"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	<-printed
	id := daemon.Executions()[0].GetId()
	for flags, want := range map[string]string{"": "[hello] so far\n", "--stream stdout": "so far"} {
		args := append([]string{"--address", address, "executions", "logs", id}, strings.Fields(flags)...)
		if got := (command{}).run(args...); got.code != 0 || got.stdout != want {
			t.Errorf("logs %s: exit code %d and %q, want %q", flags, got.code, got.stdout, want)
		}
	}
}

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
	wants(t, limited.stderr, "there are more")
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

// keeping is a script whose step kept files.
func keeping(files map[string][]byte) clienttest.Script {
	return func(run *clienttest.Run) {
		result := &clockworkv1.ExecutionResult{Name: "hello", Purpose: "hello", Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS}
		for path, content := range files {
			sum := sha256.Sum256(content)
			result.OutputFiles = append(result.OutputFiles, &clockworkv1.OutputFile{
				Path: path, Mode: 0o750, Size: uint64(len(content)), Digest: "sha256:" + hex.EncodeToString(sum[:]),
			})
		}
		run.Accept()
		run.StartStep(0)
		run.FinishStepWith(result)
		run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"dist/a/site.tar": bytes.Repeat([]byte{0, 1, 2}, 5000), "empty": nil}
	_, address := startDaemon(t, clienttest.Options{Script: keeping(files), Files: files})
	id := executed(t, address, oneStep)
	listed := command{}.run("--address", address, "executions", "outputs", id)
	wants(t, listed.stdout, "dist/a/site.tar", "15000", "empty")

	dir := filepath.Join(t.TempDir(), "new", "dir")
	for range 2 { // files that are there already are replaced
		got := command{}.run("--address", address, "executions", "outputs", id, "--dir", dir, "-o", "json")
		if kept, _ := got.document(t)["output_files"].([]any); got.code != 0 || len(kept) != 2 {
			t.Fatalf("exit code %d and\n%s\n%s", got.code, got.stdout, got.stderr)
		}
	}
	for path, want := range files {
		content, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || !bytes.Equal(content, want) {
			t.Errorf("%s has %d bytes, %v; want %d", path, len(content), err, len(want))
		}
		if info, err := os.Stat(filepath.Join(dir, path)); err != nil || info.Mode().Perm() != 0o750 {
			t.Errorf("%s has mode %v, %v; want 0750", path, info, err)
		}
	}
}

func TestOutputsStayInTheDirectory(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"up": "../evil", "absolute": "/tmp/clockworkctl-evil", "link": "link/evil"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{path: []byte("evil")}
			_, address := startDaemon(t, clienttest.Options{Script: keeping(files), Files: files})
			id := executed(t, address, oneStep)
			parent := t.TempDir()
			dir := filepath.Join(parent, "dir")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(parent, filepath.Join(dir, "link")); err != nil {
				t.Fatal(err)
			}
			if got := (command{}).run("--address", address, "executions", "outputs", id, "--dir", dir); got.code != 4 {
				t.Errorf("exit code %d, want 4", got.code)
			}
			if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
				t.Errorf("%v, %v: something was written outside", entries, err)
			}
		})
	}
}

func TestADamagedFileIsNotSaved(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{
		Script: keeping(map[string][]byte{"file": []byte("right")}), Files: map[string][]byte{"file": []byte("wrong")},
	})
	id := executed(t, address, oneStep)
	dir := t.TempDir()
	got := command{}.run("--address", address, "executions", "outputs", id, "--dir", dir)
	if got.code != 4 || !strings.Contains(got.stderr, "digest") {
		t.Errorf("exit code %d and %q", got.code, got.stderr)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v: something was left", entries, err)
	}
}
