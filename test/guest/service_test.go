package guest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/guest"
)

const (
	address = "unix:///run/clockwork/clockworkd.sock"
	// alice is in the group clockwork; guest.Tester is not.
	alice = "alice"
	// startTimeout is how long the unit may take to be up again on a busy machine.
	startTimeout = time.Minute
)

// service is clockworkd as a unit of the guest's systemd.
type service struct {
	*guest.Guest
	dir string // has bin and deploy
}

// installService does what deploy/README.md says, with the binaries of this machine, and undoes it when the test ends.
func installService(t *testing.T) service {
	t.Helper()
	g := guest.Connect(t)
	s := service{g, g.TempDir(t)}
	s.Put(t, s.dir+"/bin", harness.Binaries(t)...)
	s.Put(t, s.dir, filepath.Join(harness.Root(), "deploy"))
	t.Cleanup(func() { s.Output(t, "sh", "-c", uninstall) })
	s.Output(t, "sh", "-exc", "cd "+s.dir+"\n"+commands(t, "    make build\n"))
	s.Output(t, "useradd", "--create-home", "--groups", "clockwork", alice)
	return s
}

const uninstall = `
systemctl disable --now clockworkd.socket clockworkd
systemctl kill --signal=KILL clockworkd-sandboxes
systemctl stop clockworkd-sandboxes
userdel --remove alice
userdel clockwork
rm -rf /usr/bin/clockwork* /usr/lib/sysusers.d/clockworkd.conf /usr/lib/systemd/system/clockwork* /etc/systemd/system/clockwork* \
  /etc/clockwork /var/lib/clockwork /run/clockwork
systemctl daemon-reload
systemctl reset-failed
exit 0`

// commands returns those of deploy/README.md that follow a text, up to an empty line.
func commands(t *testing.T, after string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root(), "deploy", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(text), after)
	block, _, closed := strings.Cut(block, "\n\n")
	if !found || !closed || !strings.HasPrefix(block, "    ") {
		t.Fatalf("cannot find commands after %q in deploy/README.md", after)
	}
	return block
}

// ctl runs clockworkctl as alice.
func (s service) ctl(t *testing.T, stdin string, args ...string) guest.Result {
	t.Helper()
	return s.Run(t, guest.Command{
		Args: append([]string{"clockworkctl", "--address", address}, args...), User: alice, Dir: "/home/" + alice, Stdin: strings.NewReader(stdin),
	})
}

// document runs clockworkctl as alice, with -o json.
func (s service) document(t *testing.T, stdin string, args ...string) (harness.Document, guest.Result) {
	t.Helper()
	result := s.ctl(t, stdin, append(args, "-o", "json")...)
	var document harness.Document
	if err := json.Unmarshal([]byte(result.Stdout), &document); err != nil {
		t.Fatalf("clockworkctl %q prints no document: %v\n%+v", args, err, result)
	}
	return document, result
}

// property returns one of the unit's.
func (s service) property(t *testing.T, name string) string {
	t.Helper()
	return s.Output(t, "systemctl", "show", "--value", "--property="+name, "clockworkd")
}

// await waits until another process than the given one is the daemon and is ready.
func (s service) await(t *testing.T, former string) {
	t.Helper()
	harness.Eventually(t, startTimeout, "the unit is up again", func() bool {
		return s.property(t, "ActiveState") == "active" && s.property(t, "MainPID") != former
	})
}
