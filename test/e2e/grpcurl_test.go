package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// apiEvent is an event of the API, as protojson spells it.
type apiEvent struct {
	Sequence    string
	ExecutionID string
	Output      *struct {
		Name, Stream string
		Data         []byte
	}
	StepFinished      *struct{ Result apiResult }
	ExecutionFinished *struct {
		Status  string
		Summary apiSummary
	}
}

type apiSummary struct {
	TotalSteps, Successful, Failed, Skipped int
	SuccessRate                             float64
}

type apiResult struct {
	StepIndex      int
	Name, Status   string
	ExitCode       *int
	Stdout, Stderr []byte
	ErrorMessage   string
	OutputFiles    []struct{ Path, Digest string }
}

// apiDocument is what the API tells of an execution, brought into the client's words.
type apiDocument struct {
	id, status string
	summary    apiSummary
	steps      []apiResult
	// printed is all output, by step and stream.
	printed map[string]string
}

// executeByAPI pastes a document as the value of bundle into grpcurl.
func executeByAPI(t *testing.T, d *harness.Daemon, document []byte, options string) apiDocument {
	t.Helper()
	reply := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+string(document)+options+`}`))
	if reply.Status.Code != 0 {
		t.Fatalf("%s: %s", reply.Status.Name(), reply.Status.Message)
	}
	return apiDocumentOf(t, reply.Messages)
}

func apiDocumentOf(t *testing.T, messages []json.RawMessage) apiDocument {
	t.Helper()
	document := apiDocument{printed: map[string]string{}}
	for _, message := range messages {
		var e apiEvent
		if err := json.Unmarshal(message, &e); err != nil {
			t.Fatalf("%v: %s", err, message)
		}
		document.id = e.ExecutionID
		switch {
		case e.Output != nil:
			document.printed[e.Output.Name+" "+word(e.Output.Stream)] += string(e.Output.Data)
		case e.StepFinished != nil:
			document.steps = append(document.steps, e.StepFinished.Result)
		case e.ExecutionFinished != nil:
			document.status, document.summary = word(e.ExecutionFinished.Status), e.ExecutionFinished.Summary
		}
	}
	slices.SortFunc(document.steps, func(a, b apiResult) int { return a.StepIndex - b.StepIndex })
	return document
}

// word is the last part of an enum's name: of STEP_STATUS_SUCCESS it is success.
func word(name string) string {
	return strings.ToLower(name[strings.LastIndexByte(name, '_')+1:])
}

// compare fails the test unless the API and clockworkctl tell the same of the same bundle.
func (a apiDocument) compare(t *testing.T, byCtl harness.Document) {
	t.Helper()
	want := byCtl.Summary
	same(t, "the status by the API", a.status, byCtl.Status)
	same(t, "the summary by the API", a.summary, apiSummary{
		TotalSteps: want.TotalSteps, Successful: want.Successful, Failed: want.Failed, Skipped: want.Skipped, SuccessRate: want.SuccessRate,
	})
	if len(a.steps) != len(byCtl.Steps) {
		t.Fatalf("by the API there are %d results, by clockworkctl %d", len(a.steps), len(byCtl.Steps))
	}
	for i, step := range byCtl.Steps {
		got := a.steps[i]
		same(t, "the name by the API", got.Name, step.Name)
		same(t, "the status by the API of "+step.Name, word(got.Status), step.Status)
		same(t, "the exit code by the API of "+step.Name, code(harness.Step{ExitCode: got.ExitCode}), code(step))
		same(t, "the stdout by the API of "+step.Name, string(got.Stdout), step.Stdout)
		same(t, "the stderr by the API of "+step.Name, string(got.Stderr), step.Stderr)
		same(t, "the events by the API of "+step.Name, a.printed[step.Name+" stdout"]+a.printed[step.Name+" stderr"], step.Stdout+step.Stderr)
		same(t, "whether the API has a message for "+step.Name, got.ErrorMessage != "", step.ErrorMessage != "")
		same(t, "the number of files by the API of "+step.Name, len(got.OutputFiles), len(step.OutputFiles))
	}
}

// What clockworkctl does, any gRPC tool can do, knowing nothing but the daemon's reflection: a bundle's file is the value of bundle,
// unchanged, and the results are the same.
func TestExamplesByGrpcurl(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	for _, name := range []string{"hello.json", "fanout.json", "pipeline.json"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := os.ReadFile(example(name))
			if err != nil {
				t.Fatal(err)
			}
			port := harness.FreePort(t)
			byAPI := executeByAPI(t, d, document, `, "vars": {"PORT": "`+port+`"}`)
			byCtl := d.Ctl(t, "execute", example(name), "-o", "json", "--var", "PORT="+port).Want(t, 0)
			byAPI.compare(t, harness.ParseDocument(t, byCtl))
			shown := d.Show(t, byAPI.id)
			byAPI.compare(t, shown)
		})
	}
}

// Failures, timeouts and outputs are the same, too.
func TestResultsByGrpcurl(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	for _, c := range []struct {
		name, options string
		args          []string
		code          int
		steps         []harness.Object
	}{
		{"failed", "", nil, 1, []harness.Object{harness.Shell("a", "echo x; exit 3"), harness.Shell("b", "true")}},
		{"keep_going", `, "keep_going": true`, []string{"--keep-going"}, 1, []harness.Object{harness.Shell("a", "exit 3"), harness.Shell("b", "true")}},
		{"timeout", `, "step_timeout": "0.3s"`, []string{"--timeout-per-step", "0.3s"}, 124, []harness.Object{harness.Shell("a", "exec sleep 100")}},
		{"error", "", nil, 4, []harness.Object{{"purpose": "a", "run": harness.Object{"cmd": []string{"./nothing"}}}}},
		{"a null var is none", `, "vars": {"GONE": null}`, nil, 0, []harness.Object{harness.Shell("a", `echo "${GONE-gone}"`)}},
		{"outputs", "", nil, 0, []harness.Object{harness.Shell("a", "echo x >kept", harness.Object{"outputs": []string{"k*"}})}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bundle := harness.NewBundle(c.steps...)
			byAPI := executeByAPI(t, d, harness.JSON(t, bundle), c.options)
			byAPI.compare(t, d.MustExecute(t, c.code, bundle, c.args...))
		})
	}
}

// The API describes itself, and says how it is.
func TestReflectionAndHealth(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	services := d.GrpcurlList(t)
	for _, service := range []string{"clockwork.v1.ExecutionService", "clockwork.v1.RunnerService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} {
		if !slices.Contains(services, service) {
			t.Errorf("%s is not among the services %q", service, services)
		}
	}
	health := d.GrpcurlAny(t, "grpc.health.v1.Health/Check", []byte(`{}`))
	if health.Status.Code != 0 || !strings.Contains(string(health.Messages[0]), "SERVING") {
		t.Errorf("health: %s %s", health.Status.Name(), health.Messages)
	}
	for method, field := range map[string]string{
		"ExecutionService/ListExecutions": "executions", "RunnerService/ListRunners": "runners",
	} {
		reply := d.Grpcurl(t, method, []byte(`{}`))
		if reply.Status.Code != 0 || !strings.Contains(string(reply.Messages[0]), `"`+field+`"`) {
			t.Errorf("%s: %s %s", method, reply.Status.Name(), reply.Messages)
		}
	}
	for _, method := range []string{"RunnerService/GetRunner", "RunnerService/CheckRunner"} {
		if reply := d.Grpcurl(t, method, []byte(`{"name": "local"}`)); reply.Status.Code != 0 {
			t.Errorf("%s: %s %s", method, reply.Status.Name(), reply.Status.Message)
		}
		if reply := d.Grpcurl(t, method, []byte(`{"name": "nobody"}`)); reply.Status.Name() != "NOT_FOUND" {
			t.Errorf("%s of nobody: %s %s", method, reply.Status.Name(), reply.Status.Message)
		}
	}
}

// Errors say what they are about: by a code, and by details that a program can read.
func TestErrorsByGrpcurl(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const bundle = `"bundle": {"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]}`
	const other = `"bundle": {"version": "1", "steps": [{"purpose": "b", "run": {"cmd": ["true"]}}]}`
	const nobody = `{"execution_id": "01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5"}`
	if reply := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{`+bundle+`, "idempotency_key": "k"}`)); reply.Status.Code != 0 {
		t.Fatalf("%s: %s", reply.Status.Name(), reply.Status.Message)
	}
	for _, c := range []struct {
		name, method, request, code string
		fields                      []string
	}{
		{"no bundle", "ExecuteBundle", `{}`, "INVALID_ARGUMENT", []string{"version", "steps"}},
		{
			"options and bundle at once", "ExecuteBundle",
			`{"bundle": {"version": "1"}, "timeout": "-1s", "step_timeout": "0s", "vars": {"1A": "x"}, "idempotency_key": "` + strings.Repeat("k", 257) + `"}`,
			"INVALID_ARGUMENT",
			[]string{"steps", "timeout", "step_timeout", "vars.1A", "idempotency_key"},
		},
		{"unknown runner", "ExecuteBundle", `{` + bundle + `, "runner": "nobody"}`, "FAILED_PRECONDITION", nil},
		{"requirements that none meets", "ExecuteBundle", `{` + bundle + `, "requirements": {"isolation": "ISOLATION_VM"}}`, "FAILED_PRECONDITION", nil},
		{"idempotency key of another bundle", "ExecuteBundle", `{` + other + `, "idempotency_key": "k"}`, "ALREADY_EXISTS", nil},
		{"watch nothing", "WatchExecution", nobody, "NOT_FOUND", nil},
		{"watch no id", "WatchExecution", `{}`, "INVALID_ARGUMENT", []string{"execution_id"}},
		{"get nothing", "GetExecution", nobody, "NOT_FOUND", nil},
		{"cancel nothing", "CancelExecution", nobody, "NOT_FOUND", nil},
		{"no file", "ReadOutputFile", `{"execution_id": "01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5", "path": "x"}`, "NOT_FOUND", nil},
		{"a page beyond reason", "ListExecutions", `{"page_size": 1001}`, "INVALID_ARGUMENT", []string{"page_size"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status := d.Grpcurl(t, "ExecutionService/"+c.method, []byte(c.request)).Status
			if status.Name() != c.code || !sameElements(status.Violations(), c.fields) {
				t.Errorf("answered %s with the fields %q, want %s with %q: %s", status.Name(), status.Violations(), c.code, c.fields, status.Message)
			}
			if c.fields == nil && status.Reason() == "" {
				t.Errorf("%s comes without an ErrorInfo of the domain clockwork: %+v", status.Name(), status.Details)
			}
		})
	}
}

// Watching past the end of what exists is no silence.
func TestWatchBeyondTheEnd(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	id := d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true"))).ExecutionID
	reply := d.Grpcurl(t, "ExecutionService/WatchExecution", []byte(`{"execution_id": "`+id+`", "after_sequence": 1000}`))
	if reply.Status.Name() != "DATA_LOSS" {
		t.Errorf("answered %s: %s", reply.Status.Name(), reply.Status.Message)
	}
}
