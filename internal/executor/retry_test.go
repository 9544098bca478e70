package executor

import (
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestBackoffGrowsUpToItsBound(t *testing.T) {
	t.Parallel()
	retry := &bundle.Retry{InitialDelay: time.Second, MaxDelay: 5 * time.Second, Multiplier: 2, Jitter: 0.5}
	for _, test := range []struct {
		attempt int
		chance  float64
		want    time.Duration
	}{
		{1, 0, time.Second},
		{2, 0, 2 * time.Second},
		{3, 0, 4 * time.Second},
		{4, 0, 5 * time.Second},
		{100, 0, 5 * time.Second},
		{2, 1, time.Second},
		{2, 0.5, 1500 * time.Millisecond},
	} {
		if got := backoff(retry, test.attempt, test.chance); got != test.want {
			t.Errorf("after attempt %d with chance %v: %v, want %v", test.attempt, test.chance, got, test.want)
		}
	}
}

func TestRetryCoversWhatItNames(t *testing.T) {
	t.Parallel()
	code := func(c int32) *clockworkv1.ExecutionResult {
		return &clockworkv1.ExecutionResult{Status: stepFailed, ExitCode: new(c)}
	}
	signal := &clockworkv1.ExecutionResult{Status: stepFailed, Signal: "SIGSEGV"}
	timeout := &clockworkv1.ExecutionResult{Status: stepTimeout}
	lost := &clockworkv1.ExecutionResult{Status: stepLost}
	broken := &clockworkv1.ExecutionResult{Status: stepError}
	for name, test := range map[string]struct {
		on     bundle.RetryOn
		result *clockworkv1.ExecutionResult
		want   bool
	}{
		"any code":                {bundle.RetryOn{AnyExitCode: true}, code(3), true},
		"any code, by signal":     {bundle.RetryOn{AnyExitCode: true}, signal, true},
		"a named code":            {bundle.RetryOn{ExitCodes: []int{7, 75}}, code(75), true},
		"another code":            {bundle.RetryOn{ExitCodes: []int{7, 75}}, code(3), false},
		"a named code, by signal": {bundle.RetryOn{ExitCodes: []int{7}}, signal, false},
		"timeout named":           {bundle.RetryOn{Timeout: true}, timeout, true},
		"timeout not named":       {bundle.RetryOn{AnyExitCode: true}, timeout, false},
		"lost named":              {bundle.RetryOn{Lost: true}, lost, true},
		"lost not named":          {bundle.RetryOn{AnyExitCode: true, Timeout: true}, lost, false},
		"our own fault":           {bundle.RetryOn{AnyExitCode: true, Timeout: true, Lost: true}, broken, false},
	} {
		if got := covers(test.on, test.result); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
