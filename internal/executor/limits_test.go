package executor

import (
	"testing"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func TestTheMessageNamesTheLimit(t *testing.T) {
	t.Parallel()
	const (
		memory    = agentv1.Limit_LIMIT_MEMORY
		processes = agentv1.Limit_LIMIT_PROCESSES
		fileSize  = agentv1.Limit_LIMIT_FILE_SIZE
	)
	for _, c := range []struct {
		exited *agentv1.Exited
		want   string
	}{
		{&agentv1.Exited{Signal: 9}, "killed by SIGKILL"},
		{
			&agentv1.Exited{Signal: 9, LimitsHit: []*agentv1.LimitHit{{Limit: memory, Value: 64 << 20, Killed: 1}}},
			"killed by SIGKILL: the memory limit of 64 MiB was exceeded",
		},
		{
			&agentv1.Exited{ExitCode: new(int32(2)), LimitsHit: []*agentv1.LimitHit{{Limit: processes, Value: 64}, {Limit: memory, Value: 1000, Killed: 3}}},
			"exit code 2: the process limit of 64 was reached, the memory limit of 1000 bytes was exceeded (3 processes were killed)",
		},
		{&agentv1.Exited{Signal: 25, LimitsHit: []*agentv1.LimitHit{{Limit: fileSize}}}, "killed by SIGXFSZ: the file size limit was exceeded"},
		{&agentv1.Exited{Signal: 9, LimitsHit: []*agentv1.LimitHit{{Limit: 99, Value: 1}}}, "killed by SIGKILL"},
		{&agentv1.Exited{ExitCode: new(int32), LimitsHit: []*agentv1.LimitHit{{Limit: memory, Value: 1, Killed: 1}}}, ""},
	} {
		if _, got := judge(c.exited, 0); got != c.want {
			t.Errorf("judge(%v) says %q, want %q", c.exited, got, c.want)
		}
	}
}

func TestLimitsAreToldOnceAndOnlyKnownOnes(t *testing.T) {
	t.Parallel()
	got := limitsHit(&agentv1.Exited{LimitsHit: []*agentv1.LimitHit{
		{Limit: 99}, {Limit: agentv1.Limit_LIMIT_MEMORY, Value: 7, Killed: 1}, {}, {Limit: agentv1.Limit_LIMIT_MEMORY, Value: 8},
	}})
	if len(got) != 1 || got[0].GetName() != "memory" || got[0].GetValue() != 7 || got[0].GetKilled() != 1 {
		t.Errorf("limitsHit = %v, want memory once, as it was said first", got)
	}
}
