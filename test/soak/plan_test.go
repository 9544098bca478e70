package soak

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/soak/work"
)

// plan is one execution to come. What is zero does not happen.
type plan struct {
	index int
	// mark is in the command line of each of its processes, and of no other.
	mark      string
	steps     []stepPlan
	graph     bool
	keepGoing bool
	// cancelAfter is how long after its acceptance it is cancelled.
	cancelAfter time.Duration
	timeout     time.Duration
	// leaveAt is the event after which the watcher gives up its stream and watches anew.
	leaveAt uint64
}

// endsEarly tells whether something may end the whole execution at any moment, also between an exit and the next attempt.
func (p plan) endsEarly() bool { return p.cancelAfter > 0 || p.timeout > 0 }

// stepPlan is one step of a plan.
type stepPlan struct {
	name            string
	work            work.Work
	needs           []string
	timeout         time.Duration
	attempts        int
	retryOnLoss     bool
	continueOnError bool
}

// dice draws what a plan consists of.
type dice struct{ *rand.Rand }

// newDice returns the dice of one purpose, under the seed of the whole test.
func newDice(seed, purpose uint64) dice { return dice{rand.New(rand.NewPCG(seed, purpose))} }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// upTo draws a time of at least one millisecond.
func (d dice) upTo(limit time.Duration) time.Duration {
	return time.Millisecond + time.Duration(d.Int64N(int64(limit)))
}

// size draws a number of bytes: often none or few, now and then some MiB.
func (d dice) size() int {
	switch n := d.IntN(100); {
	case n < 20:
		return 0
	case n < 70:
		return d.IntN(4 << 10)
	case n < 96:
		return d.IntN(256 << 10)
	default:
		return d.IntN(3 << 20)
	}
}

// newPlan draws the execution of an index. A process that carries dir belongs to the test.
func newPlan(seed uint64, index int, dir string) plan {
	d := newDice(seed, uint64(index))
	p := plan{index: index, mark: fmt.Sprintf("%s/soak/%d/", dir, index), graph: d.chance(40), keepGoing: d.chance(20)}
	if d.chance(12) {
		p.cancelAfter = d.upTo(800 * time.Millisecond)
	}
	if d.chance(6) {
		p.timeout = 200*time.Millisecond + d.upTo(time.Second)
	}
	if d.chance(25) {
		p.leaveAt = 1 + d.Uint64N(8)
	}
	for i := range 1 + d.IntN(5) {
		p.steps = append(p.steps, newStep(d, p, i))
	}
	return p
}

func newStep(d dice, p plan, index int) stepPlan {
	step := stepPlan{name: "step-" + strconv.Itoa(index), attempts: 1, continueOnError: d.chance(15)}
	step.work = work.Work{
		Key: p.mark + step.name, Seed: d.Uint64(), Stdout: d.size(), Stderr: d.size(),
		Code: 1 + d.IntN(60), Stubborn: d.chance(10), Child: d.chance(15), Holds: d.chance(30),
	}
	if d.chance(20) {
		step.work.Keeps = step.name + ".out"
	}
	if d.chance(50) {
		step.work.Lasts = d.upTo(400 * time.Millisecond)
	}
	if d.chance(15) {
		step.work.Fails = 1 + d.IntN(3)
	}
	if d.chance(30) {
		step.attempts, step.retryOnLoss = 2+d.IntN(3), d.chance(50)
	}
	if d.chance(10) {
		step.timeout, step.work.Lasts = 100*time.Millisecond+d.upTo(400*time.Millisecond), d.upTo(time.Second)
	}
	for i := range index {
		if p.graph && d.chance(35) {
			step.needs = append(step.needs, "step-"+strconv.Itoa(i))
		}
	}
	return step
}

// request puts the plan into the daemon's words.
func (b *bench) request(t *testing.T, p plan) *clockworkv1.ExecuteBundleRequest {
	t.Helper()
	bundle := &clockworkv1.ArtifactBundle{Version: "1"}
	if p.graph {
		bundle.Order = "graph"
	}
	worker := b.equip(bundle)
	for _, step := range p.steps {
		step.work.Records = b.records
		bundle.Steps = append(bundle.Steps, step.message(t, worker))
	}
	request := &clockworkv1.ExecuteBundleRequest{Bundle: bundle, KeepGoing: p.keepGoing, IdempotencyKey: fmt.Sprintf("soak-%d", p.index)}
	if p.timeout > 0 {
		request.Timeout = durationpb.New(p.timeout)
	}
	return request
}

func (s stepPlan) message(t *testing.T, worker string) *clockworkv1.Step {
	t.Helper()
	todo, err := json.Marshal(s.work)
	if err != nil {
		t.Error(err)
	}
	step := &clockworkv1.Step{
		Name: s.name, Purpose: s.name, Needs: s.needs, ContinueOnError: s.continueOnError,
		Run: &clockworkv1.Run{Cmd: []string{worker, string(todo)}},
	}
	if s.work.Keeps != "" {
		step.Outputs = []string{s.work.Keeps}
	}
	if s.timeout > 0 {
		step.Timeout = durationpb.New(s.timeout)
	}
	if s.attempts > 1 {
		step.Retry = &clockworkv1.Retry{MaxAttempts: int32(s.attempts), InitialDelay: durationpb.New(50 * time.Millisecond)}
	}
	if s.retryOnLoss {
		step.Retry.On = []*structpb.Value{
			structpb.NewNumberValue(float64(s.work.Code)), structpb.NewStringValue("timeout"), structpb.NewStringValue("lost"),
		}
	}
	return step
}
