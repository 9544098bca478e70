package journal

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// drawOutput is any event of output.
func drawOutput(t *rapid.T) *clockworkv1.Event {
	return &clockworkv1.Event{
		Sequence:    rapid.Uint64().Draw(t, "sequence"),
		Time:        timestamppb.New(time.Unix(0, rapid.Int64().Draw(t, "time"))),
		ExecutionId: "execution",
		Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{
			StepIndex: rapid.Uint32().Draw(t, "step"),
			Name:      rapid.String().Draw(t, "name"),
			Attempt:   rapid.Uint32().Draw(t, "attempt"),
			Stream:    clockworkv1.Stream(rapid.IntRange(0, 2).Draw(t, "stream")),
			Offset:    rapid.Uint64().Draw(t, "offset"),
			Data:      rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
		}},
	}
}

func TestFramesReadAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(drawOutput), 0, 5).Draw(t, "events")
		var file []byte
		for _, event := range events {
			frame, err := encodeFrame(event)
			if err != nil {
				t.Fatal(err)
			}
			file = append(file, frame...)
		}
		lost := rapid.IntRange(0, len(file)).Draw(t, "lost")
		frames := newFrameReader(bytes.NewReader(file[:len(file)-lost]), 0)
		for _, event := range events {
			begin := frames.offset
			sequence, size, err := frames.peek()
			var got *clockworkv1.Event
			if err == nil {
				got, err = frames.read("execution", size)
			}
			if err != nil {
				if lost == 0 || frames.offset != begin || !errors.Is(err, errTorn) && !errors.Is(err, io.EOF) {
					t.Fatalf("at %d: %v", begin, err)
				}
				return
			}
			if sequence != event.GetSequence() || !proto.Equal(got, event) {
				t.Fatalf("read %v, want %v", got, event)
			}
		}
	})
}

func TestFrameWithANameTooLong(t *testing.T) {
	t.Parallel()
	event := &clockworkv1.Event{Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{Name: strings.Repeat("x", math.MaxUint16+1)}}}
	if _, err := encodeFrame(event); err == nil {
		t.Error("no error")
	}
}

// FuzzFrames reads what nobody wrote: it must end, in whole frames or torn ones, within the file.
func FuzzFrames(f *testing.F) {
	event := &clockworkv1.Event{Sequence: 1, Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{Name: "step", Data: []byte("data")}}}
	frame, err := encodeFrame(event)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame)
	f.Add(append(frame, frame...))
	f.Add(frame[:len(frame)-1])
	f.Add(bytes.Repeat([]byte{255}, 100))
	f.Fuzz(func(t *testing.T, file []byte) {
		frames := newFrameReader(bytes.NewReader(file), 0)
		for {
			_, size, err := frames.peek()
			if err == nil {
				_, err = frames.read("execution", size)
			}
			if frames.offset > int64(len(file)) {
				t.Fatalf("read up to %d of %d", frames.offset, len(file))
			}
			if errors.Is(err, io.EOF) || errors.Is(err, errTorn) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
