package userdirs

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

func TestSocketFollowsXDGRuntimeDir(t *testing.T) {
	// Not t.TempDir: its path may be too long for a socket.
	base, err := os.MkdirTemp("/tmp", "cw") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	t.Setenv("XDG_RUNTIME_DIR", base)

	socket, err := Socket()
	if want := filepath.Join(base, "clockwork", "clockworkd.sock"); err != nil || socket != want {
		t.Fatalf("Socket() = %q, %v; want %q", socket, err, want)
	}
	if _, err := os.Lstat(filepath.Dir(socket)); !os.IsNotExist(err) {
		t.Fatalf("Socket created its directory: %v", err)
	}
	dir, err := RuntimeDir()
	if err != nil || dir != filepath.Dir(socket) {
		t.Fatalf("RuntimeDir() = %q, %v; want %q", dir, err, filepath.Dir(socket))
	}
	if info, err := os.Lstat(dir); err != nil || info.Mode() != os.ModeDir|0o700 {
		t.Fatalf("RuntimeDir left %v, %v; want a directory of mode 0700", info.Mode(), err)
	}
	if again, err := RuntimeDir(); err != nil || again != dir {
		t.Fatalf("a second RuntimeDir() = %q, %v; want %q", again, err, dir)
	}
}

func TestSocketFallsBackToTmp(t *testing.T) {
	want := fmt.Sprintf("/tmp/clockwork-%d/clockworkd.sock", os.Geteuid())
	for name, base := range map[string]string{
		"unset":    "",
		"relative": "run",
		"missing":  filepath.Join(t.TempDir(), "missing"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", base)
			t.Setenv("TMPDIR", t.TempDir())
			if socket, err := Socket(); err != nil || socket != want {
				t.Fatalf("Socket() = %q, %v; want %q", socket, err, want)
			}
		})
	}
}

func TestSocketOfAnotherUsersRuntimeDir(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Setenv("XDG_RUNTIME_DIR", "/")
	} else {
		base := t.TempDir()
		if err := os.Chown(base, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		t.Setenv("XDG_RUNTIME_DIR", base)
	}
	if socket, err := Socket(); err != nil || !strings.HasPrefix(socket, "/tmp/clockwork-") {
		t.Fatalf("Socket() = %q, %v; want the one below /tmp", socket, err)
	}
}

func TestSocketRefusesALongPath(t *testing.T) {
	base := filepath.Join(t.TempDir(), strings.Repeat("x", 100))
	if err := os.Mkdir(base, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", base)
	if socket, err := Socket(); err == nil {
		t.Fatalf("Socket() = %q; want an error", socket)
	}
}

func TestPrivateRefusesWhatOthersCouldUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o750); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "own")
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(own, link); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		open:                           "its mode 0750 lets others in",
		link:                           "it is not a directory",
		file:                           "it is not a directory",
		filepath.Join(dir, "no", "no"): "cannot create",
	}
	if os.Geteuid() == 0 {
		other := filepath.Join(dir, "other")
		if err := os.Mkdir(other, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(other, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		cases[other] = "it belongs to another user"
	}
	for path, want := range cases {
		if err := private(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("private(%q) = %v; want an error with %q", path, err, want)
		}
	}
}

func TestStateDir(t *testing.T) {
	account, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ xdg, home, want string }{
		{xdg: "/x", home: "/h", want: "/x/clockwork"},
		{xdg: "", home: "/h", want: "/h/.local/state/clockwork"},
		{xdg: "relative", home: "/h", want: "/h/.local/state/clockwork"},
		{xdg: "", home: "relative", want: ""},
		{xdg: "", home: "", want: filepath.Join(account.HomeDir, ".local/state/clockwork")},
	} {
		t.Setenv("XDG_STATE_HOME", c.xdg)
		t.Setenv("HOME", c.home)
		if dir, err := StateDir(); dir != c.want || (err == nil) != (c.want != "") {
			t.Errorf("XDG_STATE_HOME=%q HOME=%q: StateDir() = %q, %v; want %q", c.xdg, c.home, dir, err, c.want)
		}
	}
}
