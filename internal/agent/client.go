package agent

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"net"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Dialer opens a byte stream to an agent. It is called again whenever the stream breaks, never twice at once, and gives up when ctx is
// done. An error that wraps ErrGone ends the Client's attempts for good; any other one is tried again with backoff (50 ms to 2 s).
type Dialer func(ctx context.Context) (net.Conn, error)

// Client uses one incarnation of an agent. All methods may be called concurrently.
//
// While the line is broken calls wait until it is mended or their context is done. An error wraps ErrGone, ErrVersion or
// ErrProtocol where these are the reason; a refusal by the agent carries its gRPC status (google.golang.org/grpc/status.Code).
type Client struct{}

// Connect dials an agent and shakes hands with it, trying until ctx is done.
func Connect(ctx context.Context, dial Dialer, token string) (*Client, error) {
	return nil, errors.ErrUnsupported
}

// Hello returns what the agent said when Connect met it.
func (c *Client) Hello() Hello { return Hello{} }

// Ping asks whether the agent still answers, and is the same incarnation.
func (c *Client) Ping(ctx context.Context) error { return errors.ErrUnsupported }

// File is a file to write.
type File struct {
	// Path is relative to the workspace.
	Path string
	// Mode is the file's permission bits, which it gets exactly.
	Mode    fs.FileMode
	Content []byte
}

// WriteFiles writes files into the workspace and creates the directories above them. On an error some may have been written. The
// sequence is run through again if the line breaks.
func (c *Client) WriteFiles(ctx context.Context, files iter.Seq[File]) error {
	return errors.ErrUnsupported
}

// LookPath finds programs in the PATH of a process with this environment, laid over the base environment. It returns absolute paths; a
// name that was not found is missing.
func (c *Client) LookPath(ctx context.Context, names []string, env map[string]string) (map[string]string, error) {
	return nil, errors.ErrUnsupported
}

// Sink takes what a process does. Its methods are called one at a time, from Run's goroutine. An error ends Run, which returns it.
type Sink interface {
	// Started is called when the process exists; after each reconnection again, with joined set. It is not called for a
	// process that could not be started.
	Started(started *agentv1.Started) error
	// Output gets each stream's bytes in order, without gap or overlap, also across reconnections. When it returns nil the bytes
	// are the sink's, and the agent forgets them. The data is valid only until it returns.
	Output(output *agentv1.Output) error
}

// Run starts a process, or joins it if the agent knows its id, and returns when it has ended and all its output has gone to the sink.
// The offsets in start say where the output begins; whoever resumes after a restart gives those that are durable.
//
// Run makes the connection anew as often as it breaks. It never ends the process: when ctx is done it returns, and the process goes on.
func (c *Client) Run(ctx context.Context, start *agentv1.Start, sink Sink) (*Exit, error) {
	return nil, errors.ErrUnsupported
}

// Exit is how a process ended, or why it could not be started.
type Exit struct {
	*agentv1.Exited
}

// Forget lets the agent forget the process, once its end is durable; it cannot be joined any more after that. It is best effort and
// does not wait. Without it the record stays until the sandbox is destroyed. An Exit that is not forgotten must still be closed by it or by Client.Close.
func (e *Exit) Forget() {}

// Terminate ends a process with its whole tree: SIGTERM, after the grace SIGKILL. It returns when nothing of the tree is left. The agent
// goes on with it when ctx is done. Repeating it can only shorten the grace. It may be called for a process that has ended, to end what it left behind.
func (c *Client) Terminate(ctx context.Context, processID string, grace time.Duration) error {
	return errors.ErrUnsupported
}

// CollectLimit bounds what Collect accepts.
type CollectLimit struct {
	// Bytes is the most in all files together.
	Bytes uint64
	// Files is the most files.
	Files uint64
}

// Collect reads the regular files of the workspace that match a pattern, in the order of their paths, and calls each for every one.
// In a pattern "*", "?" and "[a-z]" stay within a path element, "**" crosses them. Links are neither followed nor collected. More than
// the limit is an error with codes.ResourceExhausted. What each leaves unread is skipped; its error ends Collect, which returns it.
func (c *Client) Collect(ctx context.Context, patterns []string, limit CollectLimit,
	each func(path string, mode fs.FileMode, content io.Reader) error,
) error {
	return errors.ErrUnsupported
}

// Processes lists the processes that were started and are not forgotten, in the order of their start.
func (c *Client) Processes(ctx context.Context) ([]*agentv1.Process, error) {
	return nil, errors.ErrUnsupported
}

// ShutdownReport is what was found when a sandbox was ended.
type ShutdownReport struct {
	// Killed counts the processes that were still alive.
	Killed uint64
	// DiscardedBytes counts what background processes printed after the end of their step.
	DiscardedBytes uint64
}

// Shutdown ends everything that was ever started in the sandbox, SIGTERM first, after the grace SIGKILL; then the agent ends.
func (c *Client) Shutdown(ctx context.Context, grace time.Duration) (ShutdownReport, error) {
	return ShutdownReport{}, errors.ErrUnsupported
}

// Close lets go of the connection. The agent and its processes go on. Calls in progress end with an error.
func (c *Client) Close() error { return nil }
