package render

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	executionID = "01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5"
	digest      = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func at(offset time.Duration) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2024, 11, 20, 10, 30, 0, 123_456_000, time.UTC).Add(offset))
}

// sampleEvents are of every kind; two steps of a graph print at the same time.
func sampleEvents() []*clockworkv1.Event {
	results := sampleResults()
	kinds := []*clockworkv1.Event{
		{Kind: &clockworkv1.Event_Accepted{Accepted: &clockworkv1.ExecutionAccepted{
			Runner: "local", RunnerType: "local", RunnerReason: "it is the default runner", BundleDigest: digest, TotalSteps: 3,
			Warnings: []string{"artifacts[0]: is not used by any step"},
		}}},
		{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{Phase: clockworkv1.Phase_PHASE_PROVISION, Message: "pulling python:3.12-slim: 40 %"}}},
		{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{StepIndex: 0, Name: "fetch", Purpose: "fetch", Attempt: 1, Command: []string{"bash", "-c", "echo <hello>"}}}},
		{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{StepIndex: 1, Name: "build", Purpose: "build", Attempt: 1, Command: []string{"make"}}}},
		output(1, "build", clockworkv1.Stream_STREAM_STDOUT, 0, "half a "),
		output(0, "fetch", clockworkv1.Stream_STREAM_STDOUT, 0, "<hello>\nanother line\nand a begun"),
		output(0, "fetch", clockworkv1.Stream_STREAM_STDERR, 0, "a warning\n"),
		output(1, "build", clockworkv1.Stream_STREAM_STDOUT, 7, "line\n\xff\x00\n"),
		{Kind: &clockworkv1.Event_OutputDropped{OutputDropped: &clockworkv1.OutputDropped{
			StepIndex: 0, Name: "fetch", Attempt: 1, Stream: clockworkv1.Stream_STREAM_STDOUT, Offset: 30, Bytes: 4096, Reason: "the disk is full",
		}}},
		{Kind: &clockworkv1.Event_Retrying{Retrying: &clockworkv1.StepRetrying{
			StepIndex: 1, Name: "build", Attempt: 2, Delay: durationpb.New(1500 * time.Millisecond), Reason: "exit code 3",
		}}},
		{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{StepIndex: 1, Name: "build", Purpose: "build", Attempt: 2, Command: []string{"make"}}}},
		{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{Phase: clockworkv1.Phase_PHASE_COLLECT, Message: "2 files kept", StepIndex: new(uint32(1))}}},
		{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: results[1]}}},
		{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: results[0]}}},
		{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: results[2]}}},
		{Kind: &clockworkv1.Event_ExecutionFinished{ExecutionFinished: &clockworkv1.ExecutionFinished{
			Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED, ErrorMessage: "step build failed: exit code 3", Summary: sampleSummary(),
		}}},
	}
	for i, event := range kinds {
		event.Sequence = uint64(i) + 1
		event.Time = at(time.Duration(i) * 10 * time.Millisecond)
		event.ExecutionId = executionID
	}
	return kinds
}

func output(step uint32, name string, stream clockworkv1.Stream, offset uint64, data string) *clockworkv1.Event {
	return &clockworkv1.Event{Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{
		StepIndex: step, Name: name, Attempt: 1, Stream: stream, Offset: offset, Data: []byte(data),
	}}}
}

func sampleSummary() *clockworkv1.ExecutionSummary {
	return &clockworkv1.ExecutionSummary{
		TotalSteps: 3, Successful: 1, Failed: 1, Skipped: 1, TotalTime: durationpb.New(3420 * time.Millisecond), TotalRetries: 1, SuccessRate: 100.0 / 3,
	}
}

func sampleResults() []*clockworkv1.ExecutionResult {
	return []*clockworkv1.ExecutionResult{
		{
			StepIndex: 0, Name: "fetch", Purpose: "fetch", ArtifactName: "scripts/01_fetch.sh", Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS,
			ExitCode: new(int32), Stdout: []byte("<hello>\nanother line\nand a begun"), Stderr: []byte("a warning\n"),
			StdoutBytes: 32, StderrBytes: 10, ExecutionTime: durationpb.New(123456 * time.Microsecond),
			StartTime: at(20 * time.Millisecond), EndTime: at(150 * time.Millisecond),
			Metadata: map[string]string{"uv": "0.5.1"}, Command: []string{"bash", "-c", "echo <hello>"}, WorkingDirectory: "/work",
			EnvironmentVars: map[string]string{"PORT": "8080"}, ValidationWarnings: []string{"artifacts[0]: is not used by any step"},
			RunnerType: "local", Runner: "local",
			ResourceUsage: &clockworkv1.ResourceUsage{
				CpuUser: durationpb.New(80 * time.Millisecond), CpuSystem: durationpb.New(20 * time.Millisecond),
				MaxRssBytes: 5 << 20, PeakMemoryBytes: 3 << 20, CpuThrottled: durationpb.New(250 * time.Millisecond), ReadBytes: 4096, WrittenBytes: 1 << 33,
				Phases: &clockworkv1.PhaseTimes{Provision: durationpb.New(time.Millisecond), Run: durationpb.New(123456 * time.Microsecond)},
			},
			OutputFiles: []*clockworkv1.OutputFile{{Path: "dist/site.tar", Mode: 0o644, Size: 10240, Digest: digest}},
		},
		{
			StepIndex: 1, Name: "build", Purpose: "build", Status: clockworkv1.StepStatus_STEP_STATUS_FAILED, ExitCode: new(int32(3)),
			Stdout: []byte("half a line\n\xff\x00\n"), StdoutBytes: 1 << 40, StdoutTruncated: true,
			ExecutionTime: durationpb.New(75 * time.Second), StartTime: at(30 * time.Millisecond), EndTime: at(2 * time.Second),
			RetryCount: 1, Command: []string{"make"}, RunnerType: "local", Runner: "local",
			LimitsHit: []*clockworkv1.LimitHit{{Name: "memory", Value: 64 << 20, Killed: 2}},
		},
		{
			StepIndex: 2, Name: "publish", Purpose: "publish", Status: clockworkv1.StepStatus_STEP_STATUS_SKIPPED, EndTime: at(2 * time.Second),
			ErrorMessage: "step build did not succeed", RunnerType: "local", Runner: "local",
		},
	}
}

func sampleExecution() *clockworkv1.Execution {
	results := sampleResults()
	execution := &clockworkv1.Execution{
		Id: executionID, Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED, Principal: "uid:1000",
		Runner: "local", RunnerType: "local", RunnerReason: "it is the default runner", BundleDigest: digest,
		CreateTime: at(0), StartTime: at(10 * time.Millisecond), EndTime: at(3420 * time.Millisecond),
		ErrorMessage: "step build failed: exit code 3", Summary: sampleSummary(), LastSequence: 16, IdempotencyKey: "nightly-1",
		StepResults: []*clockworkv1.ExecutionResult{results[1], results[0], results[2]},
	}
	for _, result := range results {
		execution.Steps = append(execution.Steps, &clockworkv1.StepState{
			Name: result.GetName(), Purpose: result.GetPurpose(), Status: result.GetStatus(), Attempt: 1 + result.GetRetryCount(),
		})
	}
	execution.Steps[2].Attempt = 0
	return execution
}

func sampleExecutions() []*clockworkv1.Execution {
	execution := sampleExecution()
	execution.Steps, execution.StepResults = nil, nil
	return []*clockworkv1.Execution{execution}
}

func emptyExecution() *clockworkv1.Execution {
	return &clockworkv1.Execution{
		Id: executionID, Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_QUEUED,
		StepResults: []*clockworkv1.ExecutionResult{{Status: clockworkv1.StepStatus_STEP_STATUS_SKIPPED}},
	}
}

func sampleValidation() *clockworkv1.ValidateBundleResponse {
	return &clockworkv1.ValidateBundleResponse{
		Faults: []*clockworkv1.Fault{{Path: "artifacts[2].path", Message: "is absolute; give a path relative to the workspace"}},
		Verdict: &clockworkv1.Verdict{Findings: []*clockworkv1.Finding{
			{Rule: "no-sudo", Severity: clockworkv1.Severity_SEVERITY_DENY, Path: "steps[0].run.cmd", Message: "is sudo"},
		}},
		Runner: "local", RunnerReason: "it is the default runner",
	}
}

func sampleRunners() []*clockworkv1.Runner {
	return []*clockworkv1.Runner{
		{
			Name: "local", Type: "local", Default: true, Labels: map[string]string{"zone": "a"}, Isolation: clockworkv1.Isolation_ISOLATION_PROCESS,
			Os: "linux", Arch: "amd64",
			Languages: []*clockworkv1.Language{{Name: "bash", Program: "/bin/bash"}, {Name: "python", Program: "/usr/bin/uv"}},
			Capabilities: []*clockworkv1.Capability{
				{Name: "memory_limit", Detail: "there is no cgroup to write to", Remedy: "run it as a systemd unit with Delegate=yes"},
				{Name: "tree_kill", Available: true, Detail: "by a subreaper"},
			},
			Pool: &clockworkv1.PoolStatus{Warm: 2, Max: 16, Idle: 2, Leased: 1, Hits: 1 << 40, Misses: 3, TotalWait: durationpb.New(1500 * time.Millisecond)},
		},
		{Name: "py", Type: "docker", ErrorMessage: "cannot reach the Docker engine: no such file"},
	}
}

func sampleChecks() []Check {
	runners := sampleRunners()
	return []Check{
		{Runner: runners[0], Response: &clockworkv1.CheckRunnerResponse{Usable: true, Findings: []*clockworkv1.CheckFinding{
			{Name: "start a process", Passed: true, Detail: "/bin/true ended with exit code 0", Duration: durationpb.New(1100 * time.Microsecond)},
		}}},
		{Runner: runners[1], Response: &clockworkv1.CheckRunnerResponse{Findings: []*clockworkv1.CheckFinding{
			{Name: "reach the engine", Detail: "no such file", Remedy: "start dockerd", Duration: durationpb.New(20 * time.Microsecond)},
		}}},
	}
}

func sampleFindings() []Finding {
	finding := func(area, runner, name, detail, remedy string, state clockworkv1.FindingState) Finding {
		return Finding{Area: area, Runner: runner, DaemonFinding: &clockworkv1.DaemonFinding{Name: name, State: state, Detail: detail, Remedy: remedy}}
	}
	return []Finding{
		finding("client", "", "version", "v1.2.3, linux/amd64, /usr/bin/clockworkctl", "", clockworkv1.FindingState_FINDING_STATE_OK),
		finding("daemon", "", "journal", "the disk of the state directory is full", "make room there", clockworkv1.FindingState_FINDING_STATE_PROBLEM),
		finding("daemon", "", "open_files", "20 are open, at most 24 may be", "raise the limit", clockworkv1.FindingState_FINDING_STATE_WARNING),
		finding("runner", "local", "network_isolation", "not in force: steps use the\nmachine's network", "set allow_network: false", clockworkv1.FindingState_FINDING_STATE_OK),
		finding("runner", "py", "create a sandbox", "no such image", "pull it", clockworkv1.FindingState_FINDING_STATE_PROBLEM),
	}
}
