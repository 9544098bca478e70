package drivertest

import (
	"fmt"

	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Limits are what the runner allows that Harness.Limited returns a driver of.
var Limits = runners.ResourceLimits{MemoryBytes: 96 << 20, CPUs: 0.2, Processes: 40, OpenFiles: 64, FileSizeBytes: 8 << 20}

// limitCases are for drivers that can limit what a sandbox uses.
func limitCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"MemoryLimitKillsTheStepAlone": memoryLimitKillsTheStepAlone,
		"MemoryLimitIsNamedForAChild":  memoryLimitIsNamedForAChild,
		"ProcessLimitStopsAForkBomb":   processLimitStopsAForkBomb,
		"FileSizeLimitHolds":           fileSizeLimitHolds,
		"OpenFileLimitHolds":           openFileLimitHolds,
		"CPULimitThrottles":            cpuLimitThrottles,
		"NoLimitIsNamedInVain":         noLimitIsNamedInVain,
	}
}

// limit lets a case go on with the driver of a limited runner. Its description has to say that the limit is in force.
func (f *fixture) limit(capability string) *box {
	f.Helper()
	f.driver = f.lifeOf(f.Limited, daemon)
	for _, c := range f.describe().Capabilities {
		if c.Name == capability && c.Available {
			return f.create()
		}
	}
	f.Fatalf("its description does not have the capability %s", capability)
	return nil
}

// checkHit checks which limit an exit record names.
func (f *fixture) checkHit(got result, limit agentv1.Limit, value uint64) *agentv1.LimitHit {
	f.Helper()
	hits := got.GetLimitsHit()
	if len(hits) == 0 || hits[0].GetLimit() != limit || hits[0].GetValue() != value {
		f.Fatalf("it ended as %v, stderr %.200q; want %v named, with %d", got.Exited, got.stderr, limit, value)
	}
	return hits[0]
}

// tooMuch is what no sandbox with these limits has.
var tooMuch = fmt.Sprint(4 * Limits.MemoryBytes)

func memoryLimitKillsTheStepAlone(f *fixture) {
	b := f.limit("memory_limit")
	for range 2 {
		got := b.run(b.start("allocate", tooMuch))
		if got.GetSignal() != 9 {
			f.Errorf("it ended as %v, want signal 9", got.Exited)
		}
		if hit := f.checkHit(got, agentv1.Limit_LIMIT_MEMORY, Limits.MemoryBytes); hit.GetKilled() == 0 {
			f.Errorf("it says that nothing was killed: %v", hit)
		}
		f.checkExit(b.run(b.start("allocate", "1000")), 0)
	}
}

func memoryLimitIsNamedForAChild(f *fixture) {
	b := f.limit("memory_limit")
	got := b.run(b.start("wait", "allocate", tooMuch))
	f.checkExit(got, 1)
	f.checkHit(got, agentv1.Limit_LIMIT_MEMORY, Limits.MemoryBytes)
}

func processLimitStopsAForkBomb(f *fixture) {
	b := f.limit("process_limit")
	got := b.run(within(b.start("bomb"), limit, 0))
	if got.ExitCode == nil || got.GetExitCode() == 0 {
		f.Fatalf("it ended as %v, want another exit code than 0", got.Exited)
	}
	f.checkHit(got, agentv1.Limit_LIMIT_PROCESSES, uint64(Limits.Processes))
	f.checkExit(b.run(b.start("wait", "exit", "0")), 0)
}

func fileSizeLimitHolds(f *fixture) {
	b := f.limit("file_size_limit")
	b.command("grow", "file", fmt.Sprint(Limits.FileSizeBytes))
	got := b.run(b.start("grow", "file", fmt.Sprint(Limits.FileSizeBytes+1)))
	f.checkExit(got, 1)
	f.checkExit(b.run(b.start("wait", "grow", "file", fmt.Sprint(Limits.FileSizeBytes+1))), 1)
}

func openFileLimitHolds(f *fixture) {
	b := f.limit("open_file_limit")
	b.command("open", fmt.Sprint(Limits.OpenFiles/2))
	f.checkExit(b.run(b.start("open", fmt.Sprint(Limits.OpenFiles+1))), 1)
	f.checkExit(b.run(b.start("wait", "open", fmt.Sprint(Limits.OpenFiles+1))), 1)
}

// cpuLimitThrottles uses more than the share of the processors. On a busy machine there may be no more to have for a while.
func cpuLimitThrottles(f *fixture) {
	b := f.limit("cpu_limit")
	for f.ctx.Err() == nil {
		got := b.run(b.start("spin", "1s"))
		f.checkExit(got, 0)
		usage := got.GetUsage()
		used, passed := usage.GetCpuUser().AsDuration()+usage.GetCpuSystem().AsDuration(), got.GetDuration().AsDuration()
		if share := used.Seconds() / passed.Seconds(); share > Limits.CPUs*1.5 {
			f.Errorf("it had %.2f processors for %v, want %.2f", share, passed, Limits.CPUs)
		}
		if usage.GetCpuThrottled().AsDuration() > 0 {
			return
		}
	}
	f.Error("it was never throttled")
}

func noLimitIsNamedInVain(f *fixture) {
	b := f.limit("memory_limit")
	for _, args := range [][]string{{"exit", "0"}, {"exit", "1"}, {"wait", "exit", "9"}, {"allocate", "1000000"}} {
		if got := b.run(b.start(args...)); len(got.GetLimitsHit()) > 0 {
			f.Errorf("%v: %v", args, got.GetLimitsHit())
		}
	}
	start := b.start("hold", "file")
	ended := b.background(f.ctx, start)
	b.command("await", "file")
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 0); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	if got := <-ended; len(got.GetLimitsHit()) > 0 {
		f.Errorf("killed by us: %v", got.GetLimitsHit())
	}
}
