package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestModel does anything in any order, and compares with a journal that is a few maps.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "journal-model-") //nolint:usetesting // rapid's T has no TempDir
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := &model{dir: dir, now: time.Unix(2e9, 0), executions: make(map[string]*modelExecution)}
		m.open(t)
		defer m.close(t)
		t.Repeat(rapid.StateMachineActions(m))
	})
}

// model is a journal, and what should be in it.
type model struct {
	dir        string
	journal    *journal.Journal
	now        time.Time
	executions map[string]*modelExecution
	// order holds the ids as they were created.
	order []string
	count int
}

type modelExecution struct {
	journal.Execution
	digest  string
	events  []*clockworkv1.Event
	writer  journal.Writer
	ended   time.Time
	outputs map[uint32]uint64
}

func (m *model) open(t *rapid.T) {
	var err error
	m.journal, err = journal.Open(context.Background(), journal.Options{Dir: m.dir, Clock: m.clock})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) close(t *rapid.T) {
	for _, e := range m.executions {
		if e.writer != nil {
			if err := e.writer.Close(); err != nil {
				t.Fatal(err)
			}
			e.writer = nil
		}
	}
	if err := m.journal.Close(); err != nil {
		t.Fatal(err)
	}
}

// clock never tells the same time twice, so that the order of ends is one.
func (m *model) clock() time.Time {
	m.now = m.now.Add(time.Second)
	return m.now
}

// any draws one of the executions, of those that go on if it is to be written to.
func (m *model) any(t *rapid.T, unfinished bool) *modelExecution {
	ids := slices.DeleteFunc(slices.Clone(m.order), func(id string) bool { return unfinished && !m.executions[id].ended.IsZero() })
	if len(ids) == 0 {
		t.Skip("no execution to use")
	}
	return m.executions[rapid.SampledFrom(ids).Draw(t, "execution")]
}

func (m *model) writer(t *rapid.T) *modelExecution {
	e := m.any(t, true)
	if e.writer == nil {
		w, err := m.journal.Writer(context.Background(), e.ID)
		if err != nil {
			t.Fatal(err)
		}
		e.writer = w
	}
	return e
}

func (m *model) Create(t *rapid.T) {
	m.count++
	a := admission(fmt.Sprintf("execution-%d", m.count), rapid.IntRange(1, 4).Draw(t, "steps"))
	a.Key = rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "key")
	a.Digest = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "digest")
	execution, created, err := m.journal.Create(context.Background(), a)
	for _, e := range m.executions {
		if a.Key == "" || e.Key != a.Key {
			continue
		}
		if conflict := e.digest != a.Digest; created || errors.Is(err, journal.ErrKeyConflict) != conflict || (!conflict && err != nil) {
			t.Fatalf("with the key of %s: created %t, error %v", e.ID, created, err)
		} else if !conflict {
			equalExecutions(t, execution, e.Execution)
		}
		return
	}
	if err != nil || !created {
		t.Fatalf("created %t, error %v", created, err)
	}
	m.executions[a.ID] = &modelExecution{
		Execution: journal.Execution{
			ID: a.ID, Principal: a.Principal, Key: a.Key, Created: a.Event.GetTime().AsTime(), Header: a.Header, LastSequence: 1,
			Steps: slices.Clone(a.Steps),
		},
		digest:  a.Digest,
		events:  []*clockworkv1.Event{clone(a.Event)},
		outputs: make(map[uint32]uint64),
	}
	m.order = append(m.order, a.ID)
}

func (m *model) Append(t *rapid.T) {
	e := m.writer(t)
	var change journal.Change
	if rapid.Bool().Draw(t, "header") {
		change.Header = &journal.Header{
			Status:  clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING,
			Runner:  rapid.String().Draw(t, "runner"),
			Sandbox: journal.Sandbox{ID: rapid.String().Draw(t, "sandbox")},
			Summary: &clockworkv1.ExecutionSummary{TotalSteps: uint32(len(e.Steps))},
			Started: time.Unix(0, rapid.Int64().Draw(t, "started")).UTC(),
		}
	}
	for i := range e.Steps {
		switch rapid.IntRange(0, 3).Draw(t, "step") {
		case 0:
			begin := started(uint32(i), e.Steps[i].Attempt+1)
			begin.Steps[0].FirstStarted = m.clock().UTC()
			change.Steps, change.Events = append(change.Steps, begin.Steps...), append(change.Events, begin.Events...)
		case 1:
			end := finished(uint32(i))
			change.Steps, change.Events = append(change.Steps, end.Steps...), append(change.Events, end.Events...)
		}
	}
	m.apply(t, e, change)
}

func (m *model) End(t *rapid.T) {
	e := m.writer(t)
	m.apply(t, e, ended())
	e.ended = e.events[len(e.events)-1].GetTime().AsTime()
	m.endWriter(t, e)
}

func (m *model) endWriter(t *rapid.T, e *modelExecution) {
	if err := e.writer.Close(); err != nil {
		t.Fatal(err)
	}
	e.writer = nil
}

func (m *model) apply(t *rapid.T, e *modelExecution, change journal.Change) {
	if err := e.writer.Append(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	if change.Header != nil {
		e.Header = *change.Header
	}
	for _, step := range change.Steps {
		step.Result = e.Steps[step.Index].Result
		e.Steps[step.Index] = step
	}
	for _, event := range change.Events {
		if result := event.GetStepFinished().GetResult(); result != nil {
			e.Steps[result.GetStepIndex()].Result = result
		}
		m.record(t, e, event)
	}
}

func (m *model) record(t *rapid.T, e *modelExecution, event *clockworkv1.Event) {
	if e.LastSequence++; event.GetSequence() != e.LastSequence || event.GetTime() == nil || event.GetExecutionId() != e.ID {
		t.Fatalf("recorded as %v, want number %d", event, e.LastSequence)
	}
	e.events = append(e.events, clone(event))
}

func (m *model) Output(t *rapid.T) {
	e := m.writer(t)
	step := uint32(rapid.IntRange(0, len(e.Steps)-1).Draw(t, "step"))
	size := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(100, 100_000), rapid.IntRange(250<<10, 600<<10)).Draw(t, "size")
	data := bytes.Repeat([]byte{byte(m.count), byte(size)}, size/2+1)[:size]
	out := stdout(e.writer, step, 1, data)
	if out.GetOffset() != e.outputs[step] {
		t.Fatalf("step %d goes on at %d, want %d", step, out.GetOffset(), e.outputs[step])
	}
	if err := e.writer.Output(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	e.outputs[step] += uint64(size)
	for events := m.read(t, e, e.LastSequence); len(events) > 0; events = events[1:] {
		n := min(len(data), 256<<10)
		want := stdout(e.writer, step, 1, data[:n])
		want.Offset = e.outputs[step] - uint64(len(data))
		if !proto.Equal(events[0].GetOutput(), want) {
			t.Fatalf("output of %d bytes at %d is not recorded as such", n, want.GetOffset())
		}
		m.record(t, e, events[0])
		data = data[n:]
	}
	if len(data) != 0 {
		t.Fatalf("%d bytes are not recorded", len(data))
	}
}

func (m *model) read(t *rapid.T, e *modelExecution, after uint64) []*clockworkv1.Event {
	events, err := collect(m.journal.Events(context.Background(), e.ID, after))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func (m *model) Read(t *rapid.T) {
	e := m.any(t, false)
	after := rapid.Uint64Range(0, e.LastSequence).Draw(t, "after")
	equalEvents(t, m.read(t, e, after), e.events[after:])
}

func (m *model) Follow(t *rapid.T) {
	e := m.any(t, false)
	after := rapid.Uint64Range(0, e.LastSequence).Draw(t, "after")
	var events []*clockworkv1.Event
	for after < e.LastSequence && uint64(len(events)) < e.LastSequence-after {
		for event, err := range m.journal.Follow(context.Background(), e.ID, after+uint64(len(events))) {
			if err != nil {
				t.Fatal(err)
			}
			if events = append(events, event); uint64(len(events)) == e.LastSequence-after || len(events)%7 == 0 {
				break // it comes again and resumes
			}
		}
	}
	equalEvents(t, events, e.events[after:])
}

func (m *model) Release(t *rapid.T) {
	if e := m.any(t, true); e.writer != nil {
		m.endWriter(t, e)
	}
}

// Reopen restarts, sometimes with something at the end of an output file that a crash may have left there.
func (m *model) Reopen(t *rapid.T) {
	m.close(t)
	for _, id := range m.order {
		e := m.executions[id]
		path := filepath.Join(m.dir, "output", id[len(id)-2:], id)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil || !e.ended.IsZero() || rapid.Bool().Draw(t, "clean") {
			continue
		}
		_, err = file.Write(rapid.SliceOf(rapid.Byte()).Draw(t, "torn"))
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
	}
	m.open(t)
}

func (m *model) Retain(t *rapid.T) {
	keep := rapid.IntRange(1, 5).Draw(t, "keep")
	var finished []string
	for id, e := range m.executions {
		if !e.ended.IsZero() {
			finished = append(finished, id)
		}
	}
	slices.SortFunc(finished, func(a, b string) int { return m.executions[a].ended.Compare(m.executions[b].ended) })
	want := finished[:max(0, len(finished)-keep)]
	removed, err := m.journal.Retain(context.Background(), journal.Retention{MaxCount: keep})
	if err != nil || !slices.Equal(removed, want) {
		t.Fatalf("removed %v, error %v; want %v", removed, err, want)
	}
	maps.DeleteFunc(m.executions, func(id string, _ *modelExecution) bool { return slices.Contains(want, id) })
	m.order = slices.DeleteFunc(m.order, func(id string) bool { return slices.Contains(want, id) })
}

func progressOf(steps []journal.Step) *journal.Progress {
	progress := &journal.Progress{Steps: map[clockworkv1.StepStatus]uint32{}}
	for _, step := range steps {
		progress.Steps[step.Status]++
		progress.Retries += max(step.Attempt, 1) - 1
	}
	return progress
}

// Check compares what lists and Get say.
func (m *model) Check(t *rapid.T) {
	list, token, err := m.journal.List(context.Background(), journal.Filter{Limit: 1000})
	if err != nil || token != "" || len(list) != len(m.order) {
		t.Fatalf("%d executions, token %q, error %v; want %d", len(list), token, err, len(m.order))
	}
	var unfinished []string
	for i, id := range m.order {
		e := m.executions[id]
		got, err := m.journal.Get(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		equalExecutions(t, got, e.Execution)
		listed := e.Execution
		listed.Steps = nil
		if e.ended.IsZero() {
			listed.Progress = progressOf(e.Steps)
		}
		equalExecutions(t, list[len(list)-1-i], listed)
		if e.ended.IsZero() {
			unfinished = append(unfinished, id)
		}
	}
	ids, err := m.journal.Unfinished(context.Background())
	if err != nil || !slices.Equal(ids, unfinished) {
		t.Fatalf("unfinished are %v, error %v; want %v", ids, err, unfinished)
	}
}

func clone(event *clockworkv1.Event) *clockworkv1.Event { return proto.CloneOf(event) }
