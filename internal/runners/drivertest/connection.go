package drivertest

import (
	"errors"
	"fmt"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func connectionCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
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

func outputIsWholeAfterACut(f *fixture) {
	b := f.create()
	const size = 8 << 20
	s := &cuttingSink{sink: sink{next: make(map[agentv1.Stream]uint64)}, cut: func() { f.Cut(f.T, b.ID) }}
	exit, err := b.Agent.Run(f.ctx, b.start("big", fmt.Sprint(size)), s)
	if err != nil {
		f.Fatalf("Run: %v", err)
	}
	defer exit.Forget()
	s.Exited = exit.Exited
	f.checkExit(s.result, 0)
	f.checkPattern(s.stdout, size)
	if !s.started.GetJoined() {
		f.Error("after a cut the process was not joined")
	}
}

func callsSurviveACut(f *fixture) {
	b := f.create()
	for range 3 {
		f.Cut(f.T, b.ID)
		if got := b.command("print", "out=text"); got != "text" {
			f.Errorf("it printed %q", got)
		}
	}
	f.Cut(f.T, b.ID)
	if err := b.Agent.Ping(f.ctx); err != nil {
		f.Errorf("Ping: %v", err)
	}
}

func aDeadAgentIsGone(f *fixture) {
	b := f.create()
	f.Kill(f.T, b.ID)
	if err := b.Agent.Ping(f.ctx); !errors.Is(err, agent.ErrGone) {
		f.Errorf("Ping: %v, want agent.ErrGone", err)
	}
}

func aSandboxDestroyedIsGone(f *fixture) {
	b := f.create()
	f.destroy(f.driver, b.ID)
	if err := b.Agent.Ping(f.ctx); !errors.Is(err, agent.ErrGone) {
		f.Errorf("Ping: %v, want agent.ErrGone", err)
	}
}
