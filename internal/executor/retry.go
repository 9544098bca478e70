package executor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// retries tells whether another attempt follows one that ended like this, and how long to wait before it.
func (m *machine) retries(i int, result *clockworkv1.ExecutionResult) (time.Duration, bool) {
	retry, attempt := m.plan.steps[i].retry, int(m.steps[i].Attempt)
	if m.struck() || retry == nil || attempt >= retry.MaxAttempts || !covers(retry.On, result) {
		return 0, false
	}
	return backoff(retry, attempt, rand.Float64()), true
}

// retry records that a step is going to be tried again.
func (m *machine) retry(i int, delay time.Duration, result *clockworkv1.ExecutionResult, now time.Time) {
	step := &m.steps[i]
	m.move(i, stepRetrying)
	step.NextAttempt = now.Add(delay)
	m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_Retrying{Retrying: &clockworkv1.StepRetrying{
		StepIndex: step.Index, Name: step.Name, Attempt: step.Attempt + 1,
		Delay: durationpb.New(delay), Reason: fmt.Sprintf("attempt %d: %s", step.Attempt, ending(result)),
	}}})
	m.tried[i] = result
	m.do(wait{step: i, delay: delay})
}

// resumeWaits goes on with the waits that a restart interrupted.
func (m *machine) resumeWaits(now time.Time) {
	for i := range m.steps {
		if m.steps[i].Status == stepRetrying {
			m.do(wait{step: i, delay: max(0, m.steps[i].NextAttempt.Sub(now))})
		}
	}
}

// covers tells whether a way to end is one after which another attempt is wanted.
func covers(on bundle.RetryOn, result *clockworkv1.ExecutionResult) bool {
	switch result.GetStatus() {
	case stepTimeout:
		return on.Timeout
	case stepLost:
		return on.Lost
	case stepFailed:
		return on.AnyExitCode || result.ExitCode != nil && slices.Contains(on.ExitCodes, int(result.GetExitCode()))
	default:
		return false
	}
}

// backoff returns the wait after the given attempt: it grows by the multiplier up to the maximum, and chance, from 0 to 1, takes
// up to the jitter's share off it.
func backoff(retry *bundle.Retry, attempt int, chance float64) time.Duration {
	delay := float64(retry.InitialDelay) * math.Pow(retry.Multiplier, float64(attempt-1))
	delay = min(delay, float64(retry.MaxDelay))
	return time.Duration(delay * (1 - retry.Jitter*chance))
}
