package render

import (
	"cmp"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// executionDocument is what execute and executions show print.
type executionDocument struct {
	ExecutionID      string               `json:"execution_id"`
	Status           string               `json:"status"`
	ExecutionSummary summaryDocument      `json:"execution_summary"`
	StepResults      []stepResultDocument `json:"step_results"`
}

type summaryDocument struct {
	TotalSteps   uint32  `json:"total_steps"`
	Successful   uint32  `json:"successful"`
	Failed       uint32  `json:"failed"`
	Timeouts     uint32  `json:"timeouts"`
	Cancelled    uint32  `json:"cancelled"`
	Skipped      uint32  `json:"skipped"`
	Lost         uint32  `json:"lost"`
	Errors       uint32  `json:"errors"`
	TotalTime    decimal `json:"total_time"`
	TotalRetries uint32  `json:"total_retries"`
	SuccessRate  decimal `json:"success_rate"`
}

type stepResultDocument struct {
	StepIndex          uint32               `json:"step_index"`
	Name               string               `json:"name"`
	Purpose            string               `json:"purpose"`
	ArtifactName       string               `json:"artifact_name"`
	Status             string               `json:"status"`
	ExitCode           *int32               `json:"exit_code"`
	Signal             string               `json:"signal"`
	Stdout             string               `json:"stdout"`
	Stderr             string               `json:"stderr"`
	StdoutBytes        uint64               `json:"stdout_bytes"`
	StderrBytes        uint64               `json:"stderr_bytes"`
	StdoutTruncated    bool                 `json:"stdout_truncated"`
	StderrTruncated    bool                 `json:"stderr_truncated"`
	ExecutionTime      decimal              `json:"execution_time"`
	StartTime          *decimal             `json:"start_time"`
	EndTime            *decimal             `json:"end_time"`
	ErrorMessage       string               `json:"error_message"`
	Metadata           map[string]string    `json:"metadata"`
	RetryCount         uint32               `json:"retry_count"`
	TimeoutOccurred    bool                 `json:"timeout_occurred"`
	ResourceUsage      usageDocument        `json:"resource_usage"`
	Command            []string             `json:"command"`
	WorkingDirectory   string               `json:"working_directory"`
	EnvironmentVars    map[string]string    `json:"environment_vars"`
	ValidationWarnings []string             `json:"validation_warnings"`
	SecurityViolations []string             `json:"security_violations"`
	RunnerType         string               `json:"runner_type"`
	Runner             string               `json:"runner"`
	ContainerID        string               `json:"container_id"`
	PodName            string               `json:"pod_name"`
	RemoteHost         string               `json:"remote_host"`
	OutputFiles        []outputFileDocument `json:"output_files"`
	LimitsHit          []limitHitDocument   `json:"limits_hit"`
}

type usageDocument struct {
	CPUUser         decimal        `json:"cpu_user"`
	CPUSystem       decimal        `json:"cpu_system"`
	CPUThrottled    decimal        `json:"cpu_throttled"`
	MaxRSSBytes     uint64         `json:"max_rss_bytes"`
	PeakMemoryBytes uint64         `json:"peak_memory_bytes"`
	ReadBytes       uint64         `json:"read_bytes"`
	WrittenBytes    uint64         `json:"written_bytes"`
	Phases          phasesDocument `json:"phases"`
}

type limitHitDocument struct {
	Name   string `json:"name"`
	Value  uint64 `json:"value"`
	Killed uint64 `json:"killed"`
}

type phasesDocument struct {
	Queue     decimal `json:"queue"`
	Provision decimal `json:"provision"`
	Upload    decimal `json:"upload"`
	Run       decimal `json:"run"`
	Collect   decimal `json:"collect"`
}

type outputFileDocument struct {
	Path   string `json:"path"`
	Mode   uint32 `json:"mode"`
	Size   uint64 `json:"size"`
	Digest string `json:"digest"`
}

func executionDocumentOf(execution *clockworkv1.Execution) executionDocument {
	return executionDocument{
		ExecutionID:      execution.GetId(),
		Status:           ExecutionStatus(execution.GetStatus()),
		ExecutionSummary: summaryDocumentOf(execution.GetSummary()),
		StepResults:      each(inOrder(execution.GetStepResults()), stepResultDocumentOf),
	}
}

// inOrder returns the results in the order of the bundle's steps; in a graph they come in that of their ends.
func inOrder(results []*clockworkv1.ExecutionResult) []*clockworkv1.ExecutionResult {
	return slices.SortedStableFunc(slices.Values(results), func(a, b *clockworkv1.ExecutionResult) int {
		return cmp.Compare(a.GetStepIndex(), b.GetStepIndex())
	})
}

func summaryDocumentOf(summary *clockworkv1.ExecutionSummary) summaryDocument {
	return summaryDocument{
		TotalSteps:   summary.GetTotalSteps(),
		Successful:   summary.GetSuccessful(),
		Failed:       summary.GetFailed(),
		Timeouts:     summary.GetTimeouts(),
		Cancelled:    summary.GetCancelled(),
		Skipped:      summary.GetSkipped(),
		Lost:         summary.GetLost(),
		Errors:       summary.GetErrors(),
		TotalTime:    seconds(summary.GetTotalTime()),
		TotalRetries: summary.GetTotalRetries(),
		SuccessRate:  decimal(summary.GetSuccessRate()),
	}
}

func stepResultDocumentOf(result *clockworkv1.ExecutionResult) stepResultDocument {
	return stepResultDocument{
		StepIndex:          result.GetStepIndex(),
		Name:               result.GetName(),
		Purpose:            result.GetPurpose(),
		ArtifactName:       result.GetArtifactName(),
		Status:             stepStatus(result.GetStatus()),
		ExitCode:           result.ExitCode, // the getter hides that there is none
		Signal:             result.GetSignal(),
		Stdout:             text(result.GetStdout()),
		Stderr:             text(result.GetStderr()),
		StdoutBytes:        result.GetStdoutBytes(),
		StderrBytes:        result.GetStderrBytes(),
		StdoutTruncated:    result.GetStdoutTruncated(),
		StderrTruncated:    result.GetStderrTruncated(),
		ExecutionTime:      seconds(result.GetExecutionTime()),
		StartTime:          epoch(result.GetStartTime()),
		EndTime:            epoch(result.GetEndTime()),
		ErrorMessage:       result.GetErrorMessage(),
		Metadata:           dict(result.GetMetadata()),
		RetryCount:         result.GetRetryCount(),
		TimeoutOccurred:    result.GetTimeoutOccurred(),
		ResourceUsage:      usageDocumentOf(result.GetResourceUsage()),
		Command:            list(result.GetCommand()),
		WorkingDirectory:   result.GetWorkingDirectory(),
		EnvironmentVars:    dict(result.GetEnvironmentVars()),
		ValidationWarnings: list(result.GetValidationWarnings()),
		SecurityViolations: list(result.GetSecurityViolations()),
		RunnerType:         result.GetRunnerType(),
		Runner:             result.GetRunner(),
		ContainerID:        result.GetContainerId(),
		PodName:            result.GetPodName(),
		RemoteHost:         result.GetRemoteHost(),
		OutputFiles:        each(result.GetOutputFiles(), outputFileDocumentOf),
		LimitsHit:          each(result.GetLimitsHit(), limitHitDocumentOf),
	}
}

func usageDocumentOf(usage *clockworkv1.ResourceUsage) usageDocument {
	phases := usage.GetPhases()
	return usageDocument{
		CPUUser:         seconds(usage.GetCpuUser()),
		CPUSystem:       seconds(usage.GetCpuSystem()),
		CPUThrottled:    seconds(usage.GetCpuThrottled()),
		MaxRSSBytes:     usage.GetMaxRssBytes(),
		PeakMemoryBytes: usage.GetPeakMemoryBytes(),
		ReadBytes:       usage.GetReadBytes(),
		WrittenBytes:    usage.GetWrittenBytes(),
		Phases: phasesDocument{
			Queue:     seconds(phases.GetQueue()),
			Provision: seconds(phases.GetProvision()),
			Upload:    seconds(phases.GetUpload()),
			Run:       seconds(phases.GetRun()),
			Collect:   seconds(phases.GetCollect()),
		},
	}
}

func outputFileDocumentOf(file *clockworkv1.OutputFile) outputFileDocument {
	return outputFileDocument{Path: file.GetPath(), Mode: file.GetMode(), Size: file.GetSize(), Digest: file.GetDigest()}
}

func limitHitDocumentOf(hit *clockworkv1.LimitHit) limitHitDocument {
	return limitHitDocument{Name: hit.GetName(), Value: hit.GetValue(), Killed: hit.GetKilled()}
}
