package journal_test

import (
	"reflect"

	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/internal/journal"
)

// failer is what tests and property tests have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// equalExecutions compares without the internals of messages.
func equalExecutions(t failer, got, want journal.Execution) {
	t.Helper()
	if !proto.Equal(got.Summary, want.Summary) {
		t.Errorf("summary of %s is %v, want %v", want.ID, got.Summary, want.Summary)
	}
	if len(got.Steps) != len(want.Steps) {
		t.Fatalf("%s has %d steps, want %d", want.ID, len(got.Steps), len(want.Steps))
	}
	for i := range got.Steps {
		g, w := got.Steps[i], want.Steps[i]
		if !proto.Equal(g.Result, w.Result) {
			t.Errorf("result of step %d of %s is %v, want %v", i, want.ID, g.Result, w.Result)
		}
		g.Result, w.Result = nil, nil
		if g != w {
			t.Errorf("step %d of %s is %+v, want %+v", i, want.ID, g, w)
		}
	}
	got.Summary, want.Summary, got.Steps, want.Steps = nil, nil, nil, nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("execution %s is\n%+v, want\n%+v", want.ID, got, want)
	}
}
