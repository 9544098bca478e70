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

// Each piece is written when it comes; the end of the execution is that of the command, with its exit code.
func TestLogsFollow(t *testing.T) {
	t.Parallel()
	for flags, want := range map[string][3]string{
		"":                         {"[hello] so far\n", "[hello] stderr: more\n", "[hello] last\n"},
		"--step hello":             {"so far\n", "more\n", "last\n"},
		"--stream stdout":          {"so far\n", "", "last\n"},
		"--step hello -o jsonl":    {`"data":"so far\n"`, `"data":"more\n"`, `"data":"last\n"`},
		"--stream stderr -o plain": {"", "more\n", ""},
	} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			steps := make(chan struct{})
			daemon, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
				run.Accept()
				run.StartStep(0)
				run.Output(0, stdout, 0, "so far\n")
				<-steps
				run.Output(0, stderr, 0, "more\n")
				<-steps
				run.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{Name: "hello", Attempt: 2}}})
				run.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{Name: "hello", Attempt: 2, Stream: stdout, Data: []byte("last\n")}}})
				run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_FAILED)
				run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED)
			}})
			if got := (command{stdin: oneStep}).run("--address", address, "execute", "-", "--detach"); got.code != 0 {
				t.Fatal(got.stderr)
			}
			out := newAwaited()
			args := append([]string{"--address", address, "executions", "logs", "-f", daemon.Executions()[0].GetId()}, strings.Fields(flags)...)
			ended := make(chan ran)
			go func() { ended <- command{stdout: out}.run(args...) }()
			for _, piece := range want[:2] {
				out.await(piece)
				steps <- struct{}{}
			}
			if got := <-ended; got.code != 1 || !strings.HasSuffix(out.String(), want[2]) && !strings.Contains(out.String(), want[2]) {
				t.Errorf("exit code %d and %q\n%s", got.code, out.String(), got.stderr)
			}
		})
	}
}

// Ctrl-C ends the following, not the execution.
func TestLogsFollowIsInterrupted(t *testing.T) {
	t.Parallel()
	daemon, address := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	if got := (command{stdin: oneStep}).run("--address", address, "execute", "-", "--detach"); got.code != 0 {
		t.Fatal(got.stderr)
	}
	signals := make(chan os.Signal, 1)
	signals <- os.Interrupt
	got := command{signals: signals}.run("--address", address, "executions", "logs", "-f", daemon.Executions()[0].GetId())
	if got.code != 130 || daemon.Executions()[0].GetCancelRequested() {
		t.Errorf("exit code %d, want 130\n%s", got.code, got.stderr)
	}
	wants(t, got.stderr, "the execution goes on")
}

// awaited is a buffer whose content can be waited for.
type awaited struct {
	buffer

	wrote chan struct{}
}

func newAwaited() *awaited {
	return &awaited{wrote: make(chan struct{}, 1)}
}

func (a *awaited) Write(p []byte) (int, error) {
	n, err := a.buffer.Write(p)
	select {
	case a.wrote <- struct{}{}:
	default:
	}
	return n, err
}

func (a *awaited) await(text string) {
	for !strings.Contains(a.String(), text) {
		<-a.wrote
	}
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
