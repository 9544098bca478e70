package harness

import (
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/encoding/prototext"
)

// parseTextStatus reads the status that grpcurl prints in protobuf's text format.
func parseTextStatus(t *testing.T, text string) Status {
	t.Helper()
	var message status.Status
	if err := prototext.Unmarshal([]byte(text), &message); err != nil {
		t.Fatalf("grpcurl printed no status: %v\n%s", err, text)
	}
	result := Status{Code: int(message.GetCode()), Message: message.GetMessage()}
	for _, packed := range message.GetDetails() {
		detail, err := packed.UnmarshalNew()
		if err != nil {
			t.Fatal(err)
		}
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			result.Details = append(result.Details, StatusDetail{Reason: detail.GetReason(), Domain: detail.GetDomain()})
		case *errdetails.BadRequest:
			var fields []FieldViolation
			for _, violation := range detail.GetFieldViolations() {
				fields = append(fields, FieldViolation{Field: violation.GetField(), Description: violation.GetDescription()})
			}
			result.Details = append(result.Details, StatusDetail{FieldViolations: fields})
		}
	}
	return result
}
