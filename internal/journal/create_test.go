package journal_test

import (
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
	type outcome struct {
		id      string
		created bool
		err     error
	}
	outcomes := make([]outcome, 150)
	var group sync.WaitGroup
	for i := range outcomes {
		group.Go(func() {
			a := admission(fmt.Sprintf("execution-%d", i), 2)
			switch i % 3 {
			case 0, 1: // the same key: two thirds with one digest, one third with another
				a.Key, a.Digest = "key", fmt.Sprintf("digest-%d", i%3)
			case 2: // the same id
				a.ID = "same"
			}
			execution, created, err := j.Create(t.Context(), a)
			outcomes[i] = outcome{execution.ID, created, err}
		})
	}
	group.Wait()
	winner := ""
	var byKey, byID, conflicts int
	for i, o := range outcomes {
		switch {
		case i%3 == 2 && o.created:
			byID++
		case i%3 == 2:
			if o.err == nil {
				t.Errorf("an id was taken twice without an error")
			}
		case o.created:
			byKey++
			winner = o.id
		case errors.Is(o.err, journal.ErrKeyConflict):
			conflicts++
		case o.err != nil:
			t.Errorf("creation %d: %v", i, o.err)
		}
	}
	if byKey != 1 || byID != 1 || conflicts != 50 {
		t.Errorf("%d created by key, %d by id, %d conflicts; want 1, 1, 50", byKey, byID, conflicts)
	}
	for i, o := range outcomes {
		if i%3 != 2 && o.err == nil && o.id != winner {
			t.Errorf("creation %d joined %s, not %s", i, o.id, winner)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	a := admission("late", 2)
	a.Key, a.Digest = "key", "another"
	if _, _, err := j.Create(t.Context(), a); !errors.Is(err, journal.ErrKeyConflict) {
		t.Errorf("after a restart: %v, want ErrKeyConflict", err)
	}
	a.Principal = "uid:1001"
	if _, created, err := j.Create(t.Context(), a); err != nil || !created {
		t.Errorf("another principal's key: created %t, error %v", created, err)
	}
}
