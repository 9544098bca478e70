package executor

import (
	"fmt"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// dropped counts the output of an attempt that was not recorded.
type dropped struct {
	reason string
	gaps   map[clockworkv1.Stream]*clockworkv1.OutputDropped
}

// begin says that from now on nothing is recorded: what came behind a gap would be taken for what is missing.
func (d *dropped) begin(reason string) {
	d.reason, d.gaps = reason, map[clockworkv1.Stream]*clockworkv1.OutputDropped{}
}

func (d *dropped) begun() bool { return d.gaps != nil }

// add counts a run of output.
func (d *dropped) add(output *clockworkv1.Output) {
	gap := d.gaps[output.GetStream()]
	if gap == nil {
		gap = &clockworkv1.OutputDropped{
			StepIndex: output.GetStepIndex(), Name: output.GetName(), Attempt: output.GetAttempt(),
			Stream: output.GetStream(), Offset: output.GetOffset(), Reason: d.reason,
		}
		d.gaps[output.GetStream()] = gap
	}
	gap.Bytes += uint64(len(output.GetData()))
}

// list returns what is missing, standard output first.
func (d *dropped) list() []*clockworkv1.OutputDropped {
	var list []*clockworkv1.OutputDropped
	for _, stream := range []clockworkv1.Stream{clockworkv1.Stream_STREAM_STDOUT, clockworkv1.Stream_STREAM_STDERR} {
		if gap := d.gaps[stream]; gap != nil {
			list = append(list, gap)
		}
	}
	return list
}

// count tells a result of output that is not there: it was written all the same.
func count(result *clockworkv1.ExecutionResult, gap *clockworkv1.OutputDropped) {
	stream := "stdout"
	if gap.GetStream() == clockworkv1.Stream_STREAM_STDERR {
		stream = "stderr"
		result.StderrBytes += gap.GetBytes()
		result.StderrTruncated = true
	} else {
		result.StdoutBytes += gap.GetBytes()
		result.StdoutTruncated = true
	}
	result.ErrorMessage += fmt.Sprintf("; its %s from byte %d on could not be recorded", stream, gap.GetOffset())
}
