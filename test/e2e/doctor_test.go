package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// diagnosis is what the API tells of the daemon, as protojson spells it.
type diagnosis struct {
	Version, StartTime string
	Findings           []struct{ Name, State, Detail, Remedy string }
}

// diagnose asks by the API, and returns the findings as "state: detail" by name, too.
func diagnose(t *testing.T, d *harness.Daemon) (diagnosis, map[string]string) {
	t.Helper()
	reply := d.Grpcurl(t, "DaemonService/Diagnose", []byte(`{}`))
	if reply.Status.Code != 0 {
		t.Fatalf("%s: %s", reply.Status.Name(), reply.Status.Message)
	}
	var told diagnosis
	if err := json.Unmarshal(reply.Messages[0], &told); err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, f := range told.Findings {
		byName[f.Name] = word(f.State) + ": " + f.Detail
		if word(f.State) != "ok" && f.Remedy == "" {
			t.Errorf("there is no remedy for %+v", f)
		}
	}
	return told, byName
}

func TestDiagnoseByGrpcurl(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	told, byName := diagnose(t, d)
	if told.Version == "" || told.StartTime == "" {
		t.Errorf("version %q, start time %q", told.Version, told.StartTime)
	}
	for name, want := range map[string]string{
		"configuration": "ok: " + d.Dir, "state_dir": "ok: " + d.StateDir, "state_disk": d.StateDir, "runtime_dir": "ok: " + d.RuntimeDir,
		"runtime_disk": d.RuntimeDir, "journal": "ok: ", "queue": "ok: ", "open_files": "open", "agents": "ok: for linux/", "service": "ok: ",
	} {
		if !strings.Contains(byName[name], want) {
			t.Errorf("%s is %q, want %q in it", name, byName[name], want)
		}
	}
	key, err := os.ReadFile(filepath.Join(d.StateDir, "daemon.key"))
	if err != nil || len(key) < 32 {
		t.Fatalf("cannot read the daemon's key: %v", err)
	}
	if all, _ := json.Marshal(told); strings.Contains(string(all), strings.TrimSpace(string(key))) {
		t.Error("the daemon tells its key")
	}
}

// What doctor finds changes with what there is to find.
func TestDiagnoseFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Disk: "30m", OpenFiles: 64, Max: 16})
	_, byName := diagnose(t, d)
	for name, want := range map[string]string{"state_disk": "warning: ", "open_files": "local 6 instead of 16"} {
		if !strings.Contains(byName[name], want) {
			t.Errorf("%s is %q, want %q in it", name, byName[name], want)
		}
	}
	config, err := os.ReadFile(filepath.Join(d.Dir, "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		"\nlimits: {watchers: 7}\n":          "limits.watchers",
		"\nmetrics: {profiles: true}\n":      "metrics.profiles",
		"\npassword: \"of somebody else\"\n": "cannot be read again",
	} {
		d.WriteFile(t, "config.yaml", append(slices.Clone(config), change...))
		_, byName := diagnose(t, d)
		if got := byName["configuration"]; !strings.HasPrefix(got, "warning: ") || !strings.Contains(got, want) || strings.Contains(got, "somebody") {
			t.Errorf("after %q the configuration is %q, want %q in it", change, got, want)
		}
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	var found struct {
		Problems int
		Findings []struct{ Area, Runner, Name, State, Detail string }
	}
	result := d.Ctl(t, "doctor", "-o", "json").Want(t, 0)
	if err := json.Unmarshal([]byte(result.Stdout), &found); err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, f := range found.Findings {
		seen = append(seen, strings.TrimSpace(f.Area+" "+f.Runner)+": "+f.Name)
	}
	for _, want := range []string{"client: address", "daemon: journal", "runner local: create a sandbox", "runner local: languages"} {
		if !slices.Contains(seen, want) {
			t.Errorf("%q is missing in %q", want, seen)
		}
	}
	d.Stop(t)
	result = d.Ctl(t, "doctor").Want(t, 3)
	if !strings.Contains(result.Stdout, "problem  running") {
		t.Errorf("without its daemon doctor says\n%s", result.Stdout)
	}
}
