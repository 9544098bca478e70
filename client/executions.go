package client

import (
	"context"
	"iter"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Get returns an execution with the results of its finished steps. Errors: ErrNotFound, ErrUnreachable.
func (c *Client) Get(ctx context.Context, id string) (*clockworkv1.Execution, error) {
	execution, err := c.executions.GetExecution(ctx, &clockworkv1.GetExecutionRequest{ExecutionId: id})
	if err != nil {
		return nil, c.typed("get execution "+id, err)
	}
	return execution, nil
}

// List yields the executions that the filter lets through, newest first and without the results of their steps, fetching
// page after page as they are consumed. The filter's page size is that of one fetch. An error ends it.
func (c *Client) List(ctx context.Context, filter *clockworkv1.ListExecutionsRequest) iter.Seq2[*clockworkv1.Execution, error] {
	return func(yield func(*clockworkv1.Execution, error) bool) {
		request := &clockworkv1.ListExecutionsRequest{}
		proto.Merge(request, filter)
		for {
			page, err := c.executions.ListExecutions(ctx, request)
			if err != nil {
				yield(nil, c.typed("list executions", err))
				return
			}
			for _, execution := range page.GetExecutions() {
				if !yield(execution, nil) {
					return
				}
			}
			if page.GetNextPageToken() == "" {
				return
			}
			request.PageToken = page.GetNextPageToken()
		}
	}
}

// ListPage returns one page of what List yields, and the token by which the filter asks for the next one; empty: it is the last.
func (c *Client) ListPage(ctx context.Context, filter *clockworkv1.ListExecutionsRequest) (executions []*clockworkv1.Execution, next string, err error) {
	page, err := c.executions.ListExecutions(ctx, filter)
	if err != nil {
		return nil, "", c.typed("list executions", err)
	}
	return page.GetExecutions(), page.GetNextPageToken(), nil
}

// Cancel asks for the end of an execution and returns at once, with its state; its events tell when it has ended.
// Cancelling one that has ended is not an error. Errors: ErrNotFound, ErrUnreachable.
func (c *Client) Cancel(ctx context.Context, id, reason string) (*clockworkv1.Execution, error) {
	execution, err := c.executions.CancelExecution(ctx, &clockworkv1.CancelExecutionRequest{ExecutionId: id, Reason: reason})
	if err != nil {
		return nil, c.typed("cancel execution "+id, err)
	}
	return execution, nil
}

// Validate judges a bundle as Execute would and does nothing. Faults of the bundle and a refusal are part of the answer.
func (c *Client) Validate(ctx context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
	if size := proto.Size(request); size > MaxMessageBytes {
		return nil, tooLarge(size)
	}
	response, err := c.executions.ValidateBundle(ctx, request)
	if err != nil {
		return nil, c.invalidBundle("validate the bundle", err)
	}
	return response, nil
}
