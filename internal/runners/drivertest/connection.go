package drivertest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func connectionCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"OutputIsWholeAfterACut":  outputIsWholeAfterACut,
		"CallsSurviveACut":        callsSurviveACut,
		"ADeadAgentIsGone":        aDeadAgentIsGone,
		"ASandboxDestroyedIsGone": aSandboxDestroyedIsGone,
	}
}

// cuttingSink breaks the connection again and again while output comes.
type cuttingSink struct {
	sink
	cut  func()
	cuts int
}

// Output cuts after each MiB, three times.
func (s *cuttingSink) Output(output *agentv1.Output) error {
	if err := s.sink.Output(output); err != nil {
		return err
	}
	if s.cuts < 3 && len(s.stdout) > (s.cuts+1)<<20 {
		s.cuts++
		s.cut()
	}
	return nil
}

func outputIsWholeAfterACut(t *testing.T, f *fixture) {
	b := f.create(t)
	const size = 8 << 20
	s := &cuttingSink{sink: sink{next: make(map[agentv1.Stream]uint64)}, cut: func() { f.Cut(t, b.ID) }}
	exit, err := b.Agent.Run(f.ctx, b.start("big", fmt.Sprint(size)), s)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	defer exit.Forget()
	s.Exited = exit.Exited
	checkExit(t, s.result, 0)
	checkPattern(t, s.stdout, size)
	if !s.started.GetJoined() {
		t.Error("after a cut the process was not joined")
	}
}

func callsSurviveACut(t *testing.T, f *fixture) {
	b := f.create(t)
	for range 3 {
		f.Cut(t, b.ID)
		if got := b.command(t, "print", "out=text"); got != "text" {
			t.Errorf("it printed %q", got)
		}
	}
	f.Cut(t, b.ID)
	if err := b.Agent.Ping(f.ctx); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

func aDeadAgentIsGone(t *testing.T, f *fixture) {
	b := f.create(t)
	f.Kill(t, b.ID)
	if err := b.Agent.Ping(f.ctx); !errors.Is(err, agent.ErrGone) {
		t.Errorf("Ping: %v, want agent.ErrGone", err)
	}
}

func aSandboxDestroyedIsGone(t *testing.T, f *fixture) {
	b := f.create(t)
	f.destroy(t, f.driver, b.ID)
	if err := b.Agent.Ping(f.ctx); !errors.Is(err, agent.ErrGone) {
		t.Errorf("Ping: %v, want agent.ErrGone", err)
	}
}
