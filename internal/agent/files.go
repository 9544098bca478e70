package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	"google.golang.org/grpc"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

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
	err := c.retry(ctx, func(ctx context.Context) error {
		stream, err := c.rpc.WriteFiles(ctx)
		if err != nil {
			return err
		}
		return writeFiles(stream, files)
	})
	if err != nil {
		return fmt.Errorf("cannot write files into the sandbox: %w", err)
	}
	return nil
}

func writeFiles(stream grpc.ClientStreamingClient[agentv1.WriteFilesRequest, agentv1.WriteFilesResponse], files iter.Seq[File]) error {
	var batch batch
	var count uint64
	for file := range files {
		count++
		for piece := range pieces(file) {
			if err := batch.add(stream, piece); err != nil {
				return err
			}
		}
	}
	if err := batch.send(stream); err != nil {
		return err
	}
	answer, err := stream.CloseAndRecv()
	if err == nil && answer.GetFiles() != count {
		err = fmt.Errorf("%w: it says that it wrote %d files of %d", ErrProtocol, answer.GetFiles(), count)
	}
	return err
}

// pieces cuts a file into what fits into a message.
func pieces(file File) iter.Seq[*agentv1.FilePiece] {
	return func(yield func(*agentv1.FilePiece) bool) {
		data := file.Content
		for more := true; more; {
			n := min(len(data), maxPieces)
			more = n < len(data)
			if !yield(&agentv1.FilePiece{Path: file.Path, Mode: uint32(file.Mode.Perm()), Data: data[:n], More: more}) {
				return
			}
			data = data[n:]
		}
	}
}

// batch gathers pieces for a message.
type batch struct {
	pieces []*agentv1.FilePiece
	size   int
}

// pieceOverhead bounds what a piece takes besides its data and path.
const pieceOverhead = 32

func (b *batch) add(stream grpc.ClientStreamingClient[agentv1.WriteFilesRequest, agentv1.WriteFilesResponse], piece *agentv1.FilePiece) error {
	size := len(piece.GetData()) + len(piece.GetPath()) + pieceOverhead
	if b.size+size > maxPieces {
		if err := b.send(stream); err != nil {
			return err
		}
	}
	b.pieces = append(b.pieces, piece)
	b.size += size
	return nil
}

// send sends what was gathered. What a broken stream says of the reason comes with the answer.
func (b *batch) send(stream grpc.ClientStreamingClient[agentv1.WriteFilesRequest, agentv1.WriteFilesResponse]) error {
	if len(b.pieces) == 0 {
		return nil
	}
	err := stream.Send(&agentv1.WriteFilesRequest{Pieces: b.pieces})
	if errors.Is(err, io.EOF) {
		if _, err = stream.CloseAndRecv(); err == nil {
			err = fmt.Errorf("%w: it answers before it has all files", ErrProtocol)
		}
	}
	b.pieces, b.size = nil, 0
	return err
}

// LookPath finds programs in the PATH of a process with this environment, laid over the base environment. It returns absolute paths; a
// name that was not found is missing.
func (c *Client) LookPath(ctx context.Context, names []string, env map[string]string) (map[string]string, error) {
	var answer *agentv1.LookPathResponse
	err := c.retry(ctx, func(ctx context.Context) (err error) {
		answer, err = c.rpc.LookPath(ctx, &agentv1.LookPathRequest{Names: names, Env: env})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot look for programs in the sandbox: %w", err)
	}
	return answer.GetPaths(), nil
}
