package journal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// recover learns where the log of an execution that has not ended stands: it joins the state events of the database with the
// frames of the output file, up to the first number that neither has. Frames behind that are cut off, as is what a crash left
// of a frame: nobody was told of them. Where the database has later events, which are never recorded before the output that precedes them,
// the file is damaged: states can still be appended, output cannot.
func (j *Journal) recover(ctx context.Context, log *eventLog) error {
	states, err := j.stateSequences(ctx, log)
	if err != nil {
		return j.readError(log.id, err)
	}
	file, err := j.openOutput(log.id)
	if err != nil {
		return j.readError(log.id, err)
	}
	s := scan{log: log, states: states}
	length := int64(0)
	if file != nil {
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return j.readError(log.id, err)
		}
		length = info.Size()
		frames := newFrameReader(file, 0)
		defer frames.release()
		if err := s.frames(frames); err != nil {
			return j.readError(log.id, err)
		}
	}
	s.skipStates()
	log.size = s.end
	log.output.size = s.end
	if len(s.states) > 0 {
		log.damage = fmt.Errorf("%w: event %d is not on the disk, though event %d is", ErrDataLoss, log.last+1, s.states[0])
		log.last = s.states[len(s.states)-1]
		j.logger.Error("the output of an execution is damaged", zap.String("execution", log.id), zap.String("file", outputPath(log.id)), zap.Error(log.damage))
		return nil // what is left of the file stays for those who can make something of it
	}
	log.output.dirty = s.end > 0 // the crash may have come before the sync
	log.output.unnamed = true
	if length > s.end {
		j.logger.Info("cutting off output that a crash left unfinished",
			zap.String("execution", log.id), zap.Int64("bytes", length-s.end))
		if err := log.output.cut(s.end); err != nil {
			return fmt.Errorf("cannot cut off unfinished output of execution %s: %w", log.id, err)
		}
	}
	return nil
}

// scan walks through an output file beside the sequence numbers of the state events.
type scan struct {
	log *eventLog
	// states are those not met yet, ascending.
	states []uint64
	// end is where the last frame that counts ends.
	end int64
}

// skipStates counts the state events that come next.
func (s *scan) skipStates() {
	for len(s.states) > 0 && s.states[0] == s.log.last+1 {
		s.log.last++
		s.states = s.states[1:]
	}
}

// frames counts the frames of the file, up to the first one that does not belong there.
func (s *scan) frames(frames *frameReader) error {
	for {
		s.skipStates()
		sequence, size, err := frames.peek()
		if errors.Is(err, io.EOF) || errors.Is(err, errTorn) || (err == nil && sequence != s.log.last+1) {
			return nil
		}
		if err != nil {
			return err
		}
		event, err := frames.read(s.log.id, size)
		if errors.Is(err, errTorn) {
			return nil
		}
		if err != nil {
			return err
		}
		s.log.last++
		s.log.noteEnd(event)
		s.log.marks.note(sequence, s.end)
		s.end = frames.offset
	}
}

// stateSequences returns the sequence numbers of the events in the database. On the way it notes what was dropped of the output.
func (j *Journal) stateSequences(ctx context.Context, log *eventLog) ([]uint64, error) {
	rows, err := j.db.readers.QueryContext(ctx,
		`SELECT sequence, iif(kind IN (?, ?), event, NULL) FROM events WHERE execution = ? ORDER BY sequence`,
		kindOutput, kindOutputDropped, log.number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var sequences []uint64
	for rows.Next() {
		var sequence uint64
		var encoded []byte
		if err := rows.Scan(&sequence, &encoded); err != nil {
			return nil, err
		}
		sequences = append(sequences, sequence)
		var event clockworkv1.Event
		if err := proto.Unmarshal(encoded, &event); err != nil {
			return nil, err
		}
		log.noteEnd(&event)
	}
	return sequences, rows.Err()
}
