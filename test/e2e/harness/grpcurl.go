package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// Reply is what a call by grpcurl came to.
type Reply struct {
	// Messages are the answers: one, or those of a stream, each with its zero values.
	Messages []json.RawMessage
	// Status is how the call ended.
	Status Status
}

// Status is a google.rpc.Status; its zero value is success.
type Status struct {
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Details []StatusDetail `json:"details"`
}

// StatusDetail is one of the google.rpc details, whichever it is.
type StatusDetail struct {
	Type            string           `json:"@type"`
	FieldViolations []FieldViolation `json:"fieldViolations"`
	Reason          string           `json:"reason"`
	Domain          string           `json:"domain"`
	RetryDelay      string           `json:"retryDelay"`
}

// FieldViolation is what a google.rpc.BadRequest says of one field.
type FieldViolation struct {
	Field       string `json:"field"`
	Description string `json:"description"`
}

// Violations returns the fields that the BadRequest details name.
func (s Status) Violations() []string {
	var fields []string
	for _, detail := range s.Details {
		for _, violation := range detail.FieldViolations {
			fields = append(fields, violation.Field)
		}
	}
	return fields
}

// Reason returns the reason that the ErrorInfo detail of the domain "clockwork" gives; empty if there is none.
func (s Status) Reason() string {
	for _, detail := range s.Details {
		if detail.Domain == "clockwork" {
			return detail.Reason
		}
	}
	return ""
}

// RetryDelay returns what the RetryInfo detail asks to wait; empty if there is none.
func (s Status) RetryDelay() string {
	for _, detail := range s.Details {
		if detail.RetryDelay != "" {
			return detail.RetryDelay
		}
	}
	return ""
}

// Grpcurl calls a method of clockwork.v1, "ExecutionService/ExecuteBundle" for instance, knowing nothing but what the daemon's
// reflection tells. The request is JSON.
func (d *Daemon) Grpcurl(t *testing.T, method string, request []byte) Reply {
	t.Helper()
	return d.GrpcurlAny(t, "clockwork.v1."+method, request)
}

// GrpcurlAny calls any method by its full name.
func (d *Daemon) GrpcurlAny(t *testing.T, method string, request []byte) Reply {
	t.Helper()
	result := d.grpcurl(t, request, "-emit-defaults", "-format-error", "-max-msg-sz", "83886080", "-d", "@", d.Socket, method)
	return Reply{Messages: messages(t, result.Stdout), Status: statusOf(t, result)}
}

// GrpcurlText calls a method of clockwork.v1 with a request in protobuf's text format, which can say more than JSON.
func (d *Daemon) GrpcurlText(t *testing.T, method, request string) Status {
	t.Helper()
	result := d.grpcurl(t, []byte(request), "-format", "text", "-format-error", "-d", "@", d.Socket, "clockwork.v1."+method)
	if result.Code == 0 {
		return Status{}
	}
	return parseTextStatus(t, result.Stderr)
}

// GrpcurlList returns the names of the services that the daemon's reflection lists.
func (d *Daemon) GrpcurlList(t *testing.T) []string {
	t.Helper()
	return strings.Fields(d.grpcurl(t, nil, d.Socket, "list").Want(t, 0).Stdout)
}

func (d *Daemon) grpcurl(t *testing.T, stdin []byte, args ...string) Result {
	t.Helper()
	cmd := exec.Command(Tool(t, "grpcurl"), append([]string{"-plaintext", "-unix"}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stdin = d.Env(), d.Dir, bytes.NewReader(stdin)
	return Run(t, cmd)
}

func messages(t *testing.T, text string) []json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var message json.RawMessage
		switch err := decoder.Decode(&message); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("grpcurl did not print JSON: %v\n%s", err, text)
		}
		all = append(all, message)
	}
}

// statusOf reads the status that grpcurl prints to standard error. What it refuses itself is no status and fails the test.
func statusOf(t *testing.T, result Result) Status {
	t.Helper()
	if result.Code == 0 {
		return Status{}
	}
	var status Status
	if err := json.Unmarshal([]byte(result.Stderr), &status); err != nil || status.Code == 0 {
		t.Fatalf("grpcurl ended with exit code %d and no status (%v):\n%s", result.Code, err, result.Stderr)
	}
	return status
}

// Name is the code's name as the gRPC specification spells it.
func (s Status) Name() string {
	names := []string{
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
		"RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
		"DATA_LOSS", "UNAUTHENTICATED",
	}
	if s.Code < 0 || s.Code >= len(names) {
		return strconv.Itoa(s.Code)
	}
	return names[s.Code]
}
