package soak

import (
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/soak/work"
)

// recorder listens to what the runs of all works report. It lies outside of every sandbox, so it knows what has happened, whatever
// became of the sandbox.
type recorder struct {
	running sync.WaitGroup

	mu   sync.Mutex
	runs map[string][]work.Run // by the work's key
}

// startRecorder starts a recorder at an address. It is stopped when the test ends.
func startRecorder(t *testing.T, address string) *recorder {
	t.Helper()
	network, rest, err := work.Endpoint(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen(network, rest)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{runs: map[string][]work.Run{}}
	r.running.Go(func() { r.accept(listener) })
	t.Cleanup(func() {
		_ = listener.Close()
		r.running.Wait()
	})
	return r
}

// accept takes one report after the other: a run that was killed right after it began must not come behind the next one.
func (r *recorder) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		r.listen(conn)
	}
}

// listen takes one report. A run may be killed at any moment, and then says only a part of it, or hears no answer.
func (r *recorder) listen(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(harness.Patience)) // a connection takes deadlines
	var report work.Report
	if json.NewDecoder(conn).Decode(&report) == nil {
		_, _ = fmt.Fprintln(conn, r.record(report))
	}
}

// record notes a report and returns the run's number.
func (r *recorder) record(report work.Report) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	runs := r.runs[report.Key]
	if report.Run == 0 {
		r.runs[report.Key] = append(runs, work.Run{Start: report.Time})
		return len(runs) + 1
	}
	if report.Run <= len(runs) {
		runs[report.Run-1].Ended, runs[report.Run-1].ExitCode = true, report.ExitCode
	}
	return report.Run
}

// of returns what is recorded of a work's runs, in the order in which they began.
func (r *recorder) of(key string) []work.Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.runs[key])
}
