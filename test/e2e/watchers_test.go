package e2e

import (
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// asleep is how long a watcher sleeps in the middle of its stream. A minute: go test ./test/e2e -run TestTwoWatchers -args -e2e.asleep=1m
var asleep = flag.Duration("e2e.asleep", 4*time.Second, "how long a watcher sleeps in the middle of its stream")

const (
	// stuckWatchers stand still at once, and stuckBound is by how many bytes each may make the daemon grow.
	stuckWatchers = 200
	stuckBound    = 1 << 20
	// soonStalled has the daemon end the streams of those who read nothing.
	soonStalled = "limits: {stall_timeout: 2s}\n"
)

// rawDial connects without the client package, which reads on by itself.
func rawDial(t *testing.T, d *harness.Daemon) clockworkv1.ExecutionServiceClient {
	t.Helper()
	conn, err := grpc.NewClient(d.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return clockworkv1.NewExecutionServiceClient(conn)
}

func watchRaw(t *testing.T, c clockworkv1.ExecutionServiceClient, id string, after uint64) grpc.ServerStreamingClient[clockworkv1.Event] {
	t.Helper()
	stream, err := c.WatchExecution(t.Context(), &clockworkv1.WatchExecutionRequest{ExecutionId: id, AfterSequence: after})
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// Watchers that read nothing cost the daemon little, for a bounded time, and no other watcher anything. Reading again, they are told where to
// go on, and have missed nothing.
func TestWatchersThatReadNothing(t *testing.T) {
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: soonStalled})
	const size = 16 << 20
	bundle, wait, release := holder(t, d)
	bundle["steps"] = append([]harness.Object{harness.Shell("print", "head -c "+strconv.Itoa(size)+" /dev/urandom")}, bundle["steps"].([]harness.Object)...) //nolint:errcheck // holder made it
	id := d.Detach(t, bundle)
	wait()
	before := harness.MemoryOf(t, d.Process().PID()).Now
	c := rawDial(t, d)
	var stuck []grpc.ServerStreamingClient[clockworkv1.Event]
	for range stuckWatchers {
		stuck = append(stuck, watchRaw(t, c, id, 0))
	}
	harness.Eventually(t, 2*harness.Patience, "the end of the streams that nobody reads", func() bool {
		return strings.Count(d.Process().Stderr(), "its reader took nothing for") >= stuckWatchers
	})
	peak := harness.MemoryOf(t, d.Process().PID()).Peak
	t.Logf("%d watchers that read nothing made the daemon grow by %d KiB each", stuckWatchers, (peak-before)/stuckWatchers>>10)
	if peak-before > stuckWatchers*stuckBound {
		t.Errorf("the daemon grew from %d to %d bytes", before, peak)
	}
	release()
	all := drain(t, watchRaw(t, c, id, 0))
	got, err := read(stuck[0])
	if reason := reasonOf(err); status.Code(err) != codes.Aborted || reason != "SLOW_READER" {
		t.Fatalf("once it reads again, a watcher is told %v, for the reason %q", err, reason)
	}
	got = append(got, drain(t, watchRaw(t, c, id, uint64(len(got))))...)
	sameStream(t, "of the watcher that stood still", got, all)
}

// reasonOf is the reason that an error of a call gives.
func reasonOf(err error) string {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}

// read reads a stream to its end.
func read(stream grpc.ServerStreamingClient[clockworkv1.Event]) (all []*clockworkv1.Event, err error) {
	for {
		event, err := stream.Recv()
		if err != nil {
			return all, err
		}
		all = append(all, event)
	}
}

// drain reads a stream that has to end as its execution does.
func drain(t *testing.T, stream grpc.ServerStreamingClient[clockworkv1.Event]) []*clockworkv1.Event {
	t.Helper()
	all, err := read(stream)
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return all
}

// sameStream fails the test unless two streams of events are the same byte for byte.
func sameStream(t *testing.T, what string, got, want []*clockworkv1.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("the stream %s has %d events, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !proto.Equal(got[i], want[i]) {
			t.Fatalf("event %d of the stream %s is %v, want %v", i+1, what, got[i], want[i])
		}
	}
}

// Two watchers, one late, one asleep in the middle of its stream, see what somebody sees who is always awake. The execution does not wait for
// them: it ends while the one sleeps and before the other comes.
func TestTwoWatchers(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: soonStalled})
	c, err := client.Dial(t.Context(), d.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	bundle, wait := begun(t, d, harness.NewBundle(
		harness.Shell("print", `: >$BEGUN; for i in $(seq 64); do head -c 262144 /dev/urandom; echo $i >&2; done`), harness.Shell("next", "echo next")))
	id := d.Detach(t, bundle)
	wait()
	watch := func(pause func(event *clockworkv1.Event)) []*clockworkv1.Event {
		var all []*clockworkv1.Event
		for event, err := range c.Watch(t.Context(), id, 0) {
			if err != nil {
				t.Error(err)
				break
			}
			all = append(all, event)
			pause(event)
		}
		return all
	}
	var awake, sleeping []*clockworkv1.Event
	ended, slept := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		awake = watch(func(*clockworkv1.Event) {})
	}()
	go func() {
		defer close(slept)
		sleeping = watch(func(event *clockworkv1.Event) {
			if event.GetSequence() == 5 {
				<-time.After(*asleep)
				<-ended
			}
		})
	}()
	<-ended
	late := watch(func(*clockworkv1.Event) {})
	<-slept
	sameStream(t, "of the late watcher", late, awake)
	sameStream(t, "of the watcher that slept", sleeping, awake)
	if last := awake[len(awake)-1]; last.GetExecutionFinished().GetStatus() != clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS {
		t.Errorf("the last event is %v", last)
	}
}

// A step that prints on and on, for a client that has stopped altogether, runs on, can be watched by others and cancelled; and the client is
// told everything when it goes on.
func TestPrintingForeverToAClientThatStandsStill(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Config: soonStalled, Runner: shortGrace})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("print", `: >$BEGUN; while :; do head -c 65536 /dev/zero; sleep 0.01; done`)))
	slow := d.StartCtl(t, "execute", d.WriteBundle(t, bundle), "-o", "jsonl")
	wait()
	slow.Signal(t, syscall.SIGSTOP)
	id := onlyID(t, d)
	c := rawDial(t, d)
	awake := watchRaw(t, c, id, 0)
	for size := 0; size < 4<<20; {
		event, err := awake.Recv()
		if err != nil {
			t.Fatal(err)
		}
		size += len(event.GetOutput().GetData())
	}
	d.Ctl(t, "executions", "cancel", id).Want(t, 0)
	drain(t, awake)
	slow.Signal(t, syscall.SIGCONT)
	all := events(t, slow.WaitFor(t, 2*harness.Patience).Want(t, 130).Stdout)
	checkSequence(t, all, 1)
	same(t, "the client's last event", all[len(all)-1].Type, "execution_finished")
	same(t, "how many events the client got", len(all), len(drain(t, watchRaw(t, c, id, 0))))
}
