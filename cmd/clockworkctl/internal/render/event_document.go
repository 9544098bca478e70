package render

import (
	"unicode/utf8"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// eventHeader begins the document of every event. Type is the API's name of the kind.
type eventHeader struct {
	Sequence    uint64   `json:"sequence"`
	Time        *decimal `json:"time"`
	ExecutionID string   `json:"execution_id"`
	Type        string   `json:"type"`
}

type acceptedDocument struct {
	eventHeader

	Runner       string   `json:"runner"`
	RunnerType   string   `json:"runner_type"`
	RunnerReason string   `json:"runner_reason"`
	BundleDigest string   `json:"bundle_digest"`
	TotalSteps   uint32   `json:"total_steps"`
	Warnings     []string `json:"warnings"`
}

type stepStartedDocument struct {
	eventHeader

	StepIndex uint32   `json:"step_index"`
	Name      string   `json:"name"`
	Purpose   string   `json:"purpose"`
	Attempt   uint32   `json:"attempt"`
	Command   []string `json:"command"`
}

// outputDocument is exact: bytes that are not valid UTF-8 come as data_base64. One of the two is null.
type outputDocument struct {
	eventHeader

	StepIndex  uint32  `json:"step_index"`
	Name       string  `json:"name"`
	Attempt    uint32  `json:"attempt"`
	Stream     string  `json:"stream"`
	Offset     uint64  `json:"offset"`
	Data       *string `json:"data"`
	DataBase64 []byte  `json:"data_base64"`
}

type outputDroppedDocument struct {
	eventHeader

	StepIndex uint32 `json:"step_index"`
	Name      string `json:"name"`
	Attempt   uint32 `json:"attempt"`
	Stream    string `json:"stream"`
	Offset    uint64 `json:"offset"`
	Bytes     uint64 `json:"bytes"`
	Reason    string `json:"reason"`
}

type retryingDocument struct {
	eventHeader

	StepIndex uint32  `json:"step_index"`
	Name      string  `json:"name"`
	Attempt   uint32  `json:"attempt"`
	Delay     decimal `json:"delay"`
	Reason    string  `json:"reason"`
}

type noticeDocument struct {
	eventHeader

	Phase     string  `json:"phase"`
	Message   string  `json:"message"`
	StepIndex *uint32 `json:"step_index"`
}

type stepFinishedDocument struct {
	eventHeader

	Result stepResultDocument `json:"result"`
}

type executionFinishedDocument struct {
	eventHeader

	Status           string          `json:"status"`
	ErrorMessage     string          `json:"error_message"`
	ExecutionSummary summaryDocument `json:"execution_summary"`
}

// eventDocument is the document of an event. One of a kind that this version does not know has a header with type "".
func eventDocument(event *clockworkv1.Event) any {
	header := func(kind string) eventHeader {
		return eventHeader{Sequence: event.GetSequence(), Time: epoch(event.GetTime()), ExecutionID: event.GetExecutionId(), Type: kind}
	}
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Accepted:
		return acceptedDocumentOf(header("accepted"), kind.Accepted)
	case *clockworkv1.Event_StepStarted:
		e := kind.StepStarted
		return stepStartedDocument{header("step_started"), e.GetStepIndex(), e.GetName(), e.GetPurpose(), e.GetAttempt(), list(e.GetCommand())}
	case *clockworkv1.Event_Output:
		return outputDocumentOf(header("output"), kind.Output)
	case *clockworkv1.Event_OutputDropped:
		e := kind.OutputDropped
		return outputDroppedDocument{
			header("output_dropped"), e.GetStepIndex(), e.GetName(), e.GetAttempt(),
			streamName(e.GetStream()), e.GetOffset(), e.GetBytes(), e.GetReason(),
		}
	case *clockworkv1.Event_Retrying:
		e := kind.Retrying
		return retryingDocument{header("retrying"), e.GetStepIndex(), e.GetName(), e.GetAttempt(), seconds(e.GetDelay()), e.GetReason()}
	case *clockworkv1.Event_Notice:
		e := kind.Notice
		return noticeDocument{header("notice"), phaseName(e.GetPhase()), e.GetMessage(), e.StepIndex} //nolint:protogetter // the getter hides that there is none
	case *clockworkv1.Event_StepFinished:
		return stepFinishedDocument{header("step_finished"), stepResultDocumentOf(kind.StepFinished.GetResult())}
	case *clockworkv1.Event_ExecutionFinished:
		e := kind.ExecutionFinished
		return executionFinishedDocument{
			header("execution_finished"), ExecutionStatus(e.GetStatus()), e.GetErrorMessage(), summaryDocumentOf(e.GetSummary()),
		}
	default:
		return header("")
	}
}

func acceptedDocumentOf(header eventHeader, e *clockworkv1.ExecutionAccepted) acceptedDocument {
	return acceptedDocument{
		eventHeader:  header,
		Runner:       e.GetRunner(),
		RunnerType:   e.GetRunnerType(),
		RunnerReason: e.GetRunnerReason(),
		BundleDigest: e.GetBundleDigest(),
		TotalSteps:   e.GetTotalSteps(),
		Warnings:     list(e.GetWarnings()),
	}
}

func outputDocumentOf(header eventHeader, e *clockworkv1.Output) outputDocument {
	document := outputDocument{
		eventHeader: header,
		StepIndex:   e.GetStepIndex(),
		Name:        e.GetName(),
		Attempt:     e.GetAttempt(),
		Stream:      streamName(e.GetStream()),
		Offset:      e.GetOffset(),
	}
	if data := e.GetData(); utf8.Valid(data) {
		document.Data = new(string(data))
	} else {
		document.DataBase64 = data
	}
	return document
}
