package agent

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Terminate ends a process with its whole tree: SIGTERM, after the grace SIGKILL. It returns when nothing of the tree is left. The agent
// goes on with it when ctx is done. Repeating it can only shorten the grace. It may be called for a process that has ended, to end what it left behind.
func (c *Client) Terminate(ctx context.Context, processID string, grace time.Duration) error {
	request := &agentv1.TerminateRequest{ProcessId: processID, Grace: durationpb.New(grace)}
	err := c.retry(ctx, func(ctx context.Context) error {
		_, err := c.rpc.Terminate(ctx, request)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot terminate process %q: %w", processID, err)
	}
	return nil
}

// Processes lists the processes that were started and are not forgotten, in the order of their start.
func (c *Client) Processes(ctx context.Context) ([]*agentv1.Process, error) {
	var answer *agentv1.ListProcessesResponse
	err := c.retry(ctx, func(ctx context.Context) (err error) {
		answer, err = c.rpc.ListProcesses(ctx, &agentv1.ListProcessesRequest{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot list the sandbox's processes: %w", err)
	}
	return answer.GetProcesses(), nil
}

// ShutdownReport is what was found when a sandbox was ended.
type ShutdownReport struct {
	// Killed counts the processes that were still alive.
	Killed uint64
	// DiscardedBytes counts what background processes printed after the end of their step.
	DiscardedBytes uint64
}

// Shutdown ends everything that was ever started in the sandbox, SIGTERM first, after the grace SIGKILL; then the agent ends. If the
// line breaks meanwhile, it may return ErrGone for an agent that did as it was told.
func (c *Client) Shutdown(ctx context.Context, grace time.Duration) (ShutdownReport, error) {
	var answer *agentv1.ShutdownResponse
	err := c.retry(ctx, func(ctx context.Context) (err error) {
		answer, err = c.rpc.Shutdown(ctx, &agentv1.ShutdownRequest{Grace: durationpb.New(grace)})
		return err
	})
	if err != nil {
		return ShutdownReport{}, fmt.Errorf("cannot shut the sandbox down: %w", err)
	}
	return ShutdownReport{Killed: answer.GetKilled(), DiscardedBytes: answer.GetDiscardedBytes()}, nil
}
