package journal

import (
	"context"
	"io"
	"io/fs"
	"iter"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Store is the durable record of executions. All methods may be called concurrently.
//
// Errors: ErrNotFound, ErrKeyConflict, ErrDataLoss, ErrFull and ErrClosed may be inspected by errors.Is; a context's own error is
// returned as such. After any other error of a write nothing of that write is recorded.
type Store interface {
	// Create records an execution with its first event in one transaction. Where the key of the same principal is
	// recorded already with the same digest, nothing is written and the execution it stands for is returned with created
	// false; with another digest it is ErrKeyConflict.
	Create(ctx context.Context, admission Admission) (execution Execution, created bool, err error)
	// Writer returns the one writer of an unfinished execution. A second call before Close of the first is a mistake and panics.
	// It cuts off output records that a crash left behind a missing state event: nobody has seen them.
	Writer(ctx context.Context, id string) (Writer, error)

	// Get returns an execution with its steps and their results.
	Get(ctx context.Context, id string) (Execution, error)
	// Request returns what the execution was asked to do, as Admission carried it.
	Request(ctx context.Context, id string) (*clockworkv1.ExecuteBundleRequest, error)
	// List returns executions without steps, newest first, and the token of the next page, which is empty on the last one.
	List(ctx context.Context, filter Filter) ([]Execution, string, error)
	// Unfinished returns the ids of all executions that have not ended, oldest first.
	Unfinished(ctx context.Context) ([]string, error)

	// Events yields the events after a sequence number that are recorded now. A gap cannot happen; after > last is ErrDataLoss.
	Events(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error]
	// Follow yields the events after a sequence number, waits for new ones, and ends after the execution's last event. A slow
	// caller slows nobody else. It must not change the events: other followers share them.
	Follow(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error]

	// KeepFile stores a file collected from a step's workspace; it is on the disk before the next Append returns. A path
	// that is not local is refused. Keeping a file again replaces it.
	KeepFile(ctx context.Context, id string, step uint32, path string, mode fs.FileMode, content io.Reader) (*clockworkv1.OutputFile, error)
	// OpenFile reads a file that KeepFile stored; ErrNotFound if there is none.
	OpenFile(ctx context.Context, id string, step uint32, path string) (io.ReadCloser, error)

	// Retain removes finished executions, oldest first, until the policy holds, and returns the ids it removed.
	Retain(ctx context.Context, policy Retention) ([]string, error)
	// Close waits for running writes. Followers end with ErrClosed.
	Close() error
}

// Writer appends to one execution. Its methods may be called concurrently; they take effect one after the other.
type Writer interface {
	// Append records a change in one transaction and is durable when it returns. It sets Sequence, ExecutionId and,
	// where it is not set, Time of the change's events, which readers share from then on: nobody may change them any more.
	// An append without events is allowed. After the execution's last event, ExecutionFinished, every write is an error.
	Append(ctx context.Context, change Change) error
	// Output records runs of bytes as events and is in the kernel when it returns. The data is not kept by reference.
	Output(ctx context.Context, output *clockworkv1.Output) error
	// OutputEnd returns the offset behind the last recorded byte of a stream of an attempt: where to resume.
	OutputEnd(step, attempt uint32, stream clockworkv1.Stream) uint64
	// Close releases the writer. It does not end the execution.
	Close() error
}

// Admission is a new execution.
type Admission struct {
	ID        string
	Principal string
	// Key is the idempotency key; empty: none.
	Key string
	// Digest of the whole request, by which two requests with one key are compared.
	Digest  string
	Request *clockworkv1.ExecuteBundleRequest
	// Header is the first state.
	Header Header
	Steps  []Step
	// Event is the execution's first one; its time is when the execution was created.
	Event *clockworkv1.Event
}

// Execution is the recorded state of an execution.
type Execution struct {
	ID        string
	Principal string
	Key       string
	Created   time.Time
	Header
	// LastSequence is the number of the newest event, output included.
	LastSequence uint64
	// Damage says how the output of an execution that has not ended is damaged on the disk; empty: it is not. Its writer then takes
	// states and no output (ErrDataLoss), and its events cannot all be read. Empty in lists.
	Damage string
	// Steps is nil in lists.
	Steps []Step
	// Progress stands for the steps in lists, as long as the execution has not ended; else it is nil.
	Progress *Progress
}

// Progress counts an execution's steps.
type Progress struct {
	// Steps is how many of them have which status.
	Steps map[clockworkv1.StepStatus]uint32
	// Retries is how many attempts after the first they have had together.
	Retries uint32
}

// Header is the part of an execution's state that changes with it.
type Header struct {
	Status       clockworkv1.ExecutionStatus
	Runner       string
	RunnerType   string
	RunnerReason string
	BundleDigest string
	Started      time.Time
	Ended        time.Time
	Error        string
	// Fault is what a reason beside the steps made of the execution, with Error saying why; unspecified: nothing did.
	Fault           clockworkv1.StepStatus
	CancelRequested bool
	// Sandbox is the one that serves the execution; zero before it is leased.
	Sandbox Sandbox
	// Queue, Provision and Upload are how long the execution's own phases took.
	Queue, Provision, Upload time.Duration
	// Summary is set when the execution has ended.
	Summary *clockworkv1.ExecutionSummary
}

// Sandbox is what must be remembered to recover one.
type Sandbox struct {
	ID          string
	Incarnation string
	ContainerID string
	PodName     string
	RemoteHost  string
}

// Step is the recorded state of a step.
type Step struct {
	Index   uint32
	Name    string
	Purpose string
	Status  clockworkv1.StepStatus
	// Attempt is the newest one, from 1; 0 before the first.
	Attempt uint32
	// FirstStarted is when the first attempt started; zero before.
	FirstStarted time.Time
	// NextAttempt is when a retrying step is tried again.
	NextAttempt time.Time
	// Result is set when the step has ended. It is read from the step's last event, not written a second time.
	Result *clockworkv1.ExecutionResult
}

// Change is what one transaction records.
type Change struct {
	// Header is nil where it did not change.
	Header *Header
	// Steps holds those that changed.
	Steps  []Step
	Events []*clockworkv1.Event
}

// Filter says which executions to list. Zero fields do not filter.
type Filter struct {
	Statuses  []clockworkv1.ExecutionStatus
	Runner    string
	Principal string
	Since     time.Time
	// Limit is the size of a page; 0 means 50.
	Limit int
	Token string
}

// Retention says how much of the past is kept. Zero fields do not limit.
type Retention struct {
	MaxAge   time.Duration
	MaxCount int
	// MaxBytes bounds database and output together.
	MaxBytes int64
}
