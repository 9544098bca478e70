package agent

import "google.golang.org/grpc/status"

// answer is a refusal by the agent. It reads as the agent put it, without gRPC's words around it, and keeps its status.
type answer struct{ status *status.Status }

func (a answer) Error() string { return a.status.Message() }

// GRPCStatus lets status.Code and status.FromError find the status.
func (a answer) GRPCStatus() *status.Status { return a.status }

// plainly turns what gRPC returned into an answer. Other errors stay as they are.
func plainly(err error) error {
	if refused, ok := err.(interface{ GRPCStatus() *status.Status }); ok {
		return answer{refused.GRPCStatus()}
	}
	return err
}
