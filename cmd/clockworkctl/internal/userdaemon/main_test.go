package userdaemon

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
	"github.com/clockworkd/clockwork/internal/userdirs"
)

// TestMain makes this binary the daemon where it is called by the daemon's name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == name {
		os.Exit(playDaemon())
	}
	os.Exit(m.Run())
}

// playDaemon serves at the user's own socket until SIGTERM. FAKE_DAEMON tells it what else to do.
func playDaemon() int {
	fmt.Fprintln(os.Stderr, "starting, process", os.Getpid())
	if os.Getenv("FAKE_DAEMON") == "broken" {
		fmt.Fprintln(os.Stderr, "cannot open the journal: it is broken")
		return 7
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	socket, err := userdirs.Socket()
	if err != nil {
		panic(err)
	}
	daemon, err := clienttest.Start(socket, clienttest.Options{Version: os.Getenv("FAKE_VERSION")})
	if err != nil {
		panic(err)
	}
	<-signals
	daemon.Close()
	return 0
}

// atHome gives the test directories of its own and puts the daemon into PATH. It returns the address and the log's path.
func atHome(t *testing.T) (address, log string) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw") //nolint:usetesting // its path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("XDG_STATE_HOME", dir)
	socket, err := userdirs.Socket()
	if err != nil {
		t.Fatal(err)
	}
	log, err = LogPath()
	if err != nil {
		t.Fatal(err)
	}
	return "unix://" + socket, log
}

// starts counts how often a daemon was started.
func starts(t *testing.T, log string) int {
	t.Helper()
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), "starting, process")
}
