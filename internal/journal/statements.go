package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// statements are what the committer executes, prepared once.
type statements struct {
	begin, commit, rollback *sql.Stmt

	keyOwner        *sql.Stmt
	insertExecution *sql.Stmt
	insertRequest   *sql.Stmt
	updateHeader    *sql.Stmt
	endExecution    *sql.Stmt
	putStep         *sql.Stmt
	setResult       *sql.Stmt
	insertEvent     *sql.Stmt

	deleteExecution *sql.Stmt
	insertRemoved   *sql.Stmt
	deleteRemoved   *sql.Stmt
	vacuum          *sql.Stmt

	all []*sql.Stmt
}

func prepare(ctx context.Context, conn *sql.Conn) (*statements, error) {
	var s statements
	for _, p := range []struct {
		into  **sql.Stmt
		query string
	}{
		{&s.begin, `BEGIN IMMEDIATE`},
		{&s.commit, `COMMIT`},
		{&s.rollback, `ROLLBACK`},
		{&s.keyOwner, `SELECT id, digest FROM executions WHERE principal = ? AND key = ?`},
		{&s.insertExecution, `INSERT INTO executions (id, principal, key, digest, created, status, runner, header)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.insertRequest, `INSERT INTO requests (execution, request) VALUES (?, ?)`},
		{&s.updateHeader, `UPDATE executions SET status = ?, runner = ?, header = ? WHERE number = ?`},
		{&s.endExecution, `UPDATE executions SET ended = ?, output_bytes = ?, kept_bytes = ?, marks = ? WHERE number = ?`},
		{&s.putStep, `INSERT INTO steps (execution, step, name, purpose, status, attempt, first_started, next_attempt)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET name = excluded.name, purpose = excluded.purpose, status = excluded.status,
			attempt = excluded.attempt, first_started = excluded.first_started, next_attempt = excluded.next_attempt`},
		{&s.setResult, `UPDATE steps SET result = ? WHERE execution = ? AND step = ?`},
		{&s.insertEvent, `INSERT INTO events (execution, sequence, kind, event) VALUES (?, ?, ?, ?)`},
		{&s.deleteExecution, `DELETE FROM executions WHERE number = ?`},
		{&s.insertRemoved, `INSERT INTO removed (id) VALUES (?)`},
		{&s.deleteRemoved, `DELETE FROM removed WHERE id = ?`},
		{&s.vacuum, `PRAGMA incremental_vacuum(512)`},
	} {
		stmt, err := conn.PrepareContext(ctx, p.query) //nolint:sqlclosecheck // close does
		if err != nil {
			return nil, errors.Join(fmt.Errorf("cannot prepare %q: %w", p.query, err), s.close())
		}
		*p.into = stmt
		s.all = append(s.all, stmt)
	}
	return &s, nil
}

// close must come before the connection's: SQLite keeps a database open that has statements, with its log beside it.
func (s *statements) close() error {
	var errs []error
	for _, stmt := range s.all {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(errs...)
}

// execute runs a statement to its end. It takes no context: the committer never stops half-way.
func execute(stmt *sql.Stmt, args ...any) error {
	_, err := stmt.ExecContext(context.Background(), args...)
	return err
}
