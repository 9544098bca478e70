package server

import (
	"context"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// fakeExecutor answers with what a test gives it; a nil function answers that all is well.
type fakeExecutor struct {
	execute  func(ctx context.Context, principal string, request *clockworkv1.ExecuteBundleRequest) (string, error)
	cancel   func(id, principal, reason string) error
	validate func(request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error)
}

func (e *fakeExecutor) Execute(ctx context.Context, principal string, request *clockworkv1.ExecuteBundleRequest) (string, error) {
	if e.execute == nil {
		return "x1", nil
	}
	return e.execute(ctx, principal, request)
}

func (e *fakeExecutor) Cancel(_ context.Context, id, principal, reason string) error {
	if e.cancel == nil {
		return nil
	}
	return e.cancel(id, principal, reason)
}

func (e *fakeExecutor) Validate(_ context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
	if e.validate == nil {
		return &clockworkv1.ValidateBundleResponse{Valid: true}, nil
	}
	return e.validate(request)
}

// fakeJournal holds one execution, x1, whose events a test adds.
type fakeJournal struct {
	record journal.Execution
	filter journal.Filter
	files  map[string]string

	mu      sync.Mutex
	events  []*clockworkv1.Event
	ended   bool
	changed chan struct{}
	// left is told of each reader that has left.
	left chan struct{}
	// closed is told of each file that was closed.
	closed chan struct{}
}

func newFakeJournal() *fakeJournal {
	return &fakeJournal{record: journal.Execution{ID: "x1"}, changed: make(chan struct{}), left: make(chan struct{}, 100), closed: make(chan struct{}, 100)}
}

// add records an event; the last one ends the stream.
func (j *fakeJournal) add(last bool, message string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.events = append(j.events, &clockworkv1.Event{
		Sequence: uint64(len(j.events) + 1), ExecutionId: "x1",
		Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{Message: message}},
	})
	j.ended = last
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *fakeJournal) state() (events []*clockworkv1.Event, ended bool, changed chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.events), j.ended, j.changed
}

func (j *fakeJournal) Follow(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		defer func() { j.left <- struct{}{} }()
		if id != j.record.ID {
			yield(nil, journal.ErrNotFound)
			return
		}
		for {
			events, ended, changed := j.state()
			if after > uint64(len(events)) {
				yield(nil, journal.ErrDataLoss)
				return
			}
			for _, event := range events[after:] {
				if !yield(event, nil) {
					return
				}
			}
			if after = uint64(len(events)); ended {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
		}
	}
}

func (j *fakeJournal) Get(_ context.Context, id string) (journal.Execution, error) {
	if id != j.record.ID {
		return journal.Execution{}, journal.ErrNotFound
	}
	return j.record, nil
}

func (j *fakeJournal) List(_ context.Context, filter journal.Filter) ([]journal.Execution, string, error) {
	j.filter = filter
	if filter.Token == "bad" {
		return nil, "", journal.ErrBadToken
	}
	listed := j.record
	listed.Steps = nil
	return []journal.Execution{listed}, "next", nil
}

func (j *fakeJournal) OpenFile(_ context.Context, _ string, _ uint32, path string) (io.ReadCloser, error) {
	content, found := j.files[path]
	if !found {
		return nil, journal.ErrNotFound
	}
	return keptFile{strings.NewReader(content), j.closed}, nil
}

type keptFile struct {
	io.Reader
	closed chan struct{}
}

func (f keptFile) Close() error {
	f.closed <- struct{}{}
	return nil
}

// fakeDriver can be described and checked, and nothing else.
type fakeDriver struct {
	runners.Driver
	description runners.Description
	err         error
	findings    []runners.Finding
}

func (d *fakeDriver) Describe(context.Context) (runners.Description, error) {
	return d.description, d.err
}

func (d *fakeDriver) Check(context.Context) []runners.Finding { return d.findings }

func (*fakeDriver) Close() error { return nil }

// registryOf returns a registry of the runners a, b, … over the drivers.
func registryOf(t *testing.T, defaultName string, drivers ...runners.Driver) *runners.Registry {
	t.Helper()
	var all []*runners.Runner
	for i, driver := range drivers {
		config := runners.Config{
			Name: string(rune('a' + i)), Type: "fake", Labels: map[string]string{"n": "1"}, Options: runners.DefaultOptions(),
			Configuration: map[string]any{"timeout": "3s"},
		}
		runner, err := runners.New(config, driver, zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, runner)
	}
	registry, err := runners.NewRegistry(defaultName, all...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close() })
	return registry
}
