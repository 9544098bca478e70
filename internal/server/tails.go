package server

import (
	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// tailsBudget is how many bytes of output the results in one message may carry, so that it stays below maxMessage.
const tailsBudget = 64 << 20

// fitTails shortens the tails of an execution's results where all of them together do not fit into one message. Nothing is lost by it:
// all output is in the event stream.
func fitTails(results []*clockworkv1.ExecutionResult) []*clockworkv1.ExecutionResult {
	total := 0
	for _, result := range results {
		total += len(result.GetStdout()) + len(result.GetStderr())
	}
	if total <= tailsBudget {
		return results
	}
	most := tailsBudget / len(results) / 2
	fitted := make([]*clockworkv1.ExecutionResult, len(results))
	for i, result := range results {
		short := proto.CloneOf(result)
		short.Stdout, short.StdoutTruncated = shorten(result.GetStdout(), most, result.GetStdoutTruncated())
		short.Stderr, short.StderrTruncated = shorten(result.GetStderr(), most, result.GetStderrTruncated())
		fitted[i] = short
	}
	return fitted
}

// shorten keeps the end of a tail.
func shorten(tail []byte, most int, truncated bool) ([]byte, bool) {
	if len(tail) <= most {
		return tail, truncated
	}
	return tail[len(tail)-most:], true
}
