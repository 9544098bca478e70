package guest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/guest"
)

// exposure is the most that systemd-analyze security may find, times ten. What the unit forbids the daemon, it forbids all steps, so it
// forbids little; see deploy/README.md.
const exposure = "86"

// The unit of deploy/, installed as its README says, does what the README says.
func TestUnit(t *testing.T) {
	s := installService(t)
	t.Run("is what systemd understands", func(t *testing.T) {
		if got := s.Output(t, "sh", "-c", "systemd-analyze verify clockworkd.service clockworkd-sandboxes.service 2>&1"); got != "" {
			t.Errorf("systemd-analyze verify says %s", got)
		}
		t.Log(s.Output(t, "systemd-analyze", "security", "--no-pager", "--threshold="+exposure, "clockworkd.service"))
	})
	t.Run("runs bundles of its group", s.testBundle)
	t.Run("lets nobody else in", s.testSocket)
	t.Run("reloads", s.testReload) // also has it stop quickly from here on
	t.Run("leaves steps running", s.testSteps)
	t.Run("stops everything", s.testStop)
	t.Run("replaces a daemon that hangs", s.testWatchdog)
	t.Run("may run as root", s.testRoot)
	t.Run("starts when it is needed", s.testSocketActivation)
}

func (s service) testBundle(t *testing.T) {
	hello, err := os.ReadFile(filepath.Join(harness.Root(), "examples", "hello.json"))
	if err != nil {
		t.Fatal(err)
	}
	document, result := s.document(t, string(hello), "execute", "-")
	if result.ExitCode != 0 || document.Status != "success" || document.Steps[0].Stdout != "hello, clockwork\n" {
		t.Errorf("it ends with %+v", result)
	}
	// Its messages name the execution.
	found := false
	for line := range strings.Lines(s.Output(t, "journalctl", "--unit=clockworkd", "--output=cat")) {
		var message struct{ Execution string }
		found = found || json.Unmarshal([]byte(line), &message) == nil && message.Execution == document.ExecutionID
	}
	if !found {
		t.Errorf("nothing in the journal has execution %s", document.ExecutionID)
	}
}

func (s service) testSocket(t *testing.T) {
	result := s.Run(t, guest.Command{Args: []string{"clockworkctl", "--address", address, "runners", "list"}, User: guest.Tester})
	if result.ExitCode != 3 {
		t.Errorf("somebody who is not in the group gets %+v", result)
	}
	for path, mode := range map[string]string{"/run/clockwork": "750", "/run/clockwork/clockworkd.sock": "660", "/var/lib/clockwork": "700"} {
		want := "clockwork:clockwork " + mode
		if got := s.Output(t, "stat", "-c", "%U:%G %a", path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func (s service) testReload(t *testing.T) {
	before := s.property(t, "MainPID")
	s.Output(t, "sh", "-c", "echo 'drain_timeout: 100ms' >>/etc/clockwork/clockworkd.yaml; systemctl reload clockworkd")
	harness.Eventually(t, startTimeout, "the daemon says that it has reloaded", func() bool {
		return strings.Contains(s.Output(t, "journalctl", "--unit=clockworkd", "--output=cat"), `"changed":["drain_timeout"]`)
	})
	if after := s.property(t, "MainPID"); after != before {
		t.Errorf("process %s became %s", before, after)
	}
}

// count prints a line again and again until a file is there, and fails then.
const count = `echo $$ >"$DIR/pid"; i=0
until [ -e "$DIR/end" ]; do i=$((i+1)); echo "line $i"; sleep 0.2; done
echo "$i" >"$DIR/count"; exit 7`

func (s service) testSteps(t *testing.T) {
	dir := s.TempDir(t)
	s.Output(t, "chown", "clockwork:", dir)
	bundle := harness.With(harness.NewBundle(harness.Shell("count", count)), harness.Object{"vars": harness.Object{"DIR": dir}})
	document, _ := s.document(t, string(harness.JSON(t, bundle)), "execute", "-", "--detach")
	logs := func() string {
		return s.ctl(t, "", "executions", "logs", document.ExecutionID, "--stream", "stdout").Stdout
	}
	grows := func(what string) {
		t.Helper()
		before := len(logs())
		harness.Eventually(t, startTimeout, "the step prints "+what, func() bool { return len(logs()) > before })
	}
	grows("at first")
	step := strings.TrimSpace(s.Get(t, dir+"/pid"))
	if cgroup := s.Get(t, "/proc/"+step+"/cgroup"); !strings.HasPrefix(cgroup, "0::/clockwork.slice/clockworkd-sandboxes.service/") {
		t.Errorf("the step is in %s", cgroup)
	}

	former := s.property(t, "MainPID")
	s.Output(t, "systemctl", "restart", "clockworkd")
	s.await(t, former)
	grows("after a restart")

	former = s.property(t, "MainPID")
	s.Output(t, "systemctl", "kill", "--signal=KILL", "clockworkd")
	s.await(t, former)
	grows("after the daemon was killed")

	former = s.property(t, "MainPID")
	s.Output(t, "systemctl", "stop", "clockworkd")
	s.Output(t, "sh", "-ec", `! systemctl is-active clockworkd; kill -0 "$(cat "$1/pid")"`, "sh", dir)
	s.Output(t, "systemctl", "start", "clockworkd")
	s.await(t, former)
	grows("after a stop")

	s.Output(t, "touch", dir+"/end")
	watched := s.ctl(t, "", "executions", "watch", document.ExecutionID, "-o", "jsonl")
	document, _ = s.document(t, "", "executions", "show", document.ExecutionID)
	if code := document.Steps[0].ExitCode; watched.ExitCode != 1 || document.Status != "failed" || code == nil || *code != 7 {
		t.Errorf("it ends with %+v, want exit code 7", document)
	}
	if again := strings.TrimSpace(s.Get(t, dir+"/pid")); again != step {
		t.Errorf("the step was started again: process %s became %s", step, again)
	}
	var lines int
	if _, err := fmt.Sscan(s.Get(t, dir+"/count"), &lines); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for line := range lines {
		fmt.Fprintf(&want, "line %d\n", line+1)
	}
	if got := logs(); got != want.String() {
		t.Errorf("the output differs: %d bytes, want %d lines in %d bytes", len(got), lines, want.Len())
	}
}
