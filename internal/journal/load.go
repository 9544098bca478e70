package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// log returns the log of an execution. That of one which goes on is loaded once and then shared.
func (j *Journal) log(ctx context.Context, id string) (*eventLog, error) {
	j.mu.Lock()
	log, known := j.logs[id]
	if !known {
		log = newEventLog(id)
		j.logs[id] = log
	}
	j.mu.Unlock()
	if known {
		select {
		case <-log.loaded:
			return log, log.failure
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	// Others may wait for it, so that it does not end with this caller.
	log.failure = j.load(context.WithoutCancel(ctx), log)
	if log.failure != nil || log.ended {
		j.forget(log)
	}
	close(log.loaded)
	return log, log.failure
}

// adopt makes the log of an execution that this process has just created known, unless somebody was quicker and loaded it.
func (j *Journal) adopt(log *eventLog) {
	close(log.loaded)
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, known := j.logs[log.id]; !known {
		j.logs[log.id] = log
	}
}

// loadedLogs returns the logs of the executions that go on, without those that are being loaded.
func (j *Journal) loadedLogs() []*eventLog {
	j.mu.Lock()
	defer j.mu.Unlock()
	var logs []*eventLog
	for _, log := range j.logs {
		select {
		case <-log.loaded:
			logs = append(logs, log)
		default:
		}
	}
	return logs
}

// forget leaves a log to those that have it already.
func (j *Journal) forget(log *eventLog) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.logs[log.id] == log {
		delete(j.logs, log.id)
	}
}

// load fills a log from the disk.
func (j *Journal) load(ctx context.Context, log *eventLog) error {
	leave, err := j.enter() // it may write, and must not do so after Close
	if err != nil {
		return err
	}
	defer leave()
	var ended sql.NullInt64
	var encoded []byte
	row := j.db.readers.QueryRowContext(ctx, `SELECT number, ended, output_bytes, marks FROM executions WHERE id = ?`, log.id)
	err = row.Scan(&log.number, &ended, &log.size, &encoded)
	if errors.Is(err, sql.ErrNoRows) {
		return notFound(log.id)
	}
	if err != nil {
		return j.readError(log.id, err)
	}
	log.output = outputFile{root: j.root, path: outputPath(log.id), size: log.size}
	if !ended.Valid {
		return j.recover(ctx, log)
	}
	log.ended = true
	if log.marks, err = decodeMarks(encoded); err != nil {
		return j.readError(log.id, err)
	}
	err = j.db.readers.QueryRowContext(ctx, `SELECT max(sequence) FROM events WHERE execution = ?`, log.number).Scan(&log.last)
	if err != nil {
		return j.readError(log.id, err)
	}
	return nil
}

// openOutput opens the output file for reading. It is nil where the execution has none.
func (j *Journal) openOutput(id string) (*os.File, error) {
	file, err := j.root.Open(outputPath(id))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return file, err
}

// readError says what could not be read.
func (j *Journal) readError(id string, err error) error {
	if j.isClosing() {
		return ErrClosed
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("cannot read the record of execution %s: %w", id, err)
}

func notFound(id string) error {
	return fmt.Errorf("%w: %q", ErrNotFound, id)
}
