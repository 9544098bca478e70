package journal

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Output is part of Writer. Data of more than 256 KiB becomes several events; of none, no event.
func (w *writer) Output(ctx context.Context, output *clockworkv1.Output) error {
	done, err := w.begin(ctx)
	if err != nil {
		return w.writeError(err)
	}
	defer done()
	if err := w.j.reserve.check(); err != nil {
		return w.writeError(err)
	}
	log := w.log
	if log.damage != nil {
		return w.writeError(log.damage)
	}
	sequence, before, known := log.lastSequence(), log.output.size, len(log.marks)
	var events []published
	for data, offset := output.GetData(), output.GetOffset(); len(data) > 0; {
		n := min(len(data), maxOutputData)
		sequence++
		event, size, err := w.writeFrame(sequence, output, offset, data[:n])
		if err != nil {
			log.takeBack(before, known)
			return w.writeError(err)
		}
		events = append(events, published{event, size})
		data, offset = data[n:], offset+uint64(n)
	}
	if len(events) > 0 {
		log.publish(false, events...)
	}
	return nil
}

// writeFrame records one event of output. The event holds the copy of the data that was written.
func (w *writer) writeFrame(sequence uint64, output *clockworkv1.Output, offset uint64, data []byte) (*clockworkv1.Event, int, error) {
	event := &clockworkv1.Event{
		Sequence:    sequence,
		Time:        timestamppb.New(w.j.clock()),
		ExecutionId: w.log.id,
	}
	own := &clockworkv1.Output{
		StepIndex: output.GetStepIndex(),
		Name:      output.GetName(),
		Attempt:   output.GetAttempt(),
		Stream:    output.GetStream(),
		Offset:    offset,
		Data:      data,
	}
	event.Kind = &clockworkv1.Event_Output{Output: own}
	frame, err := encodeFrame(event)
	if err != nil {
		return nil, 0, err
	}
	own.Data = frame[len(frame)-len(data):]
	begin := w.log.output.size
	if err := w.log.output.write(frame); err != nil {
		return nil, 0, err
	}
	w.log.mark(sequence, begin)
	return event, len(frame), nil
}

// mark notes where a frame lies.
func (l *eventLog) mark(sequence uint64, offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks.note(sequence, offset)
}

// takeBack undoes the frames of a write that failed half-way.
func (l *eventLog) takeBack(size int64, marks int) {
	if l.output.size == size {
		return
	}
	// If the file cannot be cut now, the next frame overwrites what is left behind size.
	_ = l.output.cut(size)
	l.output.size = size
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks = l.marks[:marks]
}
