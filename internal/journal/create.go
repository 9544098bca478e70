package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// idRule keeps ids harmless as names of files.
var idRule = regexp.MustCompile(`^[0-9A-Za-z-]{2,64}$`)

// newcomer is an Admission as it is written.
type newcomer struct {
	*Admission
	created time.Time
	header  []byte
	request []byte
	event   encodedEvent
}

// Create is part of Store.
func (j *Journal) Create(ctx context.Context, admission Admission) (Execution, bool, error) {
	leave, err := j.enter()
	if err != nil {
		return Execution{}, false, err
	}
	defer leave()
	n, err := j.encodeAdmission(&admission)
	if err != nil {
		return Execution{}, false, fmt.Errorf("cannot record execution %s: %w", admission.ID, err)
	}
	var number int64
	var owner keyOwner
	err = j.db.commit(ctx, func(s *statements) (err error) {
		if owner, err = findKeyOwner(s, &admission); err != nil || owner.id != "" {
			return err
		}
		if err := j.reserve.check(); err != nil {
			return err
		}
		number, err = n.insert(s)
		return err
	})
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Execution{}, false, err
	case err != nil:
		return Execution{}, false, fmt.Errorf("cannot record execution %s: %w", admission.ID, err)
	case owner.id != "" && owner.digest != admission.Digest:
		return Execution{}, false, fmt.Errorf("%w: %q", ErrKeyConflict, admission.Key)
	case owner.id != "":
		execution, err := j.Get(ctx, owner.id)
		return execution, false, err
	}
	j.begin(number, n)
	return n.execution(), true, nil
}

func (j *Journal) encodeAdmission(admission *Admission) (*newcomer, error) {
	if !idRule.MatchString(admission.ID) {
		return nil, fmt.Errorf("the id must match %s", idRule)
	}
	if admission.Event.GetTime() == nil {
		admission.Event.Time = timestamppb.New(j.clock())
	}
	n := &newcomer{Admission: admission, created: admission.Event.GetTime().AsTime()}
	var err error
	if n.header, err = encodeHeader(admission.Header); err != nil {
		return nil, err
	}
	if n.request, err = proto.Marshal(admission.Request); err != nil {
		return nil, fmt.Errorf("cannot encode the request: %w", err)
	}
	admission.Event.Sequence, admission.Event.ExecutionId = 1, admission.ID
	n.event, err = encodeEvent(admission.Event)
	return n, err
}

// keyOwner is the execution that an idempotency key stands for; its id is empty if the key is free.
type keyOwner struct {
	id, digest string
}

func findKeyOwner(s *statements, admission *Admission) (owner keyOwner, err error) {
	if admission.Key == "" {
		return owner, nil
	}
	err = s.keyOwner.QueryRowContext(context.Background(), admission.Principal, admission.Key).Scan(&owner.id, &owner.digest)
	if errors.Is(err, sql.ErrNoRows) {
		return owner, nil
	}
	return owner, err
}

func (n *newcomer) insert(s *statements) (number int64, err error) {
	key := sql.NullString{String: n.Key, Valid: n.Key != ""}
	result, err := s.insertExecution.ExecContext(context.Background(),
		n.ID, n.Principal, key, n.Digest, n.created.UnixNano(), n.Header.Status, n.Header.Runner, n.header)
	if err != nil {
		return 0, err
	}
	if number, err = result.LastInsertId(); err != nil {
		return 0, err
	}
	if err := execute(s.insertRequest, number, n.request); err != nil {
		return 0, err
	}
	if err := putSteps(s, number, n.Steps); err != nil {
		return 0, err
	}
	return number, n.event.insert(s, number)
}

func putSteps(s *statements, number int64, steps []Step) error {
	for _, step := range steps {
		err := execute(s.putStep, number, step.Index, step.Name, step.Purpose, step.Status, step.Attempt,
			toNanos(step.FirstStarted), toNanos(step.NextAttempt))
		if err != nil {
			return err
		}
	}
	return nil
}

// begin makes a new execution's log, which Create knows without looking.
func (j *Journal) begin(number int64, n *newcomer) {
	log := newEventLog(n.ID)
	log.number = number
	log.output = outputFile{root: j.root, path: outputPath(n.ID)}
	log.publish(false, published{n.event.Event, len(n.event.data)})
	j.adopt(log)
}

func (n *newcomer) execution() Execution {
	return Execution{
		ID: n.ID, Principal: n.Principal, Key: n.Key, Created: n.created.UTC(),
		Header: n.Header, LastSequence: 1, Steps: n.Steps,
	}
}

// encodedEvent is an event as it is written.
type encodedEvent struct {
	*clockworkv1.Event
	kind int32
	data []byte
}

func encodeEvent(event *clockworkv1.Event) (encodedEvent, error) {
	kind, err := kindOf(event)
	if err != nil {
		return encodedEvent{}, err
	}
	data, err := proto.Marshal(event)
	if err != nil {
		return encodedEvent{}, fmt.Errorf("cannot encode event %d: %w", event.GetSequence(), err)
	}
	return encodedEvent{Event: event, kind: int32(kind), data: data}, nil
}

func (e encodedEvent) insert(s *statements, number int64) error {
	if err := execute(s.insertEvent, number, e.GetSequence(), e.kind, e.data); err != nil {
		return err
	}
	if result := e.GetStepFinished().GetResult(); result != nil {
		return execute(s.setResult, e.GetSequence(), number, result.GetStepIndex())
	}
	return nil
}
