package bundle

import (
	"math"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
)

// maxDuration is what a time.Duration holds, in whole seconds: 292 years.
const maxDuration = math.MaxInt64 / time.Second * time.Second

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
	case d.AsDuration() > maxDuration:
		n.fault(at, "must be at most %ds", int64(maxDuration.Seconds()))
	default:
		return d.AsDuration()
	}
	return 0
}
