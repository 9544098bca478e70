package runners

import (
	"errors"
	"fmt"
	"time"
)

// Options are what all drivers have in common. Start from DefaultOptions: a zero is a choice, not an absence.
type Options struct {
	// Timeout bounds each attempt of a step that names none of its own. 0: no bound.
	Timeout time.Duration
	// Retries is how often a step that names no retry of its own is tried again after a non-zero exit.
	Retries int
	// RetryDelay is the wait before the first of these retries.
	RetryDelay time.Duration
	// Env is laid over the sandbox's base environment, below the bundle's vars.
	Env map[string]string
	// WorkingDirectory is where a step that names no cwd runs: relative to the workspace and inside it. Empty: the workspace.
	WorkingDirectory string
	// Grace is the time between SIGTERM and SIGKILL. 0: SIGKILL at once.
	Grace time.Duration

	// QueueTimeout bounds the wait for a sandbox to be allowed, while as many as the pool may hold exist.
	QueueTimeout time.Duration
	// ProvisionTimeout bounds the provisioning of a sandbox, its retries included.
	ProvisionTimeout time.Duration
	// UploadTimeout bounds the writing of a bundle's artifacts.
	UploadTimeout time.Duration
	// CollectTimeout bounds the collection of one step's outputs.
	CollectTimeout time.Duration

	Pool PoolOptions
}

// PoolOptions are the bounds of a pool.
type PoolOptions struct {
	// Warm is how many idle sandboxes are kept ready.
	Warm int
	// Max is how many sandboxes may exist at once, those being created and destroyed included.
	Max int
	// IdleTimeout is how long an idle sandbox beyond Warm is kept.
	IdleTimeout time.Duration
}

// DefaultOptions are the options of a runner that sets none. One warm sandbox spares an execution the provisioning, while the next is
// made behind its back; it costs some 10 MiB where it is a local one. 16 at once keep a small machine busy without
// breaking it.
func DefaultOptions() Options {
	return Options{
		RetryDelay:       time.Second,
		Grace:            10 * time.Second,
		QueueTimeout:     10 * time.Minute,
		ProvisionTimeout: 5 * time.Minute,
		UploadTimeout:    5 * time.Minute,
		CollectTimeout:   5 * time.Minute,
		Pool:             PoolOptions{Warm: 1, Max: 16, IdleTimeout: 10 * time.Minute},
	}
}

// Validate names every option that is out of its bounds.
func (o Options) Validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(o.Timeout >= 0, "timeout: %v is negative", o.Timeout)
	check(o.Retries >= 0, "retries: %d is negative", o.Retries)
	check(o.RetryDelay >= 0, "retry_delay: %v is negative", o.RetryDelay)
	check(o.Grace >= 0, "grace: %v is negative", o.Grace)
	check(o.QueueTimeout > 0, "queue_timeout: %v is not positive", o.QueueTimeout)
	check(o.ProvisionTimeout > 0, "provision_timeout: %v is not positive", o.ProvisionTimeout)
	check(o.UploadTimeout > 0, "upload_timeout: %v is not positive", o.UploadTimeout)
	check(o.CollectTimeout > 0, "collect_timeout: %v is not positive", o.CollectTimeout)
	check(o.Pool.Max >= 1, "pool.max: %d is less than 1", o.Pool.Max)
	check(o.Pool.Warm >= 0, "pool.warm: %d is negative", o.Pool.Warm)
	check(o.Pool.Warm <= o.Pool.Max, "pool.warm: %d is more than pool.max, which is %d", o.Pool.Warm, o.Pool.Max)
	check(o.Pool.IdleTimeout > 0, "pool.idle_timeout: %v is not positive", o.Pool.IdleTimeout)
	return errors.Join(faults...)
}

// ResourceLimits bound what a sandbox may use. 0 does not limit. A driver that cannot enforce one of them refuses it.
type ResourceLimits struct {
	// MemoryBytes bounds the memory of all processes together.
	MemoryBytes uint64
	// CPUs is the share of processors: 1.5 is one and a half of them.
	CPUs float64
	// Processes bounds how many there are at once.
	Processes int
	// OpenFiles bounds those of each process.
	OpenFiles int
	// FileSizeBytes bounds each single file that is written.
	FileSizeBytes uint64
}
