package userdaemon

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/userdirs"
)

const (
	// maxLog is the size, in bytes, beyond which the log is begun anew at a start; one old log is kept.
	maxLog = 8 << 20
	// tailBytes and tailLines bound what of the log an error shows.
	tailBytes = 4 << 10
	tailLines = 10
)

// LogPath is the path of the log that a daemon started here writes.
func LogPath() (string, error) {
	dir, err := userdirs.StateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "clockworkd.log"), nil
}

// daemonLog is the log, and the place where it stood when the daemon was started.
type daemonLog struct {
	*os.File

	begin int64
}

func openLog() (*daemonLog, error) {
	path, err := LogPath()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot create the directory of the daemon's log: %w; set XDG_STATE_HOME to one that you may write to", err)
	}
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("cannot put the daemon's old log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the daemon's log: %w", err)
	}
	begin, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cannot read the daemon's log: %w", err)
	}
	return &daemonLog{file, begin}, nil
}

// tail is the end of what the daemon wrote, for an error; it begins with a line of its own.
func (l *daemonLog) tail() string {
	end, err := l.Seek(0, io.SeekEnd)
	if err != nil || end <= l.begin {
		return "; its log is " + l.Name()
	}
	data := make([]byte, min(end-l.begin, tailBytes))
	n, _ := l.ReadAt(data, end-int64(len(data)))
	lines := bytes.Split(bytes.TrimRight(data[:n], "\n"), []byte("\n"))
	lines = lines[max(0, len(lines)-tailLines):]
	return fmt.Sprintf("; the end of its log, %s:\n%s", l.Name(), bytes.Join(lines, []byte("\n")))
}
