package journal

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// probeBytes is more than a file system hands out of space that it has reserved for a file already.
const probeBytes = 64 << 10

// wrapFull makes an error of a write inspectable as ErrFull where lack of room caused it.
func wrapFull(dir string, err error) error {
	if err == nil || errors.Is(err, ErrFull) {
		return err
	}
	if isNoSpace(err) || (isIOError(err) && isNoSpace(probe(dir))) {
		return fmt.Errorf("%w (%s): make room there, then try again", ErrFull, err.Error())
	}
	return err
}

// isNoSpace tells whether the system itself said so.
func isNoSpace(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_FULL
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// isIOError tells whether SQLite says that the system refused something. It does not say what: it calls only ENOSPC by its
// name, and that not everywhere.
func isIOError(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR
}

// isSyncFailure tells whether data that the kernel had taken did not reach the disk. The kernel may have dropped it, so that
// trying again would succeed without having written anything.
func isSyncFailure(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_IOERR_FSYNC || e.Code() == sqlite3.SQLITE_IOERR_DIR_FSYNC)
}

// probe writes a small file in dir, to learn what the system says.
func probe(dir string) (err error) {
	file, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	_, err = file.Write(make([]byte, probeBytes))
	return err
}
