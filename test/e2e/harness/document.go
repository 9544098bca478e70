package harness

import (
	"encoding/json"
	"testing"
)

// Document is what execute -o json and executions show -o json print.
type Document struct {
	ExecutionID string  `json:"execution_id"`
	Status      string  `json:"status"`
	Summary     Summary `json:"execution_summary"`
	Steps       []Step  `json:"step_results"`
}

// Summary counts the steps.
type Summary struct {
	TotalSteps   int     `json:"total_steps"`
	Successful   int     `json:"successful"`
	Failed       int     `json:"failed"`
	Timeouts     int     `json:"timeouts"`
	Cancelled    int     `json:"cancelled"`
	Skipped      int     `json:"skipped"`
	Lost         int     `json:"lost"`
	Errors       int     `json:"errors"`
	TotalTime    float64 `json:"total_time"`
	TotalRetries int     `json:"total_retries"`
	SuccessRate  float64 `json:"success_rate"`
}

// Step is how one step ended.
type Step struct {
	Name             string            `json:"name"`
	Purpose          string            `json:"purpose"`
	ArtifactName     string            `json:"artifact_name"`
	Status           string            `json:"status"`
	ExitCode         *int              `json:"exit_code"`
	Signal           string            `json:"signal"`
	Stdout           string            `json:"stdout"`
	Stderr           string            `json:"stderr"`
	StdoutBytes      int64             `json:"stdout_bytes"`
	StderrBytes      int64             `json:"stderr_bytes"`
	StdoutTruncated  bool              `json:"stdout_truncated"`
	StderrTruncated  bool              `json:"stderr_truncated"`
	ExecutionTime    float64           `json:"execution_time"`
	StartTime        *float64          `json:"start_time"`
	EndTime          *float64          `json:"end_time"`
	ErrorMessage     string            `json:"error_message"`
	ContainerID      string            `json:"container_id"`
	RetryCount       int               `json:"retry_count"`
	TimeoutOccurred  bool              `json:"timeout_occurred"`
	Command          []string          `json:"command"`
	WorkingDirectory string            `json:"working_directory"`
	EnvironmentVars  map[string]string `json:"environment_vars"`
	// ValidationWarnings are the policy's.
	ValidationWarnings []string     `json:"validation_warnings"`
	Runner             string       `json:"runner"`
	RunnerType         string       `json:"runner_type"`
	OutputFiles        []OutputFile `json:"output_files"`
}

// OutputFile is a file kept of a step's outputs.
type OutputFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Digest string `json:"digest"`
}

// ParseDocument reads the document that a command has printed.
func ParseDocument(t *testing.T, result Result) Document {
	t.Helper()
	var document Document
	if err := json.Unmarshal([]byte(result.Stdout), &document); err != nil {
		t.Fatalf("no JSON document: %v\nexit code %d\nstdout:\n%s\nstderr:\n%s", err, result.Code, result.Stdout, result.Stderr)
	}
	return document
}

// Step returns the result of the step of this name.
func (d Document) Step(t *testing.T, name string) Step {
	t.Helper()
	for _, step := range d.Steps {
		if step.Name == name {
			return step
		}
	}
	t.Fatalf("no result of a step %q among %d", name, len(d.Steps))
	return Step{}
}

// Statuses returns the statuses of the steps, in their order.
func (d Document) Statuses() []string {
	statuses := make([]string, len(d.Steps))
	for i, step := range d.Steps {
		statuses[i] = step.Status
	}
	return statuses
}
