package agent

import (
	"context"
	"time"

	"google.golang.org/grpc"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Exit is how a process ended, or why it could not be started.
type Exit struct {
	*agentv1.Exited

	client *Client
	stream grpc.BidiStreamingClient[agentv1.RunRequest, agentv1.RunResponse]
	cancel context.CancelFunc
}

// forgetTime bounds how long an acknowledgement of an exit may be under way.
const forgetTime = 10 * time.Second

// Forget lets the agent forget the process, once its end is durable; it cannot be joined any more after that. It is best effort, does not
// wait, and is called once. An Exit that is not forgotten keeps a call open until the Client is closed, and its record until the sandbox is destroyed.
func (e *Exit) Forget() {
	err := e.stream.Send(&agentv1.RunRequest{Kind: &agentv1.RunRequest_Ack{Ack: &agentv1.Ack{Exit: true}}})
	if err != nil || e.stream.CloseSend() != nil || !e.client.background(e.await) {
		e.cancel()
	}
}

// await lets the agent end the call, so that the acknowledgement is not cancelled with it.
func (e *Exit) await() {
	timer := time.AfterFunc(forgetTime, e.cancel)
	defer timer.Stop()
	defer e.cancel()
	for {
		if _, err := e.stream.Recv(); err != nil {
			return
		}
	}
}
