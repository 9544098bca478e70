package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// ending is a script whose only step ends with a status, and the execution with another.
func ending(step clockworkv1.StepStatus, execution clockworkv1.ExecutionStatus) clienttest.Script {
	return func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		run.FinishStep(0, step)
		run.Finish(execution)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step      clockworkv1.StepStatus
		execution clockworkv1.ExecutionStatus
		code      int
	}{
		"success":   {clockworkv1.StepStatus_STEP_STATUS_SUCCESS, clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS, 0},
		"failed":    {clockworkv1.StepStatus_STEP_STATUS_FAILED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED, 1},
		"lost":      {clockworkv1.StepStatus_STEP_STATUS_LOST, clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST, 4},
		"error":     {clockworkv1.StepStatus_STEP_STATUS_ERROR, clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR, 4},
		"timeout":   {clockworkv1.StepStatus_STEP_STATUS_TIMEOUT, clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT, 124},
		"cancelled": {clockworkv1.StepStatus_STEP_STATUS_CANCELLED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED, 130},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, address := startDaemon(t, clienttest.Options{Script: ending(c.step, c.execution)})
			got := command{stdin: oneStep}.run("--address", address, "execute", "-", "-o", "json")
			document := got.document(t)
			if got.code != c.code || document["status"] != name {
				t.Fatalf("exit code %d with status %v, want %d with %s\n%s", got.code, document["status"], c.code, name, got.stderr)
			}
			id, _ := document["execution_id"].(string)
			again := command{}.run("--address", address, "executions", "watch", id, "-o", "json")
			if again.code != c.code || again.stdout != got.stdout {
				t.Fatalf("watch ended with %d and\n%s\nwant what execute said", again.code, again.stdout)
			}
			shown := command{}.run("--address", address, "executions", "show", id, "-o", "json")
			if shown.code != 0 || shown.stdout != got.stdout {
				t.Fatalf("show ended with %d and\n%s\nwant what execute said", shown.code, shown.stdout)
			}
		})
	}
}

func TestExecuteSendsTheFlags(t *testing.T) {
	t.Parallel()
	requests := make(chan *clockworkv1.ExecuteBundleRequest, 1)
	_, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		requests <- run.Request
		clienttest.Succeed(run)
	}})
	file := filepath.Join(t.TempDir(), "bundle.yaml")
	if err := os.WriteFile(file, []byte("version: '1'\nsteps:\n- purpose: hello\n  run: {cmd: ['true']}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := command{}.run("execute", file, "--address", address, "--runner", "py", "--var", "A=1", "--var", "B=x=y", "--var", "C=",
		"--timeout", "5m", "--timeout-per-step", "1.5s", "--keep-going", "--idempotency-key", "k")
	if got.code != 0 {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	request := <-requests
	vars := map[string]string{}
	for name, value := range request.GetVars() {
		vars[name] = value.GetStringValue()
	}
	if len(vars) != 3 || vars["A"] != "1" || vars["B"] != "x=y" || vars["C"] != "" {
		t.Errorf("the vars are %v", request.GetVars())
	}
	if request.GetRunner() != "py" || request.GetTimeout().GetSeconds() != 300 || request.GetStepTimeout().GetNanos() != 500_000_000 ||
		!request.GetKeepGoing() || request.GetIdempotencyKey() != "k" || request.GetBundle().GetSteps()[0].GetPurpose() != "hello" {
		t.Errorf("the request is %v", request)
	}
}

func TestDetach(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Script: clienttest.Hang})
	got := command{stdin: oneStep}.run("--address", address, "execute", "-", "--detach", "-o", "json")
	document := got.document(t)
	if got.code != 0 || len(document) != 2 || document["execution_id"] == "" || document["status"] != "running" && document["status"] != "queued" {
		t.Fatalf("exit code %d and %v", got.code, document)
	}
	id, _ := document["execution_id"].(string)
	if got := (command{}).run("--address", address, "executions", "cancel", id); got.code != 0 {
		t.Fatalf("cancel ended with %d\n%s", got.code, got.stderr)
	}
	if got := (command{}).run("--address", address, "executions", "watch", id); got.code != 130 {
		t.Fatalf("watch ended with %d, want 130", got.code)
	}
}

func TestEventsAsLines(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{})
	got := command{stdin: oneStep}.run("--address", address, "execute", "-", "-o", "jsonl")
	var types []string
	for line := range strings.Lines(got.stdout) {
		var event struct {
			Sequence int
			Type     string
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		if types = append(types, event.Type); event.Sequence != len(types) {
			t.Errorf("line %d has sequence number %d", len(types), event.Sequence)
		}
	}
	if want := "accepted step_started step_finished execution_finished"; strings.Join(types, " ") != want {
		t.Errorf("the events are %v, want %s", types, want)
	}
}

func TestAFaultyDocumentNeedsNoDaemon(t *testing.T) {
	t.Parallel()
	const faulty = `{"version": "2", "steps": [{"purpose": 7, "run": {"cmd": [""]}}], "artifacts": [{"path": "/etc/passwd"}], "colour": "red"}`
	got := command{stdin: faulty}.run("--address", "unix:///nowhere", "execute", "-")
	if got.code != 2 || got.stdout != "" {
		t.Fatalf("exit code %d, want 2; standard output %q", got.code, got.stdout)
	}
	// The faults of the notation and those against the rules, all at once.
	wants(t, got.stderr, "\ncolour: ", "\nsteps[0].purpose: ", "\nartifacts[0].path: ", "\nversion: ", "\nsteps[0].run.cmd[0]: ")

	failure, _ := command{stdin: faulty}.run("--address", "unix:///nowhere", "execute", "-", "-o", "json").document(t)["error"].(map[string]any)
	if faults, _ := failure["faults"].([]any); failure["code"] != "invalid_bundle" || len(faults) != 5 {
		t.Errorf("the document's error is %v, want 5 faults", failure)
	}
	validation := command{stdin: faulty}.run("--address", "unix:///nowhere", "validate", "-", "-o", "json")
	document := validation.document(t)
	if faults, _ := document["faults"].([]any); validation.code != 2 || document["valid"] != false || len(faults) != 5 {
		t.Errorf("validate ended with %d and says %v", validation.code, document)
	}
}

func TestTheDaemonsFaults(t *testing.T) {
	t.Parallel()
	invalid, err := status.New(codes.InvalidArgument, "bad").WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "vars.PORT", Description: "has a NUL"}, {Field: "steps[0].needs[0]", Description: "names no step"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, address := startDaemon(t, clienttest.Options{Gate: refuse("ExecuteBundle", invalid.Err())})
	got := command{stdin: oneStep}.run("--address", address, "execute", "-")
	if got.code != 2 {
		t.Errorf("exit code %d, want 2", got.code)
	}
	wants(t, got.stderr, "\nvars.PORT: has a NUL\n", "\nsteps[0].needs[0]: names no step\n")
}

func TestErrorsOfTheDaemon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code codes.Code
		exit int
		word string
	}{
		{codes.FailedPrecondition, 2, "refused"},
		{codes.AlreadyExists, 2, "refused"},
		{codes.NotFound, 2, "not_found"},
		{codes.ResourceExhausted, 4, "busy"},
		{codes.Internal, 4, "error"},
		{codes.DataLoss, 4, "data_loss"},
	} {
		t.Run(c.code.String(), func(t *testing.T) {
			t.Parallel()
			_, address := startDaemon(t, clienttest.Options{Gate: refuse("ExecuteBundle", status.Error(c.code, "because"))})
			got := command{stdin: oneStep}.run("--address", address, "execute", "-", "-o", "json")
			failure, _ := got.document(t)["error"].(map[string]any)
			if got.code != c.exit || failure["code"] != c.word {
				t.Errorf("exit code %d and %v, want %d and %s", got.code, failure, c.exit, c.word)
			}
			wants(t, got.stderr, "because")
		})
	}
}

// refuse is a gate that lets everything through but one call.
func refuse(call string, err error) func(context.Context, string, any) error {
	return func(_ context.Context, method string, _ any) error {
		if method == call {
			return err
		}
		return nil
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	got := command{stdin: oneStep}.run("--address", "unix:///nowhere/at/all", "execute", "-")
	if got.code != 3 {
		t.Errorf("exit code %d, want 3", got.code)
	}
	wants(t, got.stderr, "no daemon answers at unix:///nowhere/at/all: no such file or directory\n", "without --address")
}

func TestInterruptCancels(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 2)
	_, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		signals <- os.Interrupt
		clienttest.Hang(run)
	}})
	got := command{stdin: oneStep, signals: signals}.run("--address", address, "execute", "-", "-o", "json")
	if got.code != 130 || got.document(t)["status"] != "cancelled" {
		t.Fatalf("exit code %d and\n%s", got.code, got.stdout)
	}
	wants(t, got.stderr, "interrupt again")
}

func TestSecondInterruptStopsWaiting(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 2)
	stubborn, end := make(chan struct{}), make(chan struct{})
	daemon, address := startDaemon(t, clienttest.Options{Script: func(run *clienttest.Run) {
		run.Accept()
		run.StartStep(0)
		signals <- os.Interrupt
		<-run.Done()
		close(stubborn)
		<-end
	}})
	go func() {
		<-stubborn
		signals <- syscall.SIGTERM
	}()
	got := command{stdin: oneStep, signals: signals}.run("--address", address, "execute", "-")
	if got.code != 130 {
		t.Errorf("exit code %d, want 130", got.code)
	}
	wants(t, got.stderr, "executions watch "+daemon.Executions()[0].GetId())
	close(end)
}

func TestAClosedPipeDoesNotChangeTheExitCode(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{
		Script: ending(clockworkv1.StepStatus_STEP_STATUS_FAILED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED),
	})
	got := command{stdin: oneStep, stdout: closedPipe{}}.run("--address", address, "execute", "-")
	if got.code != 1 || got.stderr != "" {
		t.Errorf("execute: exit code %d and %q, want 1 and nothing", got.code, got.stderr)
	}
	if got := (command{stdout: closedPipe{}}).run("--address", address, "executions", "list"); got.code != 0 || got.stderr != "" {
		t.Errorf("list: exit code %d and %q, want 0 and nothing", got.code, got.stderr)
	}
}

// closedPipe is a pipe whose reader is gone.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}
