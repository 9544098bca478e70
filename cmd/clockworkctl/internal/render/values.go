package render

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// word is the name of an enum's value as documents write it: STEP_STATUS_SUCCESS is "success". The zero value is "".
func word(value fmt.Stringer, prefix string) string {
	name := strings.TrimPrefix(value.String(), prefix)
	if name == "UNSPECIFIED" {
		return ""
	}
	return strings.ToLower(name)
}

func stepStatus(status clockworkv1.StepStatus) string {
	return word(status, "STEP_STATUS_")
}

// ExecutionStatus is the status as a word.
func ExecutionStatus(status clockworkv1.ExecutionStatus) string {
	return word(status, "EXECUTION_STATUS_")
}

func streamName(stream clockworkv1.Stream) string {
	return word(stream, "STREAM_")
}

func phaseName(phase clockworkv1.Phase) string {
	return word(phase, "PHASE_")
}

func isolationName(isolation clockworkv1.Isolation) string {
	return word(isolation, "ISOLATION_")
}

// seconds is a duration as documents write it.
func seconds(duration *durationpb.Duration) decimal {
	return decimal(duration.AsDuration().Seconds())
}

// epoch is a point in time as documents write it, exact to the microsecond. Nil: there is none.
func epoch(t *timestamppb.Timestamp) *decimal {
	if t == nil {
		return nil
	}
	return new(decimal(t.AsTime().UnixMicro()) / 1e6)
}

// text is bytes made readable.
func text(data []byte) string {
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// list is never null in a document.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

// dict is never null in a document.
func dict(values map[string]string) map[string]string {
	if values == nil {
		return map[string]string{}
	}
	return values
}

// each converts every element; the result is never null in a document.
func each[From, To any](values []From, convert func(From) To) []To {
	converted := make([]To, len(values))
	for i, value := range values {
		converted[i] = convert(value)
	}
	return converted
}

// anys is what View.Lines takes.
func anys[T any](values []T) []any {
	return each(values, func(value T) any { return value })
}

// span is a duration for a person: three digits are enough.
func span(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.2fs", d.Seconds())
	default:
		return d.Round(time.Second).String()
	}
}

// moment is a point in time for a person, in the local time zone; "-" if there is none.
func moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return "-"
	}
	return t.AsTime().Local().Format(time.DateTime)
}

// orDash stands in for what is empty, where a column would be.
func orDash(value string) string {
	return cmp.Or(value, "-")
}

// plural is "1 step", "2 steps".
func plural[N ~int | ~uint32 | ~uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
