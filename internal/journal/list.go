package journal

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// defaultPage is the size of a page that names none.
const defaultPage = 50

// List is part of Store.
func (j *Journal) List(ctx context.Context, filter Filter) ([]Execution, string, error) {
	limit := filter.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	where, args, err := filter.where()
	if err != nil {
		return nil, "", err
	}
	// Taken first: see Get.
	lasts, err := j.lastSequences(ctx)
	if err != nil {
		return nil, "", err
	}
	rows, err := j.readRows(ctx, where+` ORDER BY number DESC LIMIT ?`, append(args, limit+1)...)
	if err != nil {
		return nil, "", j.listError(err)
	}
	var token string
	if len(rows) > limit {
		rows = rows[:limit]
		token = encodeToken(rows[limit-1].number)
	}
	executions := make([]Execution, len(rows))
	for i, r := range rows {
		executions[i] = r.Execution
		executions[i].LastSequence = max(r.LastSequence, lasts[r.ID])
		if r.ended {
			continue
		}
		if executions[i].Progress, err = j.progress(ctx, r.number); err != nil {
			return nil, "", j.listError(err)
		}
	}
	return executions, token, nil
}

// progress counts the steps of an execution.
func (j *Journal) progress(ctx context.Context, number int64) (*Progress, error) {
	rows, err := j.db.readers.QueryContext(ctx,
		`SELECT status, count(*), sum(max(attempt, 1) - 1) FROM steps WHERE execution = ? GROUP BY status`, number)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	progress := &Progress{Steps: make(map[clockworkv1.StepStatus]uint32)}
	for rows.Next() {
		var status clockworkv1.StepStatus
		var steps, retries uint32
		if err := rows.Scan(&status, &steps, &retries); err != nil {
			return nil, err
		}
		progress.Steps[status] = steps
		progress.Retries += retries
	}
	return progress, rows.Err()
}

// where returns the filter as SQL.
func (f Filter) where() (string, []any, error) {
	conditions, args := []string{"TRUE"}, []any(nil)
	add := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if f.Token != "" {
		number, err := decodeToken(f.Token)
		if err != nil {
			return "", nil, err
		}
		add("number < ?", number)
	}
	if len(f.Statuses) > 0 {
		values := make([]any, len(f.Statuses))
		for i, status := range f.Statuses {
			values[i] = status
		}
		add("status IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
	if f.Runner != "" {
		add("runner = ?", f.Runner)
	}
	if f.Principal != "" {
		add("principal = ?", f.Principal)
	}
	if !f.Since.IsZero() {
		add("created >= ?", f.Since.UnixNano())
	}
	return " WHERE " + strings.Join(conditions, " AND "), args, nil
}

func (j *Journal) readRows(ctx context.Context, rest string, args ...any) ([]row, error) {
	rows, err := j.db.readers.QueryContext(ctx, `SELECT `+executionColumns+` FROM executions`+rest, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []row
	for rows.Next() {
		r, err := scanExecution(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// lastSequences returns the newest sequence number of each execution that goes on. One whose record is damaged is left out: it
// must not keep the others from being listed.
func (j *Journal) lastSequences(ctx context.Context) (map[string]uint64, error) {
	ids, err := j.Unfinished(ctx)
	if err != nil {
		return nil, err
	}
	lasts := make(map[string]uint64, len(ids))
	for _, id := range ids {
		if log, err := j.log(ctx, id); err == nil {
			lasts[id] = log.lastSequence()
		}
	}
	return lasts, nil
}

// Unfinished is part of Store.
func (j *Journal) Unfinished(ctx context.Context) ([]string, error) {
	rows, err := j.db.readers.QueryContext(ctx, `SELECT id FROM executions WHERE ended IS NULL ORDER BY number`)
	if err != nil {
		return nil, j.listError(err)
	}
	ids, err := scanStrings(rows)
	if err != nil {
		return nil, j.listError(err)
	}
	return ids, nil
}

// scanStrings reads rows of one column, and closes them.
func scanStrings(rows *sql.Rows) ([]string, error) {
	defer rows.Close()
	var values []string
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

func (j *Journal) listError(err error) error {
	if j.isClosing() {
		return ErrClosed
	}
	return fmt.Errorf("cannot list the executions: %w", err)
}

// A token is the number of the last execution of a page.
func encodeToken(number int64) string {
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(nil, uint64(number)))
}

func decodeToken(token string) (int64, error) {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		if number, n := binary.Uvarint(data); n == len(data) && n > 0 && int64(number) > 0 {
			return int64(number), nil
		}
	}
	return 0, fmt.Errorf("%w: %q", ErrBadToken, token)
}
