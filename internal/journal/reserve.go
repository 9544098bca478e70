package journal

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

const (
	// reserveSize is how much room is set aside, in bytes; of a small disk it is the given share.
	reserveSize  = 8 << 20
	reserveShare = 16
	// reserveMargin is how many times its size must be free before the reserve is set aside again, so that what comes next does not
	// spend it at once.
	reserveMargin = 2
)

// reserve is room on the disk that is set aside for states. A full disk so does not keep executions from ending, which is what makes
// room where they filled it. While it is spent, nothing else is written: neither new executions nor output nor files.
type reserve struct {
	file   *os.File
	size   int64
	logger *zap.Logger

	mu    sync.Mutex
	spent atomic.Bool
}

// openReserve sets the room aside, if there is any. Where the file system cannot do that, there is no reserve: nil.
func openReserve(root *os.Root, logger *zap.Logger) (*reserve, error) {
	file, err := root.OpenFile(reserveName, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	r := &reserve{file: file, logger: logger}
	if err := r.measure(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if r.isThere() {
		return r, nil
	}
	switch err := r.allocate(); {
	case err == nil:
		return r, nil
	case errors.Is(err, ErrFull):
		r.spent.Store(true)
		logger.Warn("the disk of the state directory has too little room for new executions", zap.Error(err))
		return r, nil
	default:
		logger.Warn("no room can be set aside for the time when the disk of the state directory is full", zap.Error(err))
		return nil, file.Close()
	}
}

// check is nil while there is a reserve, or room for one. It is ErrFull otherwise, and for whoever must not spend the reserve.
func (r *reserve) check() error {
	if r == nil || !r.spent.Load() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.spent.Load() {
		return nil
	}
	if err := r.allocate(); err != nil {
		return err
	}
	r.spent.Store(false)
	r.logger.Info("the disk of the state directory has room again")
	return nil
}

// spend gives the room to whatever is written next.
func (r *reserve) spend() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent.Swap(true) {
		return
	}
	r.logger.Error("the disk of the state directory is full: new executions are refused and output waits, until there is room again",
		zap.Int64("free_bytes_wanted", reserveMargin*r.size))
	// Some file systems have the room only once they have recorded that the file gave it up.
	if err := errors.Join(r.file.Truncate(0), r.file.Sync()); err != nil {
		r.logger.Error("cannot give up the reserve of the journal", zap.Error(err))
	}
}

func (r *reserve) close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}

// measure decides the size from that of the disk.
func (r *reserve) measure() error {
	var disk unix.Statfs_t
	if err := unix.Fstatfs(int(r.file.Fd()), &disk); err != nil {
		return err
	}
	r.size = min(reserveSize, int64(disk.Blocks)*disk.Bsize/reserveShare)
	return nil
}

// isThere tells whether the room has been set aside already; a mere length may be a hole.
func (r *reserve) isThere() bool {
	const blockSize = 512 // of st_blocks, whatever the file system's is
	var stat unix.Stat_t
	return unix.Fstat(int(r.file.Fd()), &stat) == nil && stat.Blocks*blockSize >= r.size
}

// allocate takes the room if it leaves enough to others, else it is ErrFull.
func (r *reserve) allocate() error {
	var disk unix.Statfs_t
	if err := unix.Fstatfs(int(r.file.Fd()), &disk); err != nil {
		return err
	}
	if free := int64(disk.Bavail) * disk.Bsize; free < reserveMargin*r.size {
		return fmt.Errorf("%w: %d bytes are free, %d must be; make room there, then try again", ErrFull, free, reserveMargin*r.size)
	}
	err := unix.Fallocate(int(r.file.Fd()), 0, 0, r.size)
	if isNoSpace(err) { // a quota, or somebody was faster
		err = fmt.Errorf("%w (%s): make room there, then try again", ErrFull, err.Error())
	}
	return err
}
