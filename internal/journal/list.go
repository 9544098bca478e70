package journal

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
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
	lasts := j.lastSequences()
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
	}
	return executions, token, nil
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

// lastSequences returns the newest sequence numbers of the executions that go on, as far as they are known here. Of one that
// nobody has taken up since the start of the daemon, lists count no output behind its last state event.
func (j *Journal) lastSequences() map[string]uint64 {
	lasts := make(map[string]uint64)
	for _, log := range j.loadedLogs() {
		lasts[log.id] = log.lastSequence()
	}
	return lasts
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
