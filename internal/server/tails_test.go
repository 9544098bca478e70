package server

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestResultsFitIntoOneMessage(t *testing.T) {
	t.Parallel()
	tail := bytes.Repeat([]byte("x"), 64<<10-1)
	tail = append(tail, '.')
	results := make([]*clockworkv1.ExecutionResult, 2000)
	for i := range results {
		results[i] = &clockworkv1.ExecutionResult{Stdout: tail, Stderr: []byte("short")}
	}
	fitted := fitTails(results)
	if size := proto.Size(&clockworkv1.Execution{StepResults: fitted}); size > maxMessage {
		t.Errorf("%d bytes are more than a message may have", size)
	}
	first := fitted[0]
	if !first.GetStdoutTruncated() || !bytes.HasSuffix(first.GetStdout(), []byte("x.")) || first.GetStderrTruncated() || string(first.GetStderr()) != "short" {
		t.Errorf("stdout %d bytes, truncated %v; stderr %q", len(first.GetStdout()), first.GetStdoutTruncated(), first.GetStderr())
	}
	if len(results[0].GetStdout()) != len(tail) {
		t.Error("the results themselves were changed")
	}
	if few := fitTails(results[:10]); &few[0] != &results[0] {
		t.Error("results that fit were copied")
	}
}
