package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"

	"go.uber.org/zap"
)

// relic is a finished execution, as retention looks at it.
type relic struct {
	number int64
	id     string
	ended  sql.NullInt64
	// bytes is the size of its files.
	bytes int64
}

// holdings is what finished executions amount to.
type holdings struct {
	count int
	// bytes is the size of the files of all executions; the database comes on top.
	bytes int64
}

// Retain is part of Store.
func (j *Journal) Retain(ctx context.Context, policy Retention) ([]string, error) {
	leave, err := j.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	held, err := j.countHoldings(ctx)
	if err != nil {
		return nil, j.retainError(err)
	}
	var removed []string
	for held.count > 0 {
		oldest, err := j.oldestRelic(ctx)
		if err != nil {
			return removed, j.retainError(err)
		}
		excess, err := j.exceeds(ctx, policy, held, oldest)
		if err != nil {
			return removed, j.retainError(err)
		}
		if !excess {
			break
		}
		if err := j.remove(ctx, oldest); err != nil {
			return removed, j.retainError(err)
		}
		removed = append(removed, oldest.id)
		held.count--
		held.bytes -= oldest.bytes
	}
	if err := j.shrink(ctx); err != nil {
		return removed, j.retainError(err)
	}
	return removed, nil
}

// shrink gives the free pages of the database back to the disk, in commits so small that other writes hardly wait.
func (j *Journal) shrink(ctx context.Context) error {
	for {
		var free int64
		if err := j.db.readers.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free); err != nil {
			return err
		}
		if free == 0 {
			return nil
		}
		if err := j.db.commit(ctx, func(s *statements) error { return execute(s.vacuum) }); err != nil {
			return err
		}
	}
}

func (j *Journal) countHoldings(ctx context.Context) (held holdings, err error) {
	row := j.db.readers.QueryRowContext(ctx,
		`SELECT count(*), coalesce(sum(output_bytes + kept_bytes), 0) FROM executions WHERE ended IS NOT NULL`)
	if err := row.Scan(&held.count, &held.bytes); err != nil {
		return holdings{}, err
	}
	for _, log := range j.loadedLogs() {
		held.bytes += log.outputSize()
	}
	return held, nil
}

func (j *Journal) oldestRelic(ctx context.Context) (r relic, err error) {
	row := j.db.readers.QueryRowContext(ctx,
		`SELECT number, id, ended, output_bytes + kept_bytes FROM executions WHERE ended IS NOT NULL ORDER BY ended, number LIMIT 1`)
	err = row.Scan(&r.number, &r.id, &r.ended, &r.bytes)
	return r, err
}

// exceeds tells whether the oldest execution must go.
func (j *Journal) exceeds(ctx context.Context, policy Retention, held holdings, oldest relic) (bool, error) {
	if policy.MaxAge > 0 && j.clock().Sub(fromNanos(oldest.ended)) > policy.MaxAge {
		return true, nil
	}
	if policy.MaxCount > 0 && held.count > policy.MaxCount {
		return true, nil
	}
	if policy.MaxBytes <= 0 {
		return false, nil
	}
	used, err := j.databaseBytes(ctx)
	return held.bytes+used > policy.MaxBytes, err
}

// databaseBytes is the size of what the database holds; free pages of its file do not count.
func (j *Journal) databaseBytes(ctx context.Context) (used int64, err error) {
	row := j.db.readers.QueryRowContext(ctx,
		`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
	err = row.Scan(&used)
	return used, err
}

// remove removes an execution. Where it stops half-way, removeLeftovers goes on when the journal is opened again.
func (j *Journal) remove(ctx context.Context, r relic) error {
	err := j.removeRows(ctx, r)
	if errors.Is(err, ErrFull) {
		// To record that something is removed takes room, too. The files make some.
		if err = j.unlink(r.id); err == nil {
			err = j.removeRows(ctx, r)
		}
	}
	if err != nil {
		return err
	}
	if err := j.removeFiles(ctx, r.id); err != nil {
		return err
	}
	j.logger.Debug("removed an execution", zap.String("execution", r.id))
	return nil
}

func (j *Journal) removeRows(ctx context.Context, r relic) error {
	return j.db.commit(ctx, func(s *statements) error {
		if err := execute(s.deleteExecution, r.number); err != nil {
			return err
		}
		return execute(s.insertRemoved, r.id)
	})
}

// removeFiles removes the files of an execution that is in the database no more.
func (j *Journal) removeFiles(ctx context.Context, id string) error {
	if err := j.unlink(id); err != nil {
		return err
	}
	return j.db.commit(ctx, func(s *statements) error { return execute(s.deleteRemoved, id) })
}

func (j *Journal) unlink(id string) error {
	for _, name := range []string{outputPath(id), path.Join(filesDir, id)} {
		if err := j.root.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// removeLeftovers finishes what a crash interrupted.
func (j *Journal) removeLeftovers(ctx context.Context) error {
	if err := j.root.RemoveAll(tempDir); err != nil {
		return fmt.Errorf("cannot remove temporary files: %w", err)
	}
	rows, err := j.db.readers.QueryContext(ctx, `SELECT id FROM removed`)
	if err != nil {
		return j.retainError(err)
	}
	ids, err := scanStrings(rows)
	if err != nil {
		return j.retainError(err)
	}
	for _, id := range ids {
		if err := j.removeFiles(ctx, id); err != nil {
			return j.retainError(err)
		}
	}
	return nil
}

func (j *Journal) retainError(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("cannot remove old executions: %w", err)
}
