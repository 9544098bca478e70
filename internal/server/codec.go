package server

import (
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Numbers of the fields that carry output: Event.output and Output.data.
const (
	outputField protowire.Number = 6
	dataField   protowire.Number = 6
)

// outputCodec is gRPC's codec for Protocol Buffers, but it does not copy the data of output: what waits for slow readers is the
// journal's own copy, which they share.
type outputCodec struct{ encoding.CodecV2 }

func newCodec() outputCodec { return outputCodec{encoding.GetCodecV2(protocodec.Name)} }

// Marshal implements encoding.CodecV2. Nobody may change the data of an event that was sent.
func (c outputCodec) Marshal(message any) (mem.BufferSlice, error) {
	event, ok := message.(*clockworkv1.Event)
	if !ok || len(event.GetOutput().GetData()) == 0 {
		return c.CodecV2.Marshal(message)
	}
	output := event.GetOutput()
	head, err := proto.Marshal(&clockworkv1.Output{
		StepIndex: output.GetStepIndex(), Name: output.GetName(), Attempt: output.GetAttempt(),
		Stream: output.GetStream(), Offset: output.GetOffset(),
	})
	if err != nil {
		return nil, err
	}
	head = protowire.AppendTag(head, dataField, protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(len(output.GetData())))
	envelope, err := proto.Marshal(&clockworkv1.Event{
		Sequence: event.GetSequence(), Time: event.GetTime(), ExecutionId: event.GetExecutionId(),
	})
	if err != nil {
		return nil, err
	}
	envelope = protowire.AppendTag(envelope, outputField, protowire.BytesType)
	envelope = protowire.AppendVarint(envelope, uint64(len(head)+len(output.GetData())))
	return mem.BufferSlice{mem.SliceBuffer(append(envelope, head...)), mem.SliceBuffer(output.GetData())}, nil
}
