package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"google.golang.org/grpc"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/workspace"
)

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
//
// It is not tried again when the line breaks, for each has had files then; the error has codes.Unavailable.
func (c *Client) Collect(ctx context.Context, patterns []string, limit CollectLimit,
	each func(path string, mode fs.FileMode, content io.Reader) error,
) error {
	err := c.try(ctx, func(ctx context.Context) error {
		stream, err := c.rpc.Collect(ctx, &agentv1.CollectRequest{
			Patterns: patterns,
			MaxBytes: limit.Bytes,
			MaxFiles: limit.Files,
		})
		if err != nil {
			return err
		}
		return (&collection{stream: stream, left: limit}).run(each)
	})
	if err != nil {
		return fmt.Errorf("cannot collect files from the sandbox: %w", err)
	}
	return nil
}

// collection reads the files of a Collect call, one after the other.
type collection struct {
	stream grpc.ServerStreamingClient[agentv1.CollectResponse]
	left   CollectLimit
	last   string             // the path of the last file that began
	piece  *agentv1.FilePiece // the piece that is being read
}

func (c *collection) run(each func(path string, mode fs.FileMode, content io.Reader) error) error {
	for {
		err := c.begin()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := each(c.last, fs.FileMode(c.piece.GetMode()).Perm(), c); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, c); err != nil {
			return err
		}
	}
}

// begin receives the first piece of a file; io.EOF: there are no more files.
func (c *collection) begin() error {
	piece, err := c.receive()
	if err != nil {
		return err
	}
	name := piece.GetPath()
	if err := workspace.Check(name); err != nil {
		return fmt.Errorf("%w: %v", ErrProtocol, err)
	}
	if c.last != "" && comparePaths(name, c.last) <= 0 {
		return fmt.Errorf("%w: it sends %q after %q", ErrProtocol, name, c.last)
	}
	if c.left.Files == 0 {
		return fmt.Errorf("%w: it sends more files than it was asked for", ErrProtocol)
	}
	c.left.Files--
	c.last, c.piece = name, piece
	return nil
}

// Read reads the file that began last.
func (c *collection) Read(buffer []byte) (int, error) {
	for len(c.piece.GetData()) == 0 {
		if !c.piece.GetMore() {
			return 0, io.EOF
		}
		piece, err := c.receive()
		if errors.Is(err, io.EOF) {
			return 0, fmt.Errorf("%w: it ends in the middle of %q", ErrProtocol, c.last)
		}
		if err != nil {
			return 0, err
		}
		if piece.GetPath() != c.last {
			return 0, fmt.Errorf("%w: it sends %q in the middle of %q", ErrProtocol, piece.GetPath(), c.last)
		}
		c.piece = piece
	}
	n := copy(buffer, c.piece.GetData())
	c.piece.Data = c.piece.GetData()[n:]
	return n, nil
}

func (c *collection) receive() (*agentv1.FilePiece, error) {
	response, err := c.stream.Recv()
	if err != nil {
		return nil, err
	}
	piece := response.GetPiece()
	size := uint64(len(piece.GetData()))
	if piece == nil || size > c.left.Bytes {
		return nil, fmt.Errorf("%w: it sends more bytes than it was asked for, or none", ErrProtocol)
	}
	c.left.Bytes -= size
	return piece, nil
}

// comparePaths compares element by element, as a walk through directories goes.
func comparePaths(a, b string) int {
	return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
}
