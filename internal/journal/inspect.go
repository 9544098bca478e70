package journal

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// quickCheckBytes is the largest database that is checked throughout when it is opened. In a larger one, whose check would take
// longer than a daemon may take to start, SQLite finds damage when it comes upon it.
const quickCheckBytes = 16 << 20

// inspect refuses a file that is not a journal which this version can use, and changes nothing of it.
func inspect(ctx context.Context, path string) error {
	size, err := inspectHeader(path)
	if err != nil {
		return err
	}
	options := "mode=ro"
	if _, err := os.Stat(path + "-wal"); err != nil {
		options += "&immutable=1" // else SQLite would create one
	}
	db, err := sql.Open("sqlite", dataSource(path, options))
	if err != nil {
		return err
	}
	defer db.Close()
	// What the header says may be older than what the write-ahead log says.
	var version uint32
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return unreadable(path, err)
	}
	if err := checkVersion(path, version); err != nil {
		return err
	}
	if size > quickCheckBytes {
		return nil
	}
	var finding string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&finding); err != nil {
		return unreadable(path, err)
	}
	if finding != "ok" {
		return damaged(path, finding)
	}
	return nil
}

// inspectHeader looks at the first bytes of the file, before SQLite does: SQLite may roll back or recover what it opens.
// Offsets are those of "The Database Header" in https://www.sqlite.org/fileformat2.html.
func inspectHeader(path string) (size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("cannot open the journal: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("cannot open the journal: %w", err)
	}
	header := make([]byte, 100)
	if _, err := io.ReadFull(file, header); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, damaged(path, "it ends within its header")
	} else if err != nil {
		return 0, fmt.Errorf("cannot read the journal: %w", err)
	}
	if !bytes.HasPrefix(header, []byte("SQLite format 3\x00")) || binary.BigEndian.Uint32(header[68:]) != applicationID {
		return 0, fmt.Errorf("cannot open the journal: %s is not one (no SQLite database, damaged, or another program's); move it away to begin a new journal",
			path)
	}
	return info.Size(), checkVersion(path, binary.BigEndian.Uint32(header[60:]))
}

func checkVersion(path string, version uint32) error {
	if version > uint32(len(migrations)) {
		return fmt.Errorf("cannot open the journal: %s has version %d and this program knows versions up to %d; use a newer program",
			path, version, len(migrations))
	}
	return nil
}

// unreadable says why SQLite cannot read: to do so it writes an index of the write-ahead log, which a full disk has no room for.
func unreadable(path string, err error) error {
	if err := wrapFull(filepath.Dir(path), err); errors.Is(err, ErrFull) {
		return fmt.Errorf("cannot open the journal %s: %w", path, err)
	}
	return damaged(path, err.Error())
}

func damaged(path, finding string) error {
	return fmt.Errorf("cannot open the journal: %s is damaged (%s); restore it from a backup, or move it away to begin a new journal", path, finding)
}
