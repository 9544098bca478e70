package server

import (
	"errors"
	"io"

	"google.golang.org/grpc"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// chunk is the most bytes of a file in one message.
const chunk = 64 << 10

// ReadOutputFile streams a file that was kept of a step's outputs.
func (s *executionService) ReadOutputFile(request *clockworkv1.ReadOutputFileRequest, stream grpc.ServerStreamingServer[clockworkv1.ReadOutputFileResponse]) error {
	concerns(stream.Context(), request.GetExecutionId())
	if faults := checkReadOutput(request); len(faults) > 0 {
		return invalid(faults)
	}
	file, err := s.journal.OpenFile(stream.Context(), request.GetExecutionId(), request.GetStepIndex(), request.GetPath())
	if err != nil {
		return mapped(err)
	}
	defer file.Close()
	sender := newSender(s.senders, s.limits.Load().StallTimeout, stream.Send)
	defer sender.close()
	// A sent message may still be read after Send has returned, so each has bytes of its own.
	for {
		data := make([]byte, chunk)
		n, err := io.ReadFull(file, data)
		if n > 0 {
			switch err := sender.send(&clockworkv1.ReadOutputFileResponse{Data: data[:n]}); {
			case errors.Is(err, errStalled):
				return stalledFile(sender.limit)
			case err != nil:
				return mapped(err)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return mapped(err)
		}
	}
}
