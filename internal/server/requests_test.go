package server

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func badExecuteRequest() *clockworkv1.ExecuteBundleRequest {
	return &clockworkv1.ExecuteBundleRequest{
		Requirements:   &clockworkv1.RunnerRequirements{Isolation: 9},
		Timeout:        durationpb.New(0),
		StepTimeout:    &durationpb.Duration{Seconds: 1 << 50},
		IdempotencyKey: strings.Repeat("k", 257),
	}
}

func TestGoodRequestsHaveNoFaults(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string][]fault{
		"execute": checkExecute(&clockworkv1.ExecuteBundleRequest{
			Requirements: &clockworkv1.RunnerRequirements{Isolation: clockworkv1.Isolation_ISOLATION_VM},
			Timeout:      durationpb.New(time.Nanosecond), StepTimeout: durationpb.New(24 * time.Hour), IdempotencyKey: strings.Repeat("k", 256),
		}),
		"list":  checkList(&clockworkv1.ListExecutionsRequest{PageSize: 1000, Since: timestamppb.Now(), Statuses: []clockworkv1.ExecutionStatus{1, 8}}),
		"empty": checkExecute(&clockworkv1.ExecuteBundleRequest{}),
	} {
		if len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	for want, faults := range map[string][]fault{
		"timeout: must be positive":                                          checkTimeout("timeout", durationpb.New(-time.Second)),
		"timeout: must be at most 876000h0m0s":                               checkTimeout("timeout", durationpb.New(101*365*24*time.Hour)),
		"page_size: must be from 0 to 1000, not 1001":                        checkList(&clockworkv1.ListExecutionsRequest{PageSize: 1001}),
		"page_size: must be from 0 to 1000, not -1":                          checkList(&clockworkv1.ListExecutionsRequest{PageSize: -1}),
		"statuses[1]: 0 is not a status":                                     checkList(&clockworkv1.ListExecutionsRequest{Statuses: []clockworkv1.ExecutionStatus{1, 0}}),
		"statuses[0]: 99 is not a status":                                    checkList(&clockworkv1.ListExecutionsRequest{Statuses: []clockworkv1.ExecutionStatus{99}}),
		"since: must be a time":                                              checkList(&clockworkv1.ListExecutionsRequest{Since: &timestamppb.Timestamp{Nanos: -1}}),
		"reason: must be UTF-8 of at most 4096":                              checkCancel(&clockworkv1.CancelExecutionRequest{ExecutionId: "x", Reason: strings.Repeat("r", 4097)}),
		"path: must be the path of an output file: relative, and without ..": checkReadOutput(&clockworkv1.ReadOutputFileRequest{ExecutionId: "x"}),
		"execution_id: must not be empty":                                    checkID(""),
	} {
		if len(faults) != 1 || !strings.HasPrefix(faults[0].path+": "+faults[0].message, want) {
			t.Errorf("got %v; want %q", faults, want)
		}
	}
}
