package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks a SQLite file as a journal: "CLKW".
const applicationID = 0x434c4b57

// migrations lead from the empty database to the newest schema. The number of those that were applied is the file's
// user_version. One that was released is never changed; a new schema is a new entry.
var migrations = []string{
	`
-- Numbers are never used twice, so that a reader of an execution that was removed cannot find itself in another one.
CREATE TABLE executions (
	number       INTEGER PRIMARY KEY AUTOINCREMENT,
	id           TEXT NOT NULL UNIQUE,
	principal    TEXT NOT NULL,
	key          TEXT,                        -- idempotency key
	digest       TEXT NOT NULL,               -- of the request
	created      INTEGER NOT NULL,            -- nanoseconds since 1970, as all times here
	status       INTEGER NOT NULL,            -- copied from header, for lists
	runner       TEXT NOT NULL,               -- copied from header, for lists
	ended        INTEGER,                     -- when the last event was recorded
	output_bytes INTEGER NOT NULL DEFAULT 0,  -- size of the output file, when ended
	kept_bytes   INTEGER NOT NULL DEFAULT 0,  -- size of the files kept, when ended
	header       BLOB NOT NULL,               -- JSON
	marks        BLOB                         -- index of the output file, when ended
) STRICT;
CREATE UNIQUE INDEX executions_by_key ON executions (principal, key) WHERE key IS NOT NULL;
CREATE INDEX executions_by_end ON executions (ended);

CREATE TABLE requests (
	execution INTEGER PRIMARY KEY REFERENCES executions ON DELETE CASCADE,
	request   BLOB NOT NULL                   -- clockwork.v1.ExecuteBundleRequest
) STRICT;

CREATE TABLE steps (
	execution     INTEGER NOT NULL REFERENCES executions ON DELETE CASCADE,
	step          INTEGER NOT NULL,
	name          TEXT NOT NULL,
	purpose       TEXT NOT NULL,
	status        INTEGER NOT NULL,
	attempt       INTEGER NOT NULL,
	first_started INTEGER,
	next_attempt  INTEGER,
	result        INTEGER,                    -- sequence of the event that carries the result
	PRIMARY KEY (execution, step)
) STRICT, WITHOUT ROWID;

-- All events but output, which lies in files.
CREATE TABLE events (
	execution INTEGER NOT NULL REFERENCES executions ON DELETE CASCADE,
	sequence  INTEGER NOT NULL,
	kind      INTEGER NOT NULL,               -- number of the field that is set in clockwork.v1.Event.kind
	event     BLOB NOT NULL,                  -- clockwork.v1.Event
	PRIMARY KEY (execution, sequence)
) STRICT, WITHOUT ROWID;

-- Executions that were removed, but whose files may still be there.
CREATE TABLE removed (
	id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`,
}

// migrate brings a database to the newest schema, one transaction per version.
func migrate(ctx context.Context, conn *sql.Conn) error {
	var version int
	if err := conn.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return fmt.Errorf("cannot read the journal's version: %w", err)
	}
	for version < len(migrations) {
		if err := migrateOne(ctx, conn, version); err != nil {
			return fmt.Errorf("cannot bring the journal from version %d to %d: %w", version, version+1, err)
		}
		version++
	}
	return nil
}

func migrateOne(ctx context.Context, conn *sql.Conn, version int) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing, and before it another error is told
	if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
		return err
	}
	pragmas := fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, version+1)
	if _, err := tx.ExecContext(ctx, pragmas); err != nil {
		return err
	}
	return tx.Commit()
}
