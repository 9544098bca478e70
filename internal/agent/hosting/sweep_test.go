package hosting

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// What nobody needs any more goes with the time, of whatever owner; what somebody may need stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	work, err := os.MkdirTemp("/tmp", "sweep-") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(work) })
	mine := layout{work: work, owner: "0123456789abcdef", uid: "0"}
	other := layout{work: work, owner: "fedcba9876543210", uid: "0"}
	now := time.Now()
	old := now.Add(-40 * 24 * time.Hour)
	for path, modified := range map[string]time.Time{
		other.workspace("dead"):                        now,
		other.workspace("alive"):                       now,
		mine.workspace("young"):                        now,
		mine.keptAs("old"):                             now,
		mine.keptAs("young"):                           now,
		filepath.Join(mine.agents(), "old"):            old,
		filepath.Join(mine.agents(), "young"):          now,
		filepath.Join(mine.agents(), UploadPrefix+"1"): now.Add(-25 * time.Hour),
		mine.runDir("young"):                           now,
		other.runDir("alive"):                          now,
		other.runDir("dead"):                           now,
	} {
		create := os.MkdirAll
		if filepath.Dir(path) == mine.agents() {
			create = func(path string, _ os.FileMode) error { return os.WriteFile(path, nil, 0o600) }
			if err := os.MkdirAll(mine.agents(), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := create(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{other.sandbox("dead"), other.sandbox("alive"), mine.keptAs("old")} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	agent, err := net.Listen("unix", other.socket("alive"))
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()

	c := command{layout: mine}
	c.sweep(now)
	for path, stays := range map[string]bool{
		other.sandbox("dead"): false, other.runDir("dead"): false, other.sandbox("alive"): true, other.runDir("alive"): true,
		mine.sandbox("young"): true, mine.runDir("young"): true, mine.keptAs("old"): false, mine.keptAs("young"): true,
		filepath.Join(mine.agents(), "old"): false, filepath.Join(mine.agents(), "young"): true,
		filepath.Join(mine.agents(), UploadPrefix+"1"): false,
	} {
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: %v, want that it stays: %v", path, err, stays)
		}
	}
	if err := os.Chtimes(mine.sandbox("young"), old, old); err != nil {
		t.Fatal(err)
	}
	c.sweep(now.Add(sweepInterval / 2)) // which is too early
	if left, err := filepath.Glob(mine.sandbox("*")); err != nil || !slices.Equal(left, []string{mine.sandbox("young")}) {
		t.Errorf("a second sweep at once has left %q, %v", left, err)
	}
}
