package soak

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

const (
	// usual is how many executions are run if nobody says otherwise.
	usual = 100
	// clients is how many executions are under way at once, warm how many sandboxes wait for one.
	clients = 6
	warm    = 2
	// disk is how large the disk with the daemon's state is. It takes memory only as far as it is used.
	disk = "4g"
)

var (
	executionsFlag = flag.Int("soak.executions", 0, "how many executions to run; default: $CLOCKWORK_SOAK_EXECUTIONS, else "+strconv.Itoa(usual))
	seedFlag       = flag.Uint64("soak.seed", 0, "what draws the executions and the faults; default: a random one")
	configFlag     = flag.String("soak.config", "", "a daemon's configuration that has the runner to soak; default: one of a local runner")
	runnerFlag     = flag.String("soak.runner", "", "the name of the runner to soak; default: the first one of the configuration")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestSoak is the whole test; doc.go says what it does.
func TestSoak(t *testing.T) {
	executions, seed := executions(t), *seedFlag
	if seed == 0 {
		seed = 1 + rand.Uint64N(1<<32)
	}
	again := fmt.Sprintf("make soak SOAK_EXECUTIONS=%d SOAK_SEED=%d", executions, seed)
	if *configFlag != "" {
		again += " SOAK_CONFIG=" + *configFlag
	}
	if *runnerFlag != "" {
		again += " SOAK_RUNNER=" + *runnerFlag
	}
	t.Logf("seed %d; again: %s", seed, again)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("failed with seed %d; again: %s", seed, again)
		}
	})
	s := newSoak(t, seed)
	began := time.Now()
	s.run(t, executions)
	s.checkAll(t)
	s.checkNothingLeft(t)
	t.Logf("in %v: %s; struck by%v", time.Since(began).Round(time.Millisecond), s.summary(), s.chaos)
}

// executions is how many to run.
func executions(t *testing.T) int {
	t.Helper()
	if *executionsFlag > 0 {
		return *executionsFlag
	}
	text := os.Getenv("CLOCKWORK_SOAK_EXECUTIONS")
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("CLOCKWORK_SOAK_EXECUTIONS is %q: set it to a positive number", text)
	}
	return n
}

// soak is one run of the test.
type soak struct {
	seed   uint64
	daemon *harness.Daemon
	kind   kind
	proxy  *proxy
	chaos  *chaos
	bench  *bench

	mu       sync.Mutex
	outcomes []outcome
}

func newSoak(t *testing.T, seed uint64) *soak {
	t.Helper()
	daemon, kind := prepare(t, newDice(seed, 1<<33), *configFlag, *runnerFlag)
	listen, dial := kind.Records()
	s := &soak{seed: seed, daemon: daemon, kind: kind}
	s.bench = &bench{recorder: startRecorder(t, listen), records: dial, equip: kind.Equip}
	daemon.Start(t)
	s.proxy = startProxy(t, daemon.Dir, daemon.Socket)
	s.chaos = newChaos(newDice(seed, 1<<32), daemon, s.proxy, kind.Faults())
	return s
}

// buildWorker builds the program of the steps. It is static, and in the daemon's home, so that its processes carry that path.
func buildWorker(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "worker")
	build := exec.Command(harness.Program(t, "go"), "build", "-o", path, "./test/soak/worker")
	build.Dir, build.Env = harness.Root(), append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the worker: %v\n%s", err, out)
	}
	return path
}

// run has the clients execute everything. Each execution that begins gives the faults a chance.
func (s *soak) run(t *testing.T, executions int) {
	t.Helper()
	todo, begun := make(chan int), make(chan struct{}, clients)
	var working sync.WaitGroup
	for range clients {
		c, err := client.Dial(t.Context(), s.proxy.address)
		if err != nil {
			t.Fatal(err)
		}
		working.Go(func() {
			defer c.Close()
			for index := range todo {
				begun <- struct{}{}
				s.one(t, c, index)
			}
		})
	}
	working.Go(func() {
		defer close(todo)
		for index := 0; index < executions && !t.Failed(); index++ {
			todo <- index
		}
	})
	go func() {
		working.Wait()
		close(begun)
	}()
	for range begun {
		s.chaos.maybeStrike(t)
	}
}

// one runs the execution of an index.
func (s *soak) one(t *testing.T, c *client.Client, index int) {
	t.Helper()
	result, err := s.bench.execute(t, c, newPlan(s.seed, index, s.daemon.Dir))
	if err != nil {
		t.Errorf("execution %d (%s): %v", index, result.id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = append(s.outcomes, result)
}

// summary counts what was run, and how it ended.
func (s *soak) summary() string {
	ended := map[string]int{}
	attempts, bytes := 0, 0
	for _, outcome := range s.outcomes {
		ended[strings.ToLower(strings.TrimPrefix(outcome.status.String(), "EXECUTION_STATUS_"))]++
		attempts += outcome.attempts
		bytes += outcome.bytes
	}
	return fmt.Sprintf("%d executions with %d attempts and %d MiB of output ended as %v", len(s.outcomes), attempts, bytes>>20, ended)
}
