package journal_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestList(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	begin := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20 {
		a := admission(fmt.Sprintf("e-%02d", i), 1)
		a.Principal = fmt.Sprintf("uid:%d", i%2)
		a.Header.Runner = fmt.Sprintf("runner-%d", i%3)
		a.Header.Status = clockworkv1.ExecutionStatus(1 + i%4)
		a.Event.Time = timestamppb.New(begin.Add(time.Duration(i) * time.Minute))
		if _, _, err := j.Create(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		filter journal.Filter
		want   func(i int) bool
	}{
		"everything":   {journal.Filter{}, func(int) bool { return true }},
		"by runner":    {journal.Filter{Runner: "runner-1"}, func(i int) bool { return i%3 == 1 }},
		"by principal": {journal.Filter{Principal: "uid:1"}, func(i int) bool { return i%2 == 1 }},
		"by status":    {journal.Filter{Statuses: []clockworkv1.ExecutionStatus{1, 3}}, func(i int) bool { return i%4 == 0 || i%4 == 2 }},
		"by time":      {journal.Filter{Since: begin.Add(7 * time.Minute)}, func(i int) bool { return i >= 7 }},
		"by two":       {journal.Filter{Runner: "runner-0", Principal: "uid:0"}, func(i int) bool { return i%6 == 0 }},
		"nothing":      {journal.Filter{Runner: "none"}, func(int) bool { return false }},
	} {
		var want []string
		for i := 19; i >= 0; i-- {
			if test.want(i) {
				want = append(want, fmt.Sprintf("e-%02d", i))
			}
		}
		for _, limit := range []int{0, 1, 3, len(want), 100} {
			test.filter.Limit = limit
			if got := listAll(t, j, test.filter); !slices.Equal(got, want) {
				t.Errorf("%s, in pages of %d: %v, want %v", name, limit, got, want)
			}
		}
	}
	if _, _, err := j.List(t.Context(), journal.Filter{Token: "x?"}); !errors.Is(err, journal.ErrBadToken) {
		t.Errorf("a bad token: %v, want ErrBadToken", err)
	}
}

// TestListBesideNewcomers shows that pages neither repeat nor lose an execution while new ones come.
func TestListBesideNewcomers(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	for i := range 4 {
		create(t, j, fmt.Sprintf("old-%d", i), 1)
	}
	first, token, err := j.List(t.Context(), journal.Filter{Limit: 2})
	if err != nil || len(first) != 2 {
		t.Fatal(first, err)
	}
	create(t, j, "new", 1)
	rest := listAll(t, j, journal.Filter{Limit: 2, Token: token})
	if !slices.Equal(rest, []string{"old-1", "old-0"}) {
		t.Errorf("the second page has %v", rest)
	}
}

func TestListTellsTheProgressOfWhatRuns(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	create(t, j, "e-1", 3)
	w := writer(t, j, "e-1")
	append1(t, w, started(0, 1))
	append1(t, w, started(0, 2))
	append1(t, w, finished(0))
	append1(t, w, started(1, 1))

	list, _, err := j.List(t.Context(), journal.Filter{})
	if err != nil || len(list) != 1 || list[0].Progress == nil {
		t.Fatal(list, err)
	}
	progress, total := list[0].Progress, uint32(0)
	for _, steps := range progress.Steps {
		total += steps
	}
	if total != 3 || progress.Steps[clockworkv1.StepStatus_STEP_STATUS_RUNNING] != 1 {
		t.Errorf("progress is %+v", progress)
	}

	append1(t, w, ended())
	if list, _, err = j.List(t.Context(), journal.Filter{}); err != nil || list[0].Progress != nil {
		t.Errorf("after the end: %+v, %v", list, err)
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	for i := range 4 {
		w := newWriter(t, j, fmt.Sprintf("e-%d", i))
		if i == 1 {
			append1(t, w, ended())
		}
	}
	ids, err := j.Unfinished(t.Context())
	if err != nil || !slices.Equal(ids, []string{"e-0", "e-2", "e-3"}) {
		t.Errorf("%v, error %v", ids, err)
	}
}

// listAll reads all pages.
func listAll(t *testing.T, j *journal.Journal, filter journal.Filter) []string {
	t.Helper()
	var ids []string
	for {
		page, token, err := j.List(t.Context(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, execution := range page {
			ids = append(ids, execution.ID)
		}
		if token == "" {
			return ids
		}
		filter.Token = token
	}
}
