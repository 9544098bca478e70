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

// A daemon that is killed while it starts a child leaves its lock to the child until that has become another program; and it takes a
// moment until it is dead itself.
func TestOpenOutlastsTheLockOfAKilledProcess(t *testing.T) {
	t.Parallel()
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	for name, holder := range map[string]int{"dead": dead.Process.Pid, "dying": os.Getpid()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			lock, err := os.OpenFile(filepath.Join(dir, "journal.lock"), os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
			if _, err := lock.WriteString(strconv.Itoa(holder) + "\n"); err != nil {
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
		})
	}
}
