package local

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// runScript runs a shell script as a step of a sandbox.
func runScript(t *testing.T, sandbox *runners.Sandbox, script string) (*agent.Exit, string) {
	t.Helper()
	var got collect
	exit, err := sandbox.Agent.Run(t.Context(), &agentv1.Start{
		ProcessId: uuid.Must(uuid.NewV4()).String(), Argv: []string{"/bin/bash", "-c", script},
		Timeout: durationpb.New(time.Minute),
	}, &got)
	if err != nil {
		t.Fatal(err)
	}
	exit.Forget()
	return exit, got.text.String()
}

// limited returns a sandbox with limits. Where this user cannot have them, the test is over.
func limited(t *testing.T, limits runners.ResourceLimits) *runners.Sandbox {
	t.Helper()
	h := newHost(t)
	o := h.options("daemon")
	o.Limits = limits
	if claimed := claimCgroups("test"); claimed.lacks("memory") != nil && limits.MemoryBytes > 0 {
		t.Skipf("there are no cgroups for this user: %v", claimed.fault)
	}
	d := h.newDriver(t, o)
	t.Cleanup(func() { _ = d.Close() })
	return createSandbox(t, h, d)
}

func TestAForkBombHarmsNobody(t *testing.T) {
	t.Parallel()
	sandbox := limited(t, runners.ResourceLimits{MemoryBytes: 256 << 20, Processes: 40})
	// It ends at once, and what it leaves behind takes all the room there is.
	if exit, _ := runScript(t, sandbox, `:(){ :|:& };: 2>/dev/null`); exit.ExitCode == nil {
		t.Errorf("it ended as %v", exit.Exited)
	}
	for range 3 {
		exit, out := runScript(t, sandbox, "for i in 1 2 3 4 5; do /bin/echo $i; done | wc -l")
		if exit.GetExitCode() == 0 && strings.TrimSpace(out) == "5" {
			return // the bomb may have been noticed only now
		}
		t.Logf("%v, %q", exit.Exited, out)
	}
	t.Error("after a fork bomb no step works any more")
}

func TestASignalOfTheFileSizeLimitIsNamed(t *testing.T) {
	t.Parallel()
	sandbox := limited(t, runners.ResourceLimits{FileSizeBytes: 1 << 20})
	for _, script := range []string{"exec head -c 2000000 /dev/zero >file", "head -c 2000000 /dev/zero >file"} {
		exit, _ := runScript(t, sandbox, script)
		hits := exit.GetLimitsHit()
		if len(hits) != 1 || hits[0].GetLimit() != agentv1.Limit_LIMIT_FILE_SIZE || hits[0].GetValue() != 1<<20 {
			t.Errorf("%s: %v, want the file size limit named", script, exit.Exited)
		}
	}
}

func TestMemoryIsMeasuredForEachStep(t *testing.T) {
	t.Parallel()
	sandbox := limited(t, runners.ResourceLimits{MemoryBytes: 1 << 30})
	const much = 100_000_000
	for range 10 { // more often than there are leaves
		small, _ := runScript(t, sandbox, "true")
		if used := small.GetUsage(); used.GetPeakMemoryBytes() > 5<<20 || used.GetMaxRssBytes() > 5<<20 {
			t.Errorf("true has used %v", used)
		}
	}
	large, _ := runScript(t, sandbox, "head -c 110000000 /dev/zero | tail -c 100000000 >/dev/null")
	if used := large.GetUsage(); used.GetPeakMemoryBytes() < much || used.GetPeakMemoryBytes() > 2*much || used.GetMaxRssBytes() < much {
		t.Errorf("100 MB have used %v", used)
	}
}

func TestWhatShakesOffItsTagIsEndedAllTheSame(t *testing.T) {
	t.Parallel()
	sandbox := limited(t, runners.ResourceLimits{MemoryBytes: 1 << 30})
	var got collect
	// prlimit gives the process another tag than its step's; nothing else leads to it once its parent is gone.
	start := &agentv1.Start{ProcessId: "p", Argv: []string{"/bin/bash", "-c", `
		(setsid sh -c 'prlimit --pid $$ --rttime=unlimited; echo $$ >pid.new; mv pid.new pid; exec sleep 1000' &)
		until [ -e pid ]; do sleep 0.01; done; cat pid`}}
	exit, err := sandbox.Agent.Run(t.Context(), start, &got)
	if err != nil || exit.GetExitCode() != 0 {
		t.Fatalf("%v, %v", exit, err)
	}
	defer exit.Forget()
	if err := sandbox.Agent.Terminate(t.Context(), "p", 0); err != nil {
		t.Fatal(err)
	}
	if left, _ := runScript(t, sandbox, "kill -0 "+got.text.String()); left.GetExitCode() == 0 {
		t.Error("it is still alive")
	}
}

// What the description says is what New does, for root and for whoever else runs this.
func TestALimitThatCannotBeEnforcedIsRefused(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	description, err := d.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	limits := map[string]runners.ResourceLimits{
		"memory_limit": {MemoryBytes: 64 << 20}, "cpu_limit": {CPUs: 0.5}, "process_limit": {Processes: 64},
		"open_file_limit": {OpenFiles: 64}, "file_size_limit": {FileSizeBytes: 1 << 20},
	}
	for _, c := range description.Capabilities {
		asked, isLimit := limits[c.Name]
		if !isLimit {
			continue
		}
		delete(limits, c.Name)
		o := h.options("daemon")
		o.Limits = asked
		_, err := New(o)
		if (err == nil) != c.Available || (err != nil && !strings.Contains(err.Error(), c.Remedy)) {
			t.Errorf("New with %+v: %v; the description says %+v", asked, err, c)
		}
	}
	if len(limits) > 0 {
		t.Errorf("the description does not mention %v", limits)
	}
}

func TestEachProcessIsLimited(t *testing.T) {
	t.Parallel()
	sandbox := limited(t, runners.ResourceLimits{OpenFiles: 50, FileSizeBytes: 1 << 20})
	// All are limited, the step itself and what it starts, and that hard; though who is root may have the right to raise limits.
	if _, out := runScript(t, sandbox, "ulimit -Sn; ulimit -Hn; sh -c 'ulimit -n'; ulimit -f"); out != "50\n50\n50\n1024\n" {
		t.Errorf("the limits are %q", out)
	}
	if exit, _ := runScript(t, sandbox, "for i in {3..60}; do eval \"exec $i</dev/null\" || exit 3; done"); exit.GetExitCode() == 0 {
		t.Errorf("60 files are open: %v", exit.Exited)
	}
}

// Without a cgroup the kernel counts the processes of the user. Other tests have some, too, so this one runs alone.
func TestProcessesOfAUserAreLimited(t *testing.T) {
	if os.Getuid() == 0 || claimCgroups("test").lacks("pids") == nil {
		return // there are better means, which other tests try; see TestAsAnOrdinaryUser
	}
	sandbox := limited(t, runners.ResourceLimits{Processes: 40})
	// Unlike bash, sh does not try again for half a minute.
	exit, out := runScript(t, sandbox, "exec sh -c 'while sleep 1000 & do echo $!; done'")
	if started := strings.Count(out, "\n"); exit.GetExitCode() == 0 || started == 0 || started > 40 {
		t.Errorf("it has started %d processes and ended as %v", started, exit.Exited)
	}
}
