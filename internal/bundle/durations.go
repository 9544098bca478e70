package bundle

import (
	"math"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
)

// maxSeconds is the most whole seconds that a time.Duration holds: 292 years.
const maxSeconds = math.MaxInt64 / int64(time.Second)

// duration checks that a duration is positive; 0 where it is absent or at fault.
func (n *normaliser) duration(d *durationpb.Duration, at jsonPath) time.Duration {
	if d == nil {
		return 0
	}
	switch {
	case !d.IsValid():
		n.fault(at, "is no valid duration (%d s and %d ns)", d.GetSeconds(), d.GetNanos())
	case d.AsDuration() <= 0:
		n.fault(at, "must be positive, is %v", d.AsDuration())
	case d.GetSeconds() >= maxSeconds:
		n.fault(at, "must be shorter than %ds, is %ds", maxSeconds, d.GetSeconds())
	default:
		return d.AsDuration()
	}
	return 0
}
