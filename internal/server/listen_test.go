package server

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strings"
	"testing"

	"go.uber.org/zap"
)

func TestListenOnASocketForTheGroup(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	listener, err := Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != fs.ModeSocket|0o660 {
		t.Errorf("mode = %v, %v; want a socket of 0660", info.Mode(), err)
	}
	if err := listener.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the closed socket is still there: %v", err)
	}
}

func TestListenReplacesAStaleSocket(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false)
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	listener, err := Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatalf("nobody listens on the new socket: %v", err)
	}
	_ = conn.Close()
}

func TestListenLeavesALiveSocketAlone(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	live, err := Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	if _, err := Listen(t.Context(), "unix", path); err == nil || !strings.Contains(err.Error(), "another daemon does") {
		t.Fatalf("got %v; want that another daemon listens", err)
	}
	if conn, err := net.Dial("unix", path); err != nil {
		t.Errorf("the live socket is gone: %v", err)
	} else {
		_ = conn.Close()
	}
}

func TestListenLeavesFilesAlone(t *testing.T) {
	t.Parallel()
	path := socketPath(t)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(t.Context(), "unix", path); err == nil || !strings.Contains(err.Error(), "something else than a socket") {
		t.Errorf("got %v; want a refusal", err)
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file is now %q, %v", content, err)
	}
	if _, err := Listen(t.Context(), "unix", path+"/no/such"); err == nil || !strings.HasPrefix(err.Error(), "cannot listen on unix:///tmp/") {
		t.Errorf("got %v; want a refusal", err)
	}
}

func TestServeRefusesOpenTCP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address  string
		security Security
		want     string
	}{
		{"0.0.0.0:0", Security{InsecureLoopback: true}, "everybody who can reach it"},
		{"127.0.0.1:0", Security{}, "every user of this host"},
	} {
		listener, err := Listen(t.Context(), "tcp", c.address)
		if err != nil {
			t.Fatal(err)
		}
		server := New(Options{Executor: &fakeExecutor{}, Journal: newFakeJournal(), Runners: registryOf(t, "", &fakeDriver{}), Log: zap.NewNop(), Security: c.security})
		if err := server.Serve(listener); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v; want %q", c.address, err, c.want)
		}
		if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
			t.Errorf("%s is still open", c.address)
		}
		server.Shutdown(t.Context())
	}
}

// Who cannot listen is told what to do about it.
func TestRemediesOfListen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed by the test
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, c := range map[string]struct{ network, want string }{
		taken.Addr().String(): {"tcp", "another program does: stop that one"},
		"192.0.2.1:7000":      {"tcp", "choose one that it has"},
		"/no-such-dir/s":      {"unix", "make the directory of the socket"},
	} {
		listener, err := Listen(t.Context(), c.network, address)
		if err == nil {
			_ = listener.Close()
			t.Errorf("%s can be listened on", address)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", address, err, c.want)
		}
	}
}
