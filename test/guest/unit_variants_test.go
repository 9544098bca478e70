package guest_test

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/guest"
)

// whoami is a bundle whose step prints who runs it.
func whoami(t *testing.T) string {
	t.Helper()
	return string(harness.JSON(t, harness.NewBundle(harness.Shell("who", "id -un"))))
}

// override changes the unit until the test ends, as systemctl edit does.
func (s service) override(t *testing.T, lines string) {
	t.Helper()
	s.Output(t, "sh", "-ec", `mkdir -p "$1"; printf '[Service]\n%s\n' "$2" >"$1/test.conf"; systemctl daemon-reload; systemctl restart clockworkd`,
		"sh", "/etc/systemd/system/clockworkd.service.d", lines)
	t.Cleanup(func() {
		s.Output(t, "sh", "-ec", "rm -r /etc/systemd/system/clockworkd.service.d; systemctl daemon-reload")
	})
}

func (s service) testStop(t *testing.T) {
	bundle := harness.NewBundle(harness.Shell("sleep", "exec sleep 1234567"))
	s.document(t, string(harness.JSON(t, bundle)), "execute", "-", "--detach")
	runs := func() bool {
		return s.Run(t, guest.Command{Args: []string{"sh", "-c", `grep -qsxz 1234567 /proc/[0-9]*/cmdline`}}).ExitCode == 0
	}
	harness.Eventually(t, startTimeout, "the step runs", runs)
	s.Output(t, "systemctl", "stop", "clockworkd-sandboxes")
	if state := s.property(t, "ActiveState"); state != "inactive" || runs() {
		t.Errorf("the daemon is %s; does the step run: %v", state, runs())
	}
	s.Output(t, "systemctl", "start", "clockworkd")
}

func (s service) testWatchdog(t *testing.T) {
	s.override(t, "WatchdogSec=5s\nTimeoutAbortSec=1s") // a process that is stopped does not even abort
	former := s.property(t, "MainPID")
	s.Output(t, "kill", "-STOP", former)
	s.await(t, former)
	if log := s.Output(t, "journalctl", "--unit=clockworkd", "--output=cat"); !strings.Contains(log, "Watchdog timeout") {
		t.Error("it was replaced, but not by the watchdog")
	}
}

func (s service) testRoot(t *testing.T) {
	s.override(t, "User=root")
	document, result := s.document(t, whoami(t), "execute", "-")
	if result.ExitCode != 0 || document.Steps[0].Stdout != "root\n" {
		t.Errorf("a daemon of root's ends the step with %+v", result)
	}
}

func (s service) testSocketActivation(t *testing.T) {
	s.Output(t, "sh", "-exc", "cd "+s.dir+"\n"+commands(t, "`listen` is ignored.\n\n"))
	if got := s.Output(t, "sh", "-c", "systemd-analyze verify clockworkd.socket 2>&1"); got != "" {
		t.Errorf("systemd-analyze verify says %s", got)
	}
	if state := s.property(t, "ActiveState"); state != "inactive" {
		t.Errorf("nobody needs it, but it is %s", state)
	}
	document, result := s.document(t, whoami(t), "execute", "-")
	if result.ExitCode != 0 || document.Steps[0].Stdout != "clockwork\n" {
		t.Errorf("the first bundle ends with %+v", result)
	}
	// Connections wait while the daemon restarts.
	s.Output(t, "systemctl", "restart", "--no-block", "clockworkd")
	if document, result := s.document(t, whoami(t), "execute", "-"); result.ExitCode != 0 {
		t.Errorf("a bundle during a restart ends with %+v, %+v", result, document)
	}
}
