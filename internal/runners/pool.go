package runners

import (
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"
)

// pool keeps the sandboxes of a runner.
//
// Each one is being created, idle, leased or being buried; all of them count towards Max. Whoever asks for one gets an
// idle one, else waits. Waiters form a queue in the order of their arrival, and whatever becomes ready goes to the first of
// it, whoever it was created for.
//
// Everything that changes something under the mutex ends with settle, which is where the decisions are.
type pool struct {
	runner  string
	driver  Driver
	options Options
	// required names the capabilities that a sandbox must have.
	required []string
	log      *zap.Logger
	tasks    *tasks
	// probing is held while a check has a sandbox that the pool does not know, and while the pool looks for such.
	probing sync.RWMutex
	// wake tells the maintenance that a deadline may have moved.
	wake chan struct{}
	// drained is closed when draining has left nothing but leased sandboxes.
	drained chan struct{}

	mu        sync.Mutex
	idle      []*member // the longest idle one first
	creations []*creation
	leased    map[*member]struct{}
	buried    int
	ours      map[string]struct{} // ids of all that the pool has, may have or may have left
	waiters   []*waiter           // in the order of their arrival
	arrivals  uint64

	phase        poolPhase
	refilling    bool      // whether Start was called
	refillAt     time.Time // not before, while provisioning fails
	refillDelays backoff.BackOff
	lastFault    error

	hits, misses uint64
	totalWait    time.Duration
}

// poolPhase is how far a pool's life has come; it only grows.
type poolPhase int

const (
	poolOpen poolPhase = iota
	poolDraining
	poolClosed
)

// member is a sandbox of the pool that is ready, or that is being recovered and not there yet.
type member struct {
	*Sandbox
	idleSince time.Time
}

// newPool returns a pool that creates nothing until somebody asks it for a sandbox or starts it.
func newPool(runner string, driver Driver, options Options, required []string, log *zap.Logger) *pool {
	return &pool{
		runner: runner, driver: driver, options: options, required: required, log: log,
		tasks: newTasks(), wake: make(chan struct{}, 1), drained: make(chan struct{}),
		leased: make(map[*member]struct{}), ours: make(map[string]struct{}), refillDelays: refillDelays(),
	}
}

// change runs f with the mutex held and settles what it changed.
func (p *pool) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	p.settle()
}

// settle brings the pool from whatever state it is in to the one it should be in. The mutex is held.
func (p *pool) settle() {
	switch p.phase {
	case poolOpen:
		p.handOut()
		p.assign()
		p.refill()
		p.cancelSurplus()
		p.nudge()
	case poolDraining:
		p.empty()
	case poolClosed:
	}
}

// handOut gives idle sandboxes to the first waiters.
func (p *pool) handOut() {
	for len(p.idle) > 0 && len(p.waiters) > 0 {
		p.dismiss(p.waiters[0], outcome{member: p.takeIdle()})
	}
}

// takeIdle leases the longest idle sandbox.
func (p *pool) takeIdle() *member {
	m := p.idle[0]
	p.idle = slices.Delete(p.idle, 0, 1)
	p.leased[m] = struct{}{}
	return m
}

// makeIdle puts a sandbox to the idle ones.
func (p *pool) makeIdle(m *member) {
	delete(p.leased, m)
	m.idleSince = time.Now()
	p.idle = append(p.idle, m)
}

// assign finds a creation for each waiter that has none: one that works for nobody, or a new one if one more may exist.
func (p *pool) assign() {
	for _, w := range p.waiters {
		if w.creation != nil {
			continue
		}
		c := p.spare()
		if c == nil && p.total() < p.options.Pool.Max {
			c = p.startCreation()
		}
		if c == nil {
			return
		}
		c.owner, w.creation = w, c
		w.enterProvision()
	}
}

// refill creates what is missing of the warm sandboxes, unless provisioning has just failed.
func (p *pool) refill() {
	if !p.refilling || time.Now().Before(p.refillAt) {
		return
	}
	for len(p.idle)+p.spares() < p.options.Pool.Warm && p.total() < p.options.Pool.Max {
		p.startCreation()
	}
}

// cancelSurplus ends creations that nobody waits for any more, beyond what keeps the pool filled.
func (p *pool) cancelSurplus() {
	wanted := 0
	if p.refilling {
		wanted = p.options.Pool.Warm - len(p.idle)
	}
	for surplus := p.spares() - max(0, wanted); surplus > 0; surplus-- {
		p.spare().stop()
	}
}

// nudge lets the maintenance compute its deadlines anew.
func (p *pool) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// spare returns the oldest creation that works for nobody, or nil.
func (p *pool) spare() *creation {
	if i := slices.IndexFunc(p.creations, (*creation).isSpare); i >= 0 {
		return p.creations[i]
	}
	return nil
}

// spares counts the creations that work for nobody.
func (p *pool) spares() int {
	n := 0
	for _, c := range p.creations {
		if c.isSpare() {
			n++
		}
	}
	return n
}

// total counts the sandboxes that exist or may exist.
func (p *pool) total() int {
	return len(p.idle) + len(p.creations) + len(p.leased) + p.buried
}

// status is a snapshot.
func (p *pool) status() PoolStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := PoolStatus{
		Warm: p.options.Pool.Warm, Max: p.options.Pool.Max,
		Idle: len(p.idle), Creating: len(p.creations), Leased: len(p.leased), Waiting: len(p.waiters),
		Hits: p.hits, Misses: p.misses, TotalWait: p.totalWait,
	}
	if p.lastFault != nil {
		s.LastError = p.lastFault.Error()
	}
	return s
}
