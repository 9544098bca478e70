package journal_test

import (
	"bufio"
	"bytes"
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

var kills = flag.Int("kills", 20, "how often TestKill kills the writer")

// victimDir is set in the process that TestKill kills: the directory of its journal.
const victimDir = "JOURNAL_TEST_VICTIM"

// TestKill kills a process that writes as fast as it can, at random points. Each next one takes up what the one before left
// behind. In between everything that was acknowledged must be there, and nothing but what was meant to be written.
func TestKill(t *testing.T) {
	if dir := os.Getenv(victimDir); dir != "" {
		writeForEver(t, dir)
		return
	}
	t.Parallel()
	dir := t.TempDir()
	all := make(map[string]uint64)
	for range *kills {
		acknowledged := killOnce(t, dir, 1+rand.IntN(400))
		checkScripts(t, dir, acknowledged)
		maps.Copy(all, acknowledged)
	}
	checkScripts(t, dir, all)
	t.Logf("%d executions survived %d kills", len(all), *kills)
}

// killOnce runs a victim until it has acknowledged so many writes, and returns each execution's last one.
func killOnce(t *testing.T, dir string, writes int) map[string]uint64 {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
	victim.Env = append(os.Environ(), victimDir+"="+dir)
	var complaints bytes.Buffer
	victim.Stderr = &complaints
	stdout, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := make(map[string]uint64)
	lines := bufio.NewScanner(stdout)
	for n := 1; lines.Scan(); n++ {
		id, number, _ := strings.Cut(lines.Text(), " ")
		sequence, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatalf("the victim says: %s\n%s", lines.Text(), complaints.String())
		}
		acknowledged[id] = max(acknowledged[id], sequence)
		if n == writes {
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := victim.Wait(); err == nil || victim.ProcessState.ExitCode() != -1 {
		t.Fatalf("the victim was not killed: %v\n%s", err, complaints.String())
	}
	return acknowledged
}

// checkScripts checks the journal between two victims.
func checkScripts(t *testing.T, dir string, acknowledged map[string]uint64) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	for id, sequence := range acknowledged {
		events := mustCollect(t, j.Events(t.Context(), id, 0), 0)
		if uint64(len(events)) < sequence {
			t.Fatalf("%s has %d events, and %d were acknowledged", id, len(events), sequence)
		}
		ends := make(map[clockworkv1.Stream]uint64)
		for i, event := range events {
			checkScripted(t, id, uint64(i+1), event, ends)
		}
		execution, err := j.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		checkSteps(t, execution, uint64(len(events)))
	}
}

// checkScripted checks that an event is what the script has at its place.
func checkScripted(t *testing.T, id string, sequence uint64, event *clockworkv1.Event, ends map[clockworkv1.Stream]uint64) {
	t.Helper()
	if output := event.GetOutput(); output != nil {
		want := scriptedOutput(id, sequence, ends[output.GetStream()])
		if !proto.Equal(output, want) {
			t.Fatalf("event %d of %s is other output than was written", sequence, id)
		}
		ends[output.GetStream()] += uint64(len(output.GetData()))
		return
	}
	clear(ends) // the next output is that of another step
	if sequence == 1 {
		return
	}
	want := scriptedChange(sequence).Events[0]
	want.Sequence, want.ExecutionId, want.Time = sequence, id, event.GetTime()
	if !proto.Equal(event, want) {
		t.Fatalf("event %d of %s is %v, want %v", sequence, id, event, want)
	}
}

// checkSteps checks that the recorded state is the one of the events.
func checkSteps(t *testing.T, execution journal.Execution, last uint64) {
	t.Helper()
	if execution.LastSequence != last {
		t.Errorf("%s says it has %d events, and has %d", execution.ID, execution.LastSequence, last)
	}
	for _, step := range execution.Steps {
		begin := 2 + uint64(step.Index)*stepEvents
		want := clockworkv1.StepStatus_STEP_STATUS_PENDING
		switch {
		case last >= begin+stepEvents-1:
			want = clockworkv1.StepStatus_STEP_STATUS_SUCCESS
		case last >= begin:
			want = clockworkv1.StepStatus_STEP_STATUS_RUNNING
		}
		if step.Status != want || (step.Result != nil) != (want == clockworkv1.StepStatus_STEP_STATUS_SUCCESS) {
			t.Errorf("step %d of %s is %v, result %v, after %d events", step.Index, execution.ID, step.Status, step.Result, last)
		}
	}
}

// The script of every execution: accepted; per step started, six outputs, finished; ended.
const (
	scriptSteps = 4
	stepEvents  = 8
	scriptEnd   = 1 + scriptSteps*stepEvents + 1
)

// scriptedChange is what the script records at a place that is not one of output.
func scriptedChange(sequence uint64) journal.Change {
	step, place := uint32(sequence-2)/stepEvents, (sequence-2)%stepEvents
	switch {
	case sequence == scriptEnd:
		return ended()
	case place == 0:
		return started(step, 1)
	default:
		return finished(step)
	}
}

// scriptedOutput is what the script prints at a place, nil if it is not one of output.
func scriptedOutput(id string, sequence, offset uint64) *clockworkv1.Output {
	step, place := uint32(sequence-2)/stepEvents, (sequence-2)%stepEvents
	if sequence == scriptEnd || place == 0 || place == stepEvents-1 {
		return nil
	}
	source := rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%s %d", id, sequence)))
	sizes := rand.New(source)
	data := make([]byte, 1+sizes.IntN(1<<(4+sizes.IntN(14))))
	_, _ = source.Read(data)
	return &clockworkv1.Output{
		StepIndex: step, Name: "step-" + strconv.Itoa(int(step)), Attempt: 1,
		Stream: scriptedStream(sequence), Offset: offset, Data: data,
	}
}

// scriptedStream mixes the streams.
func scriptedStream(sequence uint64) clockworkv1.Stream {
	return clockworkv1.Stream_STREAM_STDOUT + clockworkv1.Stream(sequence%3/2)
}

// writeForEver is the victim: it takes up every execution that has not ended, then begins new ones.
func writeForEver(t *testing.T, dir string) {
	t.Helper()
	j := open(t, dir)
	unfinished, err := j.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := make(chan string)
	go func() {
		for _, id := range unfinished {
			ids <- id
		}
		victim := crand.Text() // a process id may come again
		for n := 0; ; n++ {
			ids <- fmt.Sprintf("execution-%s-%d", victim, n)
		}
	}()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for id := range ids {
				if err := play(t.Context(), j, id); err != nil {
					panic(err) // it ends the process, which the test notices
				}
			}
		})
	}
	group.Wait()
}

// play writes an execution to its end, and acknowledges each write by a line.
func play(ctx context.Context, j *journal.Journal, id string) error {
	a := admission(id, scriptSteps)
	a.Key = id
	execution, _, err := j.Create(ctx, a)
	if err != nil || execution.ID != id {
		return fmt.Errorf("%s: created %s, error %w", id, execution.ID, err)
	}
	fmt.Fprintln(os.Stdout, id, execution.LastSequence)
	w, err := j.Writer(ctx, id)
	if err != nil {
		return err
	}
	defer w.Close()
	for sequence := execution.LastSequence + 1; sequence <= scriptEnd; sequence++ {
		if err := playOne(ctx, w, id, sequence); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, id, sequence)
	}
	return nil
}

func playOne(ctx context.Context, w journal.Writer, id string, sequence uint64) error {
	step := uint32(sequence-2) / stepEvents
	if output := scriptedOutput(id, sequence, w.OutputEnd(step, 1, scriptedStream(sequence))); output != nil {
		return w.Output(ctx, output)
	}
	return w.Append(ctx, scriptedChange(sequence))
}
