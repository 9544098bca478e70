package agent

import (
	"errors"
	"io"
	"io/fs"

	"google.golang.org/grpc"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/workspace"
)

// WriteFiles writes files into the workspace.
func (s service) WriteFiles(stream grpc.ClientStreamingServer[agentv1.WriteFilesRequest, agentv1.WriteFilesResponse]) error {
	writer := s.workspace.NewWriter()
	defer writer.Abandon()
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			files, bytes := writer.Written()
			return stream.SendAndClose(&agentv1.WriteFilesResponse{Files: files, Bytes: bytes})
		}
		if err != nil {
			return err
		}
		for _, piece := range request.GetPieces() {
			if err := writer.Write(piece.GetPath(), fs.FileMode(piece.GetMode()), piece.GetData(), piece.GetMore()); err != nil {
				return refusal(err)
			}
		}
	}
}

// Collect streams files of the workspace.
func (s service) Collect(request *agentv1.CollectRequest, stream grpc.ServerStreamingServer[agentv1.CollectResponse]) error {
	limit := workspace.Limit{Bytes: request.GetMaxBytes(), Files: request.GetMaxFiles()}
	return refusal(s.workspace.Collect(request.GetPatterns(), limit, maxOutput, func(piece workspace.Piece) error {
		return stream.Send(&agentv1.CollectResponse{Piece: &agentv1.FilePiece{
			Path: piece.Path,
			Mode: uint32(piece.Mode),
			Data: piece.Data,
			More: piece.More,
		}})
	}))
}
