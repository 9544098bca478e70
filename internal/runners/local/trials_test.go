package local

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// TestCheckTriesToBreakWhatIsInForce looks that there is a trial for every isolation, and that all hold.
func TestCheckTriesToBreakWhatIsInForce(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	deny(&o)
	o.ReadPaths = []string{"/var/empty"}
	d := h.newDriver(t, o)
	defer d.Close()
	findings := map[string]bool{}
	for _, finding := range d.Check(t.Context()) {
		findings[finding.Name] = finding.Passed
		if !finding.Passed {
			t.Errorf("%s: %s", finding.Name, finding.Detail)
		}
	}
	for _, capability := range []string{
		"network_isolation", "file_write_isolation", "file_read_isolation", "process_isolation", "private_tmp", "no_new_privileges", "system_call_filter",
	} {
		if _, tried := findings["try to break "+capability]; !tried {
			t.Errorf("%s was not tried", capability)
		}
	}
}

// TestTrialsFindWhatDoesNotHold tries the same outside of every sandbox.
func TestTrialsFindWhatDoesNotHold(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	bait, err := newBait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer bait.remove() //nolint:errcheck // the test is over
	attempts := d.attempts(bait)
	for capability, what := range attempts {
		out, err := exec.Command(h.agent, append([]string{"attempt"}, what...)...).CombinedOutput()
		if want := fmt.Sprintf("a step can %s %s", what[0], what[1]); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, %q, want %q", capability, err, out, want)
		}
	}
}
