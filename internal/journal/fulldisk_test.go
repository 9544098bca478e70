package journal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/journal"
)

// smallDisk is set in the process that onSmallDisk starts: a directory to mount a small file system on.
const smallDisk = "JOURNAL_TEST_SMALL_DISK"

func TestFullDisk(t *testing.T) {
	onSmallDisk(t, "4m", fillAndGoOn)
}

// onSmallDisk runs a test again in a mount namespace of its own, where a small file system harms nobody.
func onSmallDisk(t *testing.T, size string, inside func(t *testing.T, dir string)) {
	t.Helper()
	if dir := os.Getenv(smallDisk); dir != "" {
		mountSmallDisk(t, dir, size)
		inside(t, dir)
		return
	}
	t.Parallel()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	if uid := os.Getuid(); uid != 0 {
		again.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	printed, err := again.CombinedOutput()
	if errors.Is(err, unix.EPERM) {
		t.Skip("mounting needs root, or user namespaces")
	}
	if err != nil || !bytes.Contains(printed, []byte("--- PASS: "+t.Name())) {
		t.Errorf("%v\n%s", err, printed)
	}
}

func mountSmallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("journal-test", dir, "tmpfs", 0, "size="+size+",mode=700"); err != nil {
		t.Fatal(err)
	}
}

// fillAndGoOn fills the disk and makes room again, several times, and fails every kind of write in between.
func fillAndGoOn(t *testing.T, dir string) {
	t.Helper()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	append1(t, w, started(0, 1))
	output(t, w, 0, 1, []byte("before"))
	appended, printed := 1, 6
	for round := range 8 {
		ballast := fill(t, dir, int64(round%4)*5000)
		refused := bytes.Repeat([]byte("x"), 600<<10) // three events, of which not one may stay
		wantFull(t, "Output", w.Output(t.Context(), stdout(w, 0, 1, refused)))
		_, err := j.KeepFile(t.Context(), "execution", 0, "file", 0o644, bytes.NewReader(refused))
		wantFull(t, "KeepFile", err)
		// What the log has room for already goes on a little.
		for err = nil; err == nil; {
			if err = w.Append(t.Context(), started(0, 1)); err == nil {
				appended++
			}
		}
		wantFull(t, "Append", err)
		big := admission("big", 1)
		big.Request.Runner = strings.Repeat("x", 1<<20)
		_, _, err = j.Create(t.Context(), big)
		wantFull(t, "Create", err)
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		append1(t, w, started(0, 1))
		appended++
		output(t, w, 0, 1, []byte("after"))
		printed += len("after")
		if round%3 == 2 {
			if err := errors.Join(w.Close(), j.Close()); err != nil {
				t.Fatal(err)
			}
			j = open(t, dir)
			w = writer(t, j, "execution")
		}
	}
	append1(t, w, ended())
	checkFilled(t, j, 1+appended+1, printed)
	removeOnFullDisk(t, j, dir)
	create(t, j, "big", 1)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	fill(t, dir, 0)
	j = open(t, dir) // by the reserve
	_, _, err := j.Create(t.Context(), admission("small", 1))
	wantFull(t, "Create", err)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	fill(t, dir, 0)
	_, err = journal.Open(t.Context(), journal.Options{Dir: dir})
	wantFull(t, "Open", err)
}

// removeOnFullDisk shows that retention, which is the remedy, works where nothing else does.
func removeOnFullDisk(t *testing.T, j *journal.Journal, dir string) {
	t.Helper()
	if _, err := j.Retain(t.Context(), journal.Retention{MaxBytes: 1}); err != nil {
		t.Fatal(err)
	}
	w := newWriter(t, j, "large")
	output(t, w, 0, 1, make([]byte, 200<<10))
	append1(t, w, ended())
	other := newWriter(t, j, "other")
	ballast := fill(t, dir, 0)
	for err := error(nil); err == nil; {
		err = other.Append(t.Context(), started(0, 1))
	}
	removed, err := j.Retain(t.Context(), journal.Retention{MaxBytes: 1})
	if err != nil || len(removed) != 1 {
		t.Errorf("removed %v, error %v; want the one that has ended", removed, err)
	}
	append1(t, other, started(0, 1))
	if err := errors.Join(os.Remove(ballast), other.Close()); err != nil {
		t.Fatal(err)
	}
}

// checkFilled checks that everything accepted is there, and only that.
func checkFilled(t *testing.T, j *journal.Journal, states, printed int) {
	t.Helper()
	for _, event := range mustCollect(t, j.Follow(t.Context(), "execution", 0), 0) {
		if output := event.GetOutput(); output != nil {
			printed -= len(output.GetData())
		} else {
			states--
		}
	}
	if states != 0 || printed != 0 {
		t.Errorf("%d state events and %d bytes of output are missing", states, printed)
	}
	if list, _, err := j.List(t.Context(), journal.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("%d executions, error %v; want one", len(list), err)
	}
}

// fill takes all room of the disk but spare bytes.
func fill(t *testing.T, dir string, spare int64) (ballast string) {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "ballast-"+rand.Text()))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var size int64
	for err == nil {
		var n int
		n, err = file.Write(make([]byte, 4096))
		size += int64(n)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if err := file.Truncate(size - spare); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

func wantFull(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, journal.ErrFull) {
		t.Errorf("%s on a full disk: %v, want ErrFull", what, err)
	}
}
