package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"go.uber.org/zap"
)

// maxGroup bounds how many mutations share a commit, and with it how long the first of them waits for the last.
const maxGroup = 256

// mutation is what one caller wants to have in the database, all of it or nothing.
type mutation struct {
	// apply may be called a second time, after what the first call did was rolled back.
	apply  func(*statements) error
	result chan error
}

// committer is the only writer of the database. Mutations that come while it commits wait and share the next commit: a
// commit costs an fsync, however much is in it.
type committer struct {
	dir        string
	logger     *zap.Logger
	db         *sql.DB
	conn       *sql.Conn
	statements *statements
	queue      chan *mutation
	done       chan struct{}
	// broken is set after a commit of which nobody can tell whether it is on the disk.
	broken error
}

func openCommitter(ctx context.Context, dir, path string, logger *zap.Logger) (_ *committer, err error) {
	c := &committer{dir: dir, logger: logger, queue: make(chan *mutation), done: make(chan struct{})}
	if c.db, err = sql.Open("sqlite", dataSource(path, writerOptions)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = c.db.Close() // the first error is the one to tell
		}
	}()
	if c.conn, err = c.db.Conn(ctx); err != nil {
		return nil, err
	}
	if err := migrate(ctx, c.conn); err != nil {
		return nil, err
	}
	if c.statements, err = prepare(ctx, c.conn); err != nil {
		return nil, err
	}
	go c.run()
	return c, nil
}

// commit returns when the mutation is on the disk, or when nothing of it is recorded. Once it is under way, its end is
// waited for whatever the context says: nobody could tell otherwise whether it happened.
func (c *committer) commit(ctx context.Context, apply func(*statements) error) error {
	m := &mutation{apply: apply, result: make(chan error, 1)}
	select {
	case c.queue <- m:
		return <-m.result
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the committer. No call of commit may be under way or follow.
func (c *committer) close() error {
	close(c.queue)
	<-c.done
	return errors.Join(c.statements.close(), c.conn.Close(), c.db.Close())
}

func (c *committer) run() {
	defer close(c.done)
	group := make([]*mutation, 0, maxGroup)
	for first := range c.queue {
		group = c.gather(append(group[:0], first))
		c.commitGroup(group)
		clear(group)
	}
}

// gather adds to a group what waits already.
func (c *committer) gather(group []*mutation) []*mutation {
	for len(group) < maxGroup {
		select {
		case m, open := <-c.queue:
			if !open {
				return group
			}
			group = append(group, m)
		default:
			return group
		}
	}
	return group
}

// commitGroup commits a group at once; where that fails, each by itself, so that one's failure is not the others'.
func (c *committer) commitGroup(group []*mutation) {
	err := c.transact(group...)
	for _, m := range group {
		if err != nil && len(group) > 1 {
			m.result <- c.transact(m)
			continue
		}
		m.result <- err
	}
}

func (c *committer) transact(group ...*mutation) error {
	if c.broken != nil {
		return c.broken
	}
	if err := execute(c.statements.begin); err != nil {
		return wrapFull(c.dir, err)
	}
	for _, m := range group {
		if err := m.apply(c.statements); err != nil {
			c.rollback()
			return wrapFull(c.dir, err)
		}
	}
	if err := execute(c.statements.commit); err != nil {
		c.rollback()
		if isSyncFailure(err) {
			c.broken = fmt.Errorf("cannot write the journal: a commit could not be brought to the disk (%w); look after the disk, then restart", err)
			c.logger.Error("the journal takes no more writes", zap.Error(err))
			return c.broken
		}
		return wrapFull(c.dir, err)
	}
	return nil
}

// rollback undoes what SQLite has not undone already, as it does by itself after some errors; then this one fails.
func (c *committer) rollback() {
	if err := execute(c.statements.rollback); err != nil {
		c.logger.Debug("nothing to roll back", zap.Error(err))
	}
}
