package server

import (
	"context"
	"io"
	"iter"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Executor is what the server asks of *executor.Executor, with the errors that it documents.
type Executor interface {
	// Execute returns when the execution is durable, or joined by its idempotency key.
	Execute(ctx context.Context, principal string, request *clockworkv1.ExecuteBundleRequest) (id string, err error)
	// Cancel returns when the wish is durable.
	Cancel(ctx context.Context, id, principal, reason string) error
	// Validate does nothing but judge.
	Validate(ctx context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error)
}

// Journal is what the server reads of a journal.Store.
type Journal interface {
	Get(ctx context.Context, id string) (journal.Execution, error)
	List(ctx context.Context, filter journal.Filter) ([]journal.Execution, string, error)
	Follow(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error]
	OpenFile(ctx context.Context, id string, step uint32, path string) (io.ReadCloser, error)
}

// Daemon is what the server asks of the daemon as a whole.
type Daemon interface {
	// Diagnose looks at what only the daemon can see. It is quick, and says nothing secret.
	Diagnose(ctx context.Context) *clockworkv1.DiagnoseResponse
}

// Runners is what the server reads of a *runners.Registry.
type Runners interface {
	All() []*runners.Runner
	Get(name string) (*runners.Runner, bool)
	Default() *runners.Runner
}
