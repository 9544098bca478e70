package bundle

import (
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/structpb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// retry fills in the defaults that the message documents. The first wait may be longer than the default bound;
// the bound then follows it.
func (n *normaliser) retry(message *clockworkv1.Retry, at jsonPath) *Retry {
	if message == nil {
		return nil
	}
	r := &Retry{
		MaxAttempts:  n.attempts(message, at),
		InitialDelay: time.Second,
		Multiplier:   n.multiplier(message.GetMultiplier(), at.field("multiplier")),
		Jitter:       message.GetJitter() + 0, // + 0 makes a negative zero a plain one
		On:           n.retryOn(message.GetOn(), at.field("on")),
	}
	if delay := n.duration(message.GetInitialDelay(), at.field("initial_delay")); delay > 0 {
		r.InitialDelay = delay
	}
	r.MaxDelay = max(time.Minute, r.InitialDelay)
	if delay := n.duration(message.GetMaxDelay(), at.field("max_delay")); delay > 0 {
		r.MaxDelay = delay
	}
	if r.MaxDelay < r.InitialDelay {
		n.fault(at.field("max_delay"), "must be at least initial_delay, which is %v, is %v", r.InitialDelay, r.MaxDelay)
	}
	if !(0 <= r.Jitter && r.Jitter <= 1) { // spelled so that NaN is refused
		n.fault(at.field("jitter"), "must be from 0 to 1, is %v", r.Jitter)
	}
	return r
}

func (n *normaliser) attempts(message *clockworkv1.Retry, at jsonPath) int {
	const most = 100
	attempts := int(message.GetMaxAttempts())
	if attempts == 0 {
		n.missing(at, "max_attempts", kindNumber, "must be from 1 to %d, is missing or 0", most)
	} else if attempts < 1 || attempts > most {
		n.fault(at.field("max_attempts"), "must be from 1 to %d, is %d", most, attempts)
	}
	return attempts
}

func (n *normaliser) multiplier(factor float64, at jsonPath) float64 {
	const usual = 2
	if factor == 0 {
		return usual
	}
	if !(1 <= factor && factor <= math.MaxFloat64) { // spelled so that NaN is refused
		n.fault(at, "must be a number from 1 on, is %v", factor)
	}
	return factor
}

func (n *normaliser) retryOn(values []*structpb.Value, at jsonPath) RetryOn {
	on := RetryOn{AnyExitCode: len(values) == 0}
	for i, value := range values {
		text, number := value.GetStringValue(), value.GetNumberValue()
		switch {
		case text == "timeout":
			on.Timeout = true
		case text == "lost":
			on.Lost = true
		case isInteger(number) && 1 <= number && number <= 255:
			on.ExitCodes = append(on.ExitCodes, int(number))
		default:
			n.fault(at.at(i), `must be an exit code from 1 to 255, "timeout" or "lost"`)
		}
	}
	slices.Sort(on.ExitCodes)
	on.ExitCodes = slices.Compact(on.ExitCodes)
	return on
}
