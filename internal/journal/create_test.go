package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestCreateRecordsTheAdmission(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	at := time.Date(2031, 2, 3, 4, 5, 6, 7, time.UTC)
	a := admission("execution", 3)
	a.Key = "key"
	a.Event.Time = timestamppb.New(at)
	a.Header.Summary = &clockworkv1.ExecutionSummary{TotalSteps: 3, SuccessRate: 12.5}
	a.Header.Queue = time.Second
	execution, created, err := j.Create(t.Context(), a)
	if err != nil || !created {
		t.Fatalf("created %t, error %v", created, err)
	}
	want := journal.Execution{
		ID: "execution", Principal: "uid:1000", Key: "key", Created: at, Header: a.Header, LastSequence: 1, Steps: a.Steps,
	}
	equalExecutions(t, execution, want)
	check := func(j *journal.Journal) {
		t.Helper()
		got, err := j.Get(t.Context(), "execution")
		if err != nil {
			t.Fatal(err)
		}
		equalExecutions(t, got, want)
		request, err := j.Request(t.Context(), "execution")
		if err != nil || !proto.Equal(request, a.Request) {
			t.Errorf("request %v, error %v; want %v", request, err, a.Request)
		}
		events := mustCollect(t, j.Events(t.Context(), "execution", 0), 0)
		if len(events) != 1 || !proto.Equal(events[0], a.Event) || events[0].GetExecutionId() != "execution" {
			t.Errorf("events %v, want %v", events, a.Event)
		}
	}
	check(j)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	check(open(t, dir))
}

func TestCreateRefusesWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	create(t, j, "taken", 1)
	mute := admission("mute", 1)
	mute.Event = &clockworkv1.Event{}
	for name, a := range map[string]journal.Admission{
		"an id twice":          admission("taken", 1),
		"an id that is a path": admission("../../etc", 1),
		"an id of nothing":     admission("", 1),
		"an event of no kind":  mute,
	} {
		if _, created, err := j.Create(t.Context(), a); err == nil || created {
			t.Errorf("%s: created %t, error %v", name, created, err)
		}
	}
	if list, _, err := j.List(t.Context(), journal.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("%d executions, error %v; want 1", len(list), err)
	}
}

// TestCreateWithOneKeyFromAllSides also shows that in one group commit the failure of some is not the failure of others.
func TestCreateWithOneKeyFromAllSides(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	joins, conflicts, twins := make([]outcome, 100), make([]outcome, 50), make([]outcome, 50)
	var group sync.WaitGroup
	start := func(into *outcome, id, key, digest string) {
		group.Go(func() { *into = tryCreate(t.Context(), j, id, key, digest) })
	}
	for i := range 50 {
		start(&joins[2*i], fmt.Sprintf("join-%d", 2*i), "key", "one")
		start(&joins[2*i+1], fmt.Sprintf("join-%d", 2*i+1), "key", "one")
		start(&conflicts[i], fmt.Sprintf("conflict-%d", i), "key", "another")
		start(&twins[i], "twin", "", "")
	}
	group.Wait()
	// Whichever digest came first stands for the key.
	if tally(joins).conflicts > 0 {
		joins, conflicts = conflicts, joins
	}
	if got, want := tally(joins), (totals{created: 1, joined: len(joins) - 1, ids: 1}); got != want {
		t.Errorf("with the digest that won: %+v, want %+v", got, want)
	}
	if got, want := tally(conflicts), (totals{conflicts: len(conflicts)}); got != want {
		t.Errorf("with the other digest: %+v, want %+v", got, want)
	}
	if got, want := tally(twins), (totals{created: 1, failed: len(twins) - 1, ids: 1}); got != want {
		t.Errorf("with one id: %+v, want %+v", got, want)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	if o := tryCreate(t.Context(), j, "late", "key", "a third"); !errors.Is(o.err, journal.ErrKeyConflict) {
		t.Errorf("after a restart: %v, want ErrKeyConflict", o.err)
	}
	a := admission("stranger", 1)
	a.Key, a.Principal = "key", "uid:1001"
	if _, created, err := j.Create(t.Context(), a); err != nil || !created {
		t.Errorf("another principal's key: created %t, error %v", created, err)
	}
}

// outcome is what a call of Create returned.
type outcome struct {
	id      string
	created bool
	err     error
}

func tryCreate(ctx context.Context, j *journal.Journal, id, key, digest string) outcome {
	a := admission(id, 2)
	a.Key, a.Digest = key, digest
	execution, created, err := j.Create(ctx, a)
	return outcome{execution.ID, created, err}
}

// totals counts outcomes; ids is how many executions the successful ones got.
type totals struct{ created, joined, conflicts, failed, ids int }

func tally(outcomes []outcome) (n totals) {
	ids := make(map[string]bool)
	for _, o := range outcomes {
		switch {
		case errors.Is(o.err, journal.ErrKeyConflict):
			n.conflicts++
		case o.err != nil:
			n.failed++
		case o.created:
			n.created++
			ids[o.id] = true
		default:
			n.joined++
			ids[o.id] = true
		}
	}
	n.ids = len(ids)
	return n
}
