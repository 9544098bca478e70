package userdaemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/client"
)

// stopping stops the daemon at the end of the test, which waits for it with patience.
func stopping(t *testing.T, address string) {
	t.Helper()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := Stop(ctx, address); err != nil && !errors.Is(err, client.ErrUnreachable) {
			t.Error(err)
		}
	})
}

func TestManyStartOne(t *testing.T) {
	address, log := atHome(t)
	stopping(t, address)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			if err := Start(t.Context(), address); err != nil {
				t.Error(err)
			}
		})
	}
	clients.Wait()
	if n := starts(t, log); n != 1 {
		t.Errorf("%d daemons were started, want 1", n)
	}
	pid, err := Pid(t.Context(), address)
	if err != nil || pid == os.Getpid() {
		t.Errorf("the daemon is process %d, %v", pid, err)
	}
	if up := Uptime(pid); up < 0 || up > 10*time.Minute {
		t.Errorf("it has been running for %s", up)
	}
}

func TestStopWaitsForTheEnd(t *testing.T) {
	address, _ := atHome(t)
	stopping(t, address)
	if err := Start(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	if err := Stop(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	path, _ := client.SocketPath(address)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	if err := Stop(t.Context(), address); !errors.Is(err, client.ErrUnreachable) {
		t.Errorf("a second stop: %v, want ErrUnreachable", err)
	}
}

func TestReplace(t *testing.T) {
	address, log := atHome(t)
	stopping(t, address)
	t.Setenv("FAKE_VERSION", "v1")
	if err := Start(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FAKE_VERSION", "v2")
	for range 2 { // the second time it is of that version no longer
		if err := Replace(t.Context(), address, "v1"); err != nil {
			t.Fatal(err)
		}
		if version, err := versionOf(t.Context(), address); err != nil || version != "v2" {
			t.Fatalf("the version is %q, %v; want v2", version, err)
		}
	}
	if n := starts(t, log); n != 2 {
		t.Errorf("%d daemons were started, want 2", n)
	}
}

func TestADaemonThatEndsAtOnce(t *testing.T) {
	address, log := atHome(t)
	t.Setenv("FAKE_DAEMON", "broken")
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, []byte("of another day\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Start(t.Context(), address)
	if err == nil {
		t.Fatal("it started")
	}
	for _, part := range []string{"exit code 7", log, "cannot open the journal: it is broken"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "of another day") {
		t.Errorf("the error shows an old log: %v", err)
	}
}

func TestNoProgram(t *testing.T) {
	address, _ := atHome(t)
	t.Setenv("PATH", "")
	if err := Start(t.Context(), address); err == nil || !strings.Contains(err.Error(), "install it") {
		t.Errorf("got %v, want a remedy", err)
	}
}

func TestTheLockIsNotWaitedForForever(t *testing.T) {
	address, _ := atHome(t)
	unlock, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if err := Start(ctx, address); !errors.Is(err, cause) {
		t.Errorf("got %v, want the cause", err)
	}
}

func TestALargeLogIsPutAside(t *testing.T) {
	_, path := atHome(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, maxLog+1), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := openLog()
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if old, err := os.Stat(path + ".1"); err != nil || old.Size() != maxLog+1 || log.begin != 0 {
		t.Errorf("the old log is %v, %v; the new one begins at %d", old, err, log.begin)
	}
}

func TestRunningFor(t *testing.T) {
	t.Parallel()
	const stat = "4711 (a ) b) S 1 4711 4711 0 -1 4194560 1 0 0 0 5 3 0 0 20 0 8 0 12345 100 200"
	if got, want := runningFor([]byte(stat), []byte("200.45 700.00\n")), 77*time.Second; got.Round(time.Second) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, broken := range []string{"", "4711 (a)", stat[:20]} {
		if got := runningFor([]byte(broken), []byte("200.45 700.00\n")); got != 0 {
			t.Errorf("of %q: got %s, want 0", broken, got)
		}
	}
}
