package local

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/runners"
)

// otherUser is nobody's id, and not that of a daemon.
const otherUser = 12345

func TestParseUser(t *testing.T) {
	t.Parallel()
	root, err := ParseUser("root")
	if err != nil || root.UID != 0 || root.Name != "root" || root.Home == "" || !slices.Contains(root.Groups, 0) {
		t.Errorf("root = %+v, %v", root, err)
	}
	if u, err := ParseUser("4000000001:7"); err != nil || u.UID != 4000000001 || u.GID != 7 || u.Name != "" || len(u.Groups) > 0 {
		t.Errorf("a number without a name = %+v, %v", u, err)
	}
	for _, wrong := range []string{"", "nobody-has-this-name", "0:", "0:wheel", "-1", "4294967295", "0:4294967295"} {
		if u, err := ParseUser(wrong); err == nil {
			t.Errorf("%q = %+v, want an error", wrong, u)
		}
	}
}

func TestOnlyRootRunsStepsAsAnother(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	o.User = &User{User: confine.User{UID: otherUser + 1, GID: otherUser + 1}}
	d, err := New(o)
	if err == nil {
		_ = d.Close()
	}
	if isRoot() == (err != nil) || err != nil && !strings.Contains(err.Error(), "only root may become another user") {
		t.Errorf("New: %v, as user %d", err, os.Geteuid())
	}
}

// asUser runs a shell command in a sandbox of another user, and returns what it prints.
func asUser(t *testing.T, change func(*Options), command string) (sandbox *runners.Sandbox, d *Driver, said string) {
	t.Helper()
	h := newHost(t)
	if err := os.Chmod(h.dir, 0o711); err != nil { //nolint:gosec // that is the case: others come as far as the runtime directory
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(h.agent), 0o755); err != nil { //nolint:gosec // as it is when it is installed
		t.Fatal(err)
	}
	o := h.options("daemon")
	o.User = &User{User: confine.User{UID: otherUser, GID: otherUser, Groups: []int{otherUser, otherUser + 7}}, Name: "somebody"}
	change(&o)
	d = h.newDriver(t, o)
	t.Cleanup(func() { _ = d.Close() })
	sandbox = createSandbox(t, h, d)
	if err := sandbox.Agent.WriteFiles(t.Context(), slices.Values([]agent.File{{Path: "file", Mode: 0o644}})); err != nil {
		t.Fatal(err)
	}
	var out collect
	exit, err := sandbox.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "step", Argv: []string{"/bin/sh", "-c", command}}, &out)
	if err != nil || exit.GetExitCode() != 0 {
		t.Fatalf("it ended as %v, %v: %s", exit, err, out.text.String())
	}
	return sandbox, d, out.text.String()
}

func TestStepsOfAnotherUser(t *testing.T) {
	t.Parallel()
	if !isRoot() {
		return // see TestOnlyRootRunsStepsAsAnother
	}
	for name, change := range map[string]func(*Options){"free": func(*Options) {}, "confined": deny} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sandbox, d, said := asUser(t, change, `id -u; id -g; id -G; echo "$USER, $LOGNAME"; stat -c %u . file "$HOME" "$TMPDIR"
				touch mine "$HOME/mine" "$TMPDIR/mine" /tmp/of-the-step && ls "$TMPDIR"`)
			id, group := strconv.Itoa(otherUser), strconv.Itoa(otherUser+7)
			want := []string{id, id, id + " " + group, "somebody, somebody", id, id, id, id}
			lines := strings.Split(strings.TrimSpace(said), "\n")
			if len(lines) < len(want) || !slices.Equal(lines[:len(want)], want) {
				t.Errorf("it says %q, want %q first", lines, want)
			}
			if !slices.Contains(lines, "of-the-step") {
				t.Errorf("/tmp is not the sandbox's own: %q", lines)
			}
			if sandbox.Agent.Hello().UID != otherUser {
				t.Errorf("the agent is user %d", sandbox.Agent.Hello().UID)
			}
			if _, err := os.Lstat("/tmp/of-the-step"); err == nil {
				t.Error("/tmp is the machine's")
			}
			info, err := os.Stat(filepath.Join(d.layout.workspace(sandbox.ID), "mine"))
			if err != nil || info.Sys().(*syscall.Stat_t).Uid != otherUser { //nolint:errcheck // it is what Linux has
				t.Errorf("what a step wrote is %+v, %v", info, err)
			}
		})
	}
}

// TestAnotherUserReachesNothingOfTheDaemons looks for what belongs to the daemon, as a step of another user.
func TestAnotherUserReachesNothingOfTheDaemons(t *testing.T) {
	t.Parallel()
	if !isRoot() {
		return
	}
	_, d, said := asUser(t, func(*Options) {}, `
		find "$(dirname "$(dirname "$PWD")")" -maxdepth 1 -mindepth 1 | wc -l
		kill -0 `+strconv.Itoa(os.Getpid())+` 2>/dev/null && echo signals; true`)
	if got := strings.Fields(said); len(got) != 1 || got[0] != "1" {
		t.Errorf("it sees %q, want one sandbox, its own, and no process of the daemon's to signal", got)
	}
	description, err := d.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]bool{}
	for _, c := range description.Capabilities {
		in[c.Name] = c.Available
	}
	want := map[string]bool{"user_isolation": true, "private_tmp": true, "network_isolation": false, "no_new_privileges": false}
	maps.DeleteFunc(in, func(name string, _ bool) bool { _, asked := want[name]; return !asked })
	if !maps.Equal(in, want) {
		t.Errorf("in force: %v, want %v", in, want)
	}
}
