package server

import (
	"testing"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestCodecWritesWhatOthersRead draws every field of an event of output: one that the codec forgets would be missing.
func TestCodecWritesWhatOthersRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		event := &clockworkv1.Event{
			Sequence: rapid.Uint64().Draw(t, "sequence"), ExecutionId: rapid.String().Draw(t, "id"),
			Time: &timestamppb.Timestamp{Seconds: rapid.Int64().Draw(t, "seconds"), Nanos: rapid.Int32().Draw(t, "nanos")},
			Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{
				StepIndex: rapid.Uint32().Draw(t, "step"), Name: rapid.String().Draw(t, "name"), Attempt: rapid.Uint32().Draw(t, "attempt"),
				Stream: clockworkv1.Stream(rapid.Int32Range(0, 2).Draw(t, "stream")), Offset: rapid.Uint64().Draw(t, "offset"),
				Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
			}},
		}
		encoded, err := newCodec().Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		defer encoded.Free()
		decoded := new(clockworkv1.Event)
		if err := proto.Unmarshal(encoded.MaterializeToBuffer(mem.DefaultBufferPool()).ReadOnlyData(), decoded); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(decoded, event) {
			t.Fatalf("read as %v, written as %v", decoded, event)
		}
	})
}

// TestCodecKnowsAllFields fails when a field is added that Marshal does not write.
func TestCodecKnowsAllFields(t *testing.T) {
	t.Parallel()
	event, output := (&clockworkv1.Event{}).ProtoReflect().Descriptor(), (&clockworkv1.Output{}).ProtoReflect().Descriptor()
	if plain := event.Fields().Len() - event.Oneofs().ByName("kind").Fields().Len(); plain != 3 || output.Fields().Len() != 6 {
		t.Errorf("an event has %d fields besides its kind, an output has %d; the codec knows 3 and 6", plain, output.Fields().Len())
	}
}
