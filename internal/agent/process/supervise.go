package process

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// drainTime is how long the outputs may stay open after the end of the process before what comes after is not its own any more.
const drainTime = time.Second

// supervise waits for the end of the process and writes its exit record.
func (p *Process) supervise(command Command, outputs ...*pump) {
	if command.Timeout > 0 {
		timer := time.AfterFunc(command.Timeout-time.Since(p.begin), func() { p.strike(command.Grace) })
		defer timer.Stop()
	}
	ended := p.handle.Wait()
	duration := time.Since(p.begin)
	exit := &agentv1.Exited{
		Signal:    int32(ended.Signal),
		Duration:  durationpb.New(duration),
		Usage:     ended.Usage.record(),
		LimitsHit: ended.LimitsHit,
	}
	if ended.Signal == 0 {
		code := int32(ended.Code)
		exit.ExitCode = &code
	}
	ending := p.markEnded(exit)
	if ending != nil { // what is told of a process that was terminated is told when nothing of it is left
		<-ending.done
	}
	drain(outputs)
	exit.StdoutBytes, _ = p.stdout.Size()
	exit.StderrBytes, _ = p.stderr.Size()
	p.finish(exit)
}

// markEnded notes that the process has ended, and why as far as we had a part in it.
func (p *Process) markEnded(exit *agentv1.Exited) *ending {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	exit.TimedOut = p.timedOut
	exit.Terminated = p.terminated
	return p.ending
}

// drain waits until the outputs have ended. Time in which they stand still for want of room does not count: what the process
// itself has printed is kept in any case.
func drain(outputs []*pump) {
	timer := time.NewTimer(drainTime)
	defer timer.Stop()
	for _, output := range outputs {
		select {
		case <-output.sealed:
			continue
		case <-timer.C:
			for _, late := range outputs {
				late.cut()
			}
		}
		break
	}
	for _, output := range outputs {
		<-output.sealed
	}
}

func (u Usage) record() *agentv1.Usage {
	return &agentv1.Usage{
		CpuUser:         durationpb.New(u.CPUUser),
		CpuSystem:       durationpb.New(u.CPUSystem),
		MaxRssBytes:     u.MaxRSSBytes,
		ReadBytes:       u.ReadBytes,
		WrittenBytes:    u.WrittenBytes,
		PeakMemoryBytes: u.PeakMemoryBytes,
		CpuThrottled:    durationpb.New(u.CPUThrottled),
	}
}
