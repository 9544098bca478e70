package work

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Run is what one run has recorded of itself.
type Run struct {
	PID   int
	Start time.Time
	// Ended is whether it came to its end; ExitCode is what it was then about to exit with.
	Ended    bool
	ExitCode int
}

// Begin records that this process begins a run, and returns the run's number, from 1.
func (w Work) Begin() (int, error) {
	if err := w.record("start %d %d\n", os.Getpid(), time.Now().UnixNano()); err != nil {
		return 0, err
	}
	runs, err := w.Runs()
	return len(runs), err
}

// End records that this process has done its work and is about to exit.
func (w Work) End(code int) error { return w.record("end %d %d\n", os.Getpid(), code) }

// record appends a line with one write, so that runs which should not be at the same time can still be told apart.
func (w Work) record(format string, args ...any) error {
	file, err := os.OpenFile(w.Records, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, format, args...)
	return errors.Join(err, file.Close())
}

// Runs returns the runs recorded so far, in the order in which they began.
func (w Work) Runs() ([]Run, error) {
	data, err := os.ReadFile(w.Records)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var runs []Run
	for line := range strings.Lines(string(data)) {
		var word string
		var pid int
		var value int64
		if _, err := fmt.Sscan(line, &word, &pid, &value); err != nil {
			return nil, fmt.Errorf("cannot read the record %q: %w", line, err)
		}
		if word == "start" {
			runs = append(runs, Run{PID: pid, Start: time.Unix(0, value)})
			continue
		}
		for i := len(runs) - 1; i >= 0; i-- {
			if runs[i].PID == pid {
				runs[i].Ended, runs[i].ExitCode = true, int(value)
				break
			}
		}
	}
	return runs, nil
}
