package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// executionColumns are what scanExecution expects.
const executionColumns = `number, id, principal, coalesce(key, ''), created, header, ended IS NOT NULL,
	(SELECT max(sequence) FROM events WHERE execution = number)`

// row is an execution as the database has it.
type row struct {
	Execution
	number int64
	ended  bool
}

// scanExecution reads the columns of executionColumns.
func scanExecution(scan func(...any) error) (r row, err error) {
	var created sql.NullInt64
	var header []byte
	err = scan(&r.number, &r.ID, &r.Principal, &r.Key, &created, &header, &r.ended, &r.LastSequence)
	if err != nil {
		return row{}, err
	}
	r.Created = fromNanos(created)
	r.Header, err = decodeHeader(header)
	return r, err
}

// Get is part of Store.
func (j *Journal) Get(ctx context.Context, id string) (Execution, error) {
	// Looked at first, the log is never ahead of the state: whoever watches from LastSequence on misses nothing.
	log, err := j.log(ctx, id)
	if err != nil {
		return Execution{}, err
	}
	last := log.lastSequence()
	execution, err := j.readExecution(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Execution{}, notFound(id)
	}
	if err != nil {
		return Execution{}, j.readError(id, err)
	}
	execution.LastSequence = max(execution.LastSequence, last)
	if log.damage != nil {
		execution.Damage = log.damage.Error()
	}
	return execution, nil
}

// readExecution reads an execution and its steps as of one moment.
func (j *Journal) readExecution(ctx context.Context, id string) (Execution, error) {
	tx, err := j.db.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Execution{}, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r, err := scanExecution(tx.QueryRowContext(ctx, `SELECT `+executionColumns+` FROM executions WHERE id = ?`, id).Scan)
	if err != nil {
		return Execution{}, err
	}
	r.Steps, err = readSteps(ctx, tx, r.number)
	return r.Execution, err
}

func readSteps(ctx context.Context, tx *sql.Tx, number int64) ([]Step, error) {
	rows, err := tx.QueryContext(ctx,
		`SELECT step, name, purpose, status, attempt, first_started, next_attempt, event
		FROM steps LEFT JOIN events ON events.execution = steps.execution AND events.sequence = steps.result
		WHERE steps.execution = ? ORDER BY step`, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var steps []Step
	for rows.Next() {
		step, err := scanStep(rows)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, rows.Err()
}

func scanStep(rows *sql.Rows) (step Step, err error) {
	var firstStarted, nextAttempt sql.NullInt64
	var encoded sql.RawBytes
	err = rows.Scan(&step.Index, &step.Name, &step.Purpose, &step.Status, &step.Attempt, &firstStarted, &nextAttempt, &encoded)
	if err != nil {
		return Step{}, err
	}
	step.FirstStarted, step.NextAttempt = fromNanos(firstStarted), fromNanos(nextAttempt)
	if encoded == nil {
		return step, nil
	}
	var event clockworkv1.Event
	if err := proto.Unmarshal(encoded, &event); err != nil {
		return Step{}, fmt.Errorf("cannot decode the result of step %d: %w", step.Index, err)
	}
	step.Result = event.GetStepFinished().GetResult()
	return step, nil
}

// Request is part of Store.
func (j *Journal) Request(ctx context.Context, id string) (*clockworkv1.ExecuteBundleRequest, error) {
	var encoded []byte
	row := j.db.readers.QueryRowContext(ctx,
		`SELECT request FROM requests JOIN executions ON execution = number WHERE id = ?`, id)
	err := row.Scan(&encoded)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound(id)
	}
	if err != nil {
		return nil, j.readError(id, err)
	}
	request := new(clockworkv1.ExecuteBundleRequest)
	if err := proto.Unmarshal(encoded, request); err != nil {
		return nil, j.readError(id, err)
	}
	return request, nil
}
