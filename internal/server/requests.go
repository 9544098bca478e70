package server

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/durationpb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	maxID       = 64
	maxKey      = 256
	maxReason   = 4096
	maxPageSize = 1000
)

// fault is one thing wrong with a request: the path of the field, and what would be right.
type fault struct{ path, message string }

// The check functions name all that is wrong with a request besides its bundle, which the executor judges.

func checkExecute(request *clockworkv1.ExecuteBundleRequest) []fault {
	return slices.Concat(
		checkRequirements(request.GetRequirements()),
		checkTimeout("timeout", request.GetTimeout()),
		checkTimeout("step_timeout", request.GetStepTimeout()),
		checkLength("idempotency_key", request.GetIdempotencyKey(), maxKey),
	)
}

func checkValidate(request *clockworkv1.ValidateBundleRequest) []fault {
	return checkRequirements(request.GetRequirements())
}

func checkID(id string) []fault {
	if id == "" {
		return []fault{{"execution_id", "must not be empty"}}
	}
	return checkLength("execution_id", id, maxID)
}

func checkCancel(request *clockworkv1.CancelExecutionRequest) []fault {
	return slices.Concat(checkID(request.GetExecutionId()), checkLength("reason", request.GetReason(), maxReason))
}

func checkReadOutput(request *clockworkv1.ReadOutputFileRequest) []fault {
	faults := checkID(request.GetExecutionId())
	if !filepath.IsLocal(request.GetPath()) {
		faults = append(faults, fault{"path", "must be the path of an output file: relative, and without .."})
	}
	return faults
}

func checkList(request *clockworkv1.ListExecutionsRequest) []fault {
	var faults []fault
	if size := request.GetPageSize(); size < 0 || size > maxPageSize {
		faults = append(faults, fault{"page_size", fmt.Sprintf("must be from 0 to %d, not %d", maxPageSize, size)})
	}
	for i, status := range request.GetStatuses() {
		if _, known := clockworkv1.ExecutionStatus_name[int32(status)]; !known || status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_UNSPECIFIED {
			faults = append(faults, fault{fmt.Sprintf("statuses[%d]", i), fmt.Sprintf("%d is not a status", status)})
		}
	}
	if since := request.GetSince(); since != nil && since.CheckValid() != nil {
		faults = append(faults, fault{"since", "must be a time of the years 1 to 9999"})
	}
	return faults
}

func checkRequirements(requirements *clockworkv1.RunnerRequirements) []fault {
	isolation := requirements.GetIsolation()
	if _, known := clockworkv1.Isolation_name[int32(isolation)]; !known {
		return []fault{{"requirements.isolation", fmt.Sprintf("%d is not a degree of isolation", isolation)}}
	}
	return nil
}

func checkTimeout(path string, timeout *durationpb.Duration) []fault {
	switch {
	case timeout == nil:
		return nil
	case timeout.CheckValid() != nil || timeout.AsDuration() <= 0:
		return []fault{{path, "must be positive, 300s for instance; leave it out for none"}}
	case timeout.GetSeconds() > int64(maxTimeout/time.Second):
		return []fault{{path, fmt.Sprintf("must be at most %s", maxTimeout)}}
	default:
		return nil
	}
}

// maxTimeout keeps sums of times inside what a time.Duration holds.
const maxTimeout = 100 * 365 * 24 * time.Hour

func checkLength(path, text string, most int) []fault {
	if len(text) > most || !utf8.ValidString(text) {
		return []fault{{path, fmt.Sprintf("must be UTF-8 of at most %d bytes, has %d", most, len(text))}}
	}
	return nil
}
