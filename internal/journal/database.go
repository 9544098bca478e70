package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"go.uber.org/zap"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	// readerConnections is how many reads run at once; more wait.
	readerConnections = 4
	// writerOptions: each commit is on the disk when it returns, and readers never wait for one.
	writerOptions = "mode=rw&_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1"
	// creationOptions: what can only be said of a file that is still empty. Free pages can be given back to the disk.
	creationOptions = "mode=rwc&_auto_vacuum=INCREMENTAL"
)

// database is the SQLite file: a committer that alone writes, and connections that only read.
type database struct {
	*committer
	readers *sql.DB
}

func openDatabase(ctx context.Context, dir string, logger *zap.Logger) (*database, error) {
	path := filepath.Join(dir, databaseName)
	_, err := os.Stat(path)
	switch {
	case err == nil:
		err = inspect(ctx, path)
	case errors.Is(err, fs.ErrNotExist):
		err = createDatabase(ctx, dir, path)
	}
	if err != nil {
		return nil, err
	}
	committer, err := openCommitter(ctx, dir, path, logger)
	if err != nil {
		return nil, fmt.Errorf("cannot open the journal %s: %w", path, wrapFull(dir, err))
	}
	readers, err := sql.Open("sqlite", dataSource(path, "mode=ro"))
	if err != nil {
		return nil, errors.Join(err, committer.close())
	}
	readers.SetMaxOpenConns(readerConnections)
	readers.SetMaxIdleConns(readerConnections)
	return &database{committer: committer, readers: readers}, nil
}

func (d *database) close() error {
	return errors.Join(d.readers.Close(), d.committer.close())
}

// createDatabase makes the file complete under another name, so that under its own it is always a journal.
func createDatabase(ctx context.Context, dir, path string) error {
	if _, err := os.Stat(path + "-wal"); err == nil {
		return fmt.Errorf("cannot open the journal: %s is missing, but its log %s-wal is there; restore the one, or move the other away", path, path)
	}
	fresh := path + ".new"
	if err := errors.Join(removeIfExists(fresh), removeIfExists(fresh+"-journal")); err != nil {
		return fmt.Errorf("cannot create the journal: %w", err)
	}
	if err := createSchema(ctx, fresh); err != nil {
		return fmt.Errorf("cannot create the journal: %w", wrapFull(dir, err))
	}
	if err := os.Rename(fresh, path); err != nil {
		return fmt.Errorf("cannot create the journal: %w", err)
	}
	file, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("cannot create the journal: %w", err)
	}
	defer file.Close()
	return file.Sync()
}

func createSchema(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dataSource(path, creationOptions))
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return migrate(ctx, conn)
}

func removeIfExists(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// dataSource names a database file to the driver. A program that holds the file locked, such as a person's sqlite3, is
// waited for during five seconds.
func dataSource(path, options string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: "_busy_timeout=5000&_dqs=0&_defensive=1&_error_rc=1&" + options}).String()
}
