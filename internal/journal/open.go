package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Options says where a journal lies and what it works with.
type Options struct {
	// Dir is the state directory. It is created where it is missing, and closed to everybody but its owner.
	Dir string
	// Logger is told what is worth knowing and is nobody's error. Default: silence.
	Logger *zap.Logger
	// Clock dates what comes without a time. Default: time.Now.
	Clock func() time.Time
}

// Journal is the Store that lies in a directory of this host: SQLite for state and events, one file per execution for output.
type Journal struct {
	dir    string
	root   *os.Root
	lock   *os.File
	logger *zap.Logger
	clock  func() time.Time
	db     *database
	// reserve is nil where the file system cannot set room aside.
	reserve *reserve

	// gate is held shared by each write, and taken by Close, which so waits for them.
	gate    sync.RWMutex
	closing chan struct{}
	closed  sync.Once

	mu sync.Mutex
	// logs holds the executions that have not ended, as far as anybody has asked for them.
	logs map[string]*eventLog
}

var _ Store = (*Journal)(nil)

// Open opens the journal of a directory, or begins one. It fails, and changes nothing, where another process has it open, where
// the database is damaged, was written by a newer version, or is not a journal at all.
func Open(ctx context.Context, options Options) (_ *Journal, err error) {
	j := &Journal{
		logger:  options.Logger,
		clock:   options.Clock,
		closing: make(chan struct{}),
		logs:    make(map[string]*eventLog),
	}
	if j.logger == nil {
		j.logger = zap.NewNop()
	}
	if j.clock == nil {
		j.clock = time.Now
	}
	defer func() {
		if err != nil {
			_ = j.release() // the first error is the one to tell
		}
	}()
	if j.dir, err = prepareDir(options.Dir); err != nil {
		return nil, err
	}
	if j.lock, err = lockDir(ctx, j.dir); err != nil {
		return nil, err
	}
	if j.root, err = os.OpenRoot(j.dir); err != nil {
		return nil, fmt.Errorf("cannot open the state directory: %w", err)
	}
	if j.reserve, err = openReserve(j.root, j.logger); err != nil {
		return nil, fmt.Errorf("cannot set room aside for the journal: %w", wrapFull(j.dir, err))
	}
	j.db, err = openDatabase(ctx, j.dir, j.logger)
	if errors.Is(err, ErrFull) {
		j.reserve.spend()
		j.db, err = openDatabase(ctx, j.dir, j.logger)
	}
	if err != nil {
		return nil, err
	}
	if err := j.removeLeftovers(ctx); err != nil {
		return nil, err
	}
	return j, nil
}

// Close is part of Store. Calling it again does nothing.
func (j *Journal) Close() (err error) {
	j.closed.Do(func() {
		close(j.closing)
		j.gate.Lock() // never given back: what comes later sees closing first
		err = j.release()
	})
	return err
}

// release gives back what Open took, as far as it came, in the opposite order.
func (j *Journal) release() error {
	var errs []error
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, log := range j.logs {
		errs = append(errs, log.output.close())
	}
	if j.db != nil {
		errs = append(errs, j.db.close())
	}
	errs = append(errs, j.reserve.close())
	if j.root != nil {
		errs = append(errs, j.root.Close())
	}
	if j.lock != nil {
		errs = append(errs, unlockDir(j.lock))
	}
	return errors.Join(errs...)
}

// enter begins a write, which Close then waits for, until leave.
func (j *Journal) enter() (leave func(), err error) {
	if !j.gate.TryRLock() {
		return nil, ErrClosed // only Close takes the gate for itself
	}
	return j.gate.RUnlock, nil
}

// isClosing tells whether Close was called, which explains most errors of readers.
func (j *Journal) isClosing() bool {
	select {
	case <-j.closing:
		return true
	default:
		return false
	}
}
