package journal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/journal"
)

// A daemon that is killed while it starts a child leaves its lock to the child until that has become another program.
func TestOpenOutlastsALockThatADeadProcessLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	short := exec.Command("true")
	if err := short.Run(); err != nil {
		t.Fatal(err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "journal.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.WriteString(strconv.Itoa(short.Process.Pid) + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		j, err := journal.Open(t.Context(), journal.Options{Dir: dir})
		if err == nil {
			err = j.Close()
		}
		opened <- err
	}()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
}
