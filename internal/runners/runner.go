package runners

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"time"

	"go.uber.org/zap"
)

// Config is what a runner is made from, besides its driver.
type Config struct {
	// Name is unique among the runners: at most 63 letters, digits, ".", "_" and "-", the first one a letter or a digit.
	Name string
	// Type names the driver.
	Type string
	// Labels are what a request may select the runner by.
	Labels map[string]string
	// Require names the capabilities without which there are no sandboxes.
	Require []string
	// Configuration is what the runner was configured with, by the keys of the configuration, for people to see.
	Configuration map[string]any
	Options       Options
}

// Runner is a configured, named instance of a driver, with its pool.
//
// Its methods may be called concurrently. It is drained and then closed; nothing else is called after Close.
type Runner struct {
	config Config
	driver Driver
	pool   *pool
}

// PoolStatus is the state of a runner's pool.
type PoolStatus struct {
	// Warm and Max are as configured.
	Warm, Max int
	// Idle sandboxes are ready, those in Creating will be, those in Leased serve an execution.
	Idle, Creating, Leased int
	// Waiting counts calls of Acquire that have no sandbox yet.
	Waiting int
	// Hits and Misses count leases that were served by a warm sandbox, and that had to wait for a new one.
	Hits, Misses uint64
	// TotalWait is what all of them waited together.
	TotalWait time.Duration
	// LastError is why the newest attempt to provision failed; empty if it did not.
	LastError string
}

var runnerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// New returns a runner that owns its driver. It creates sandboxes on demand; Start makes it keep some ready.
func New(config Config, driver Driver, log *zap.Logger) (*Runner, error) {
	if !runnerName.MatchString(config.Name) {
		return nil, fmt.Errorf("cannot use %q as a runner's name: it needs 1 to 63 letters, digits, '.', '_' and '-', "+
			"and starts with a letter or a digit", config.Name)
	}
	if err := config.Options.Validate(); err != nil {
		return nil, fmt.Errorf("cannot set up runner %s: %w", config.Name, err)
	}
	log = log.With(zap.String("runner", config.Name))
	return &Runner{
		config: config,
		driver: driver,
		pool:   newPool(config.Name, driver, config.Options, config.Require, log),
	}, nil
}

// Name returns the runner's name.
func (r *Runner) Name() string { return r.config.Name }

// Type returns the name of the runner's driver.
func (r *Runner) Type() string { return r.config.Type }

// Labels returns a copy of the runner's labels.
func (r *Runner) Labels() map[string]string { return maps.Clone(r.config.Labels) }

// Configuration returns what the runner was configured with. It is not to be changed.
func (r *Runner) Configuration() map[string]any { return r.config.Configuration }

// Options returns the runner's options. Its maps are not to be changed.
func (r *Runner) Options() Options { return r.config.Options }

// Describe tells what the runner's sandboxes offer.
func (r *Runner) Describe(ctx context.Context) (Description, error) { return r.driver.Describe(ctx) }

// Check finds out, by doing it, whether the runner's environment is usable.
func (r *Runner) Check(ctx context.Context) []Finding {
	r.pool.probing.RLock()
	defer r.pool.probing.RUnlock()
	return append(r.driver.Check(ctx), r.checkRequired(ctx)...)
}

// Acquire leases a sandbox: a warm one that answers, else the first that becomes ready. Who asks first is served first.
// The error is an *AcquireError; that of a ctx that is done wraps its cause.
func (r *Runner) Acquire(ctx context.Context, o AcquireOptions) (*Lease, error) {
	return r.pool.acquire(ctx, o)
}

// Recover leases again a sandbox that a lease of an earlier process left behind; temporary faults are tried again until ctx
// is done. The pool's bounds do not hold it back. An error that wraps ErrGone means that the sandbox is lost, and what is left
// of it is being destroyed; after any other one Recover can be repeated.
func (r *Runner) Recover(ctx context.Context, id string) (*Lease, error) {
	return r.pool.recover(ctx, id)
}

// Start begins to keep the pool filled, to retire what is idle for too long, and to destroy sandboxes of this daemon that
// nobody knows. keep tells which ids somebody still counts on, to recover them for instance; it is asked from now on, from
// another goroutine, and must be quick. Start is called once.
func (r *Runner) Start(keep func(id string) bool) { r.pool.start(keep) }

// Drain gives out no more sandboxes, stops refilling and destroys what is not leased. It returns when that is done, or
// when ctx is, with an error then. Leases go on and can be released. Draining cannot be undone.
func (r *Runner) Drain(ctx context.Context) error { return r.pool.drain(ctx) }

// Status is a snapshot of the pool.
func (r *Runner) Status() PoolStatus { return r.pool.status() }

// Close ends the background work, then closes the driver. Sandboxes that are leased stay as they are, with what runs in
// them; only their connections end.
func (r *Runner) Close() error {
	r.pool.close()
	if err := r.driver.Close(); err != nil {
		return fmt.Errorf("cannot close runner %s: %w", r.Name(), err)
	}
	return nil
}
