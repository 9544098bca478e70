package server

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func recordOf(created time.Time) journal.Execution {
	return journal.Execution{
		ID: "x1", Principal: "uid:7", Key: "k", Created: created, LastSequence: 12,
		Header: journal.Header{
			Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING, Runner: "py", RunnerType: "docker", RunnerReason: "asked for by name",
			BundleDigest: "sha256:0", Started: created.Add(time.Second), Error: "none yet", CancelRequested: true,
		},
		Steps: []journal.Step{
			{Name: "a", Purpose: "p", Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS, Attempt: 3, Result: &clockworkv1.ExecutionResult{Name: "a"}},
			{Name: "b", Status: clockworkv1.StepStatus_STEP_STATUS_LOST, Attempt: 1, Result: &clockworkv1.ExecutionResult{Name: "b"}},
			{Name: "c", Status: clockworkv1.StepStatus_STEP_STATUS_RUNNING, Attempt: 1},
			{Name: "d", Status: clockworkv1.StepStatus_STEP_STATUS_PENDING},
		},
	}
}

func TestExecutionOf(t *testing.T) {
	t.Parallel()
	created := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	got := executionOf(recordOf(created), created.Add(time.Minute))
	want := &clockworkv1.Execution{
		Id: "x1", Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING, Principal: "uid:7", Runner: "py", RunnerType: "docker",
		RunnerReason: "asked for by name", BundleDigest: "sha256:0", CreateTime: timestamppb.New(created), StartTime: timestamppb.New(created.Add(time.Second)),
		ErrorMessage: "none yet", LastSequence: 12, IdempotencyKey: "k", CancelRequested: true,
		Summary: &clockworkv1.ExecutionSummary{
			TotalSteps: 4, Successful: 1, Lost: 1, TotalTime: durationpb.New(time.Minute), TotalRetries: 2, SuccessRate: 25,
		},
		StepResults: []*clockworkv1.ExecutionResult{{Name: "a"}, {Name: "b"}},
		Steps: []*clockworkv1.StepState{
			{Name: "a", Purpose: "p", Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS, Attempt: 3},
			{Name: "b", Status: clockworkv1.StepStatus_STEP_STATUS_LOST, Attempt: 1},
			{Name: "c", Status: clockworkv1.StepStatus_STEP_STATUS_RUNNING, Attempt: 1},
			{Name: "d", Status: clockworkv1.StepStatus_STEP_STATUS_PENDING},
		},
	}
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestSummaryOfAnEndedExecutionIsTheRecordedOne(t *testing.T) {
	t.Parallel()
	ended := recordOf(time.Now())
	ended.Ended, ended.Summary = time.Now(), &clockworkv1.ExecutionSummary{TotalSteps: 4, TotalTime: durationpb.New(time.Hour)}
	if got := executionOf(ended, time.Now()); !proto.Equal(got.GetSummary(), ended.Summary) || got.GetEndTime() == nil {
		t.Errorf("got %v", got)
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.journal.record = recordOf(time.Now())
	if got, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x1"}); err != nil || len(got.GetSteps()) != 4 {
		t.Errorf("got %v, %v", got, err)
	}
	_, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x2"})
	wantCode(t, err, codes.NotFound)
	_, err = d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{})
	wantCode(t, err, codes.InvalidArgument)
}

func TestList(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.journal.record = recordOf(time.Now())
	since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	got, err := d.ListExecutions(t.Context(), &clockworkv1.ListExecutionsRequest{
		PageSize: 7, PageToken: "token", Statuses: []clockworkv1.ExecutionStatus{2}, Runner: "py", Principal: "uid:7", Since: timestamppb.New(since),
	})
	if err != nil || got.GetNextPageToken() != "next" || len(got.GetExecutions()) != 1 || got.GetExecutions()[0].GetSteps() != nil {
		t.Errorf("got %v, %v", got, err)
	}
	want := journal.Filter{Statuses: []clockworkv1.ExecutionStatus{2}, Runner: "py", Principal: "uid:7", Since: since, Limit: 7, Token: "token"}
	if !reflect.DeepEqual(d.journal.filter, want) {
		t.Errorf("asked for %+v; want %+v", d.journal.filter, want)
	}
	_, err = d.ListExecutions(t.Context(), &clockworkv1.ListExecutionsRequest{PageSize: 1001})
	wantCode(t, err, codes.InvalidArgument)
	_, err = d.ListExecutions(t.Context(), &clockworkv1.ListExecutionsRequest{PageToken: "bad"})
	wantCode(t, err, codes.InvalidArgument)
}

func TestCancel(t *testing.T) {
	t.Parallel()
	d := serve(t)
	var asked []string
	d.executor.cancel = func(id, principal, reason string) error {
		asked = append(asked, id, principal, reason)
		return nil
	}
	got, err := d.CancelExecution(t.Context(), &clockworkv1.CancelExecutionRequest{ExecutionId: "x1", Reason: "enough"})
	if err != nil || got.GetId() != "x1" || asked[0] != "x1" || !strings.HasPrefix(asked[1], "uid:") || asked[2] != "enough" {
		t.Errorf("got %v, %v after asking %q", got, err, asked)
	}
	d.executor.cancel = func(string, string, string) error { return journal.ErrNotFound }
	_, err = d.CancelExecution(t.Context(), &clockworkv1.CancelExecutionRequest{ExecutionId: "x1"})
	wantCode(t, err, codes.NotFound)
}

func TestValidate(t *testing.T) {
	t.Parallel()
	d := serve(t)
	d.executor.validate = func(request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
		return &clockworkv1.ValidateBundleResponse{Runner: request.GetRunner(), Faults: []*clockworkv1.Fault{{Path: "steps"}}}, nil
	}
	got, err := d.ValidateBundle(t.Context(), &clockworkv1.ValidateBundleRequest{Runner: "a"})
	if err != nil || got.GetValid() || got.GetRunner() != "a" || len(got.GetFaults()) != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	_, err = d.ValidateBundle(t.Context(), &clockworkv1.ValidateBundleRequest{Requirements: &clockworkv1.RunnerRequirements{Isolation: -1}})
	wantCode(t, err, codes.InvalidArgument)
}

func TestReadOutputFile(t *testing.T) {
	t.Parallel()
	d := serve(t)
	content := strings.Repeat("0123456789abcdef", 40_000)
	d.journal.files = map[string]string{"out/a": content, "empty": ""}
	for path, want := range d.journal.files {
		stream, err := d.ReadOutputFile(t.Context(), &clockworkv1.ReadOutputFileRequest{ExecutionId: "x1", Path: path})
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for {
			piece, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(piece.GetData()) > 256<<10 {
				t.Fatalf("a piece of %d bytes, %v", len(piece.GetData()), err)
			}
			got.Write(piece.GetData())
		}
		if got.String() != want {
			t.Errorf("%s: got %d bytes; want %d", path, got.Len(), len(want))
		}
	}
	stream, err := d.ReadOutputFile(t.Context(), &clockworkv1.ReadOutputFileRequest{ExecutionId: "x1", Path: "none"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	wantCode(t, err, codes.NotFound)
}
