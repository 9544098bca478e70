package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/client/clienttest"
	"github.com/clockworkd/clockwork/internal/diagnosis"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// found returns the findings of a document by runner and name, "py/pool" for instance, each as "state detail -> remedy".
func found(t *testing.T, got ran) map[string]string {
	t.Helper()
	all := map[string]string{}
	list, _ := got.document(t)["findings"].([]any)
	for _, element := range list {
		f, _ := element.(map[string]any)
		text := func(key string) string { value, _ := f[key].(string); return value }
		where := text("runner")
		if where == "" {
			where = text("area")
		}
		if (text("state") == "warning" || text("state") == "problem") && text("remedy") == "" {
			t.Errorf("there is no remedy for %v", f)
		}
		all[where+"/"+text("name")] = text("state") + " " + text("detail") + " -> " + text("remedy")
	}
	return all
}

// finds fails unless each finding is there and contains the text.
func finds(t *testing.T, all, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if !strings.Contains(all[name], text) {
			t.Errorf("%s is %q, want %q in it", name, all[name], text)
		}
	}
}

func diagnosed(findings ...*clockworkv1.DaemonFinding) *clockworkv1.DiagnoseResponse {
	return &clockworkv1.DiagnoseResponse{Version: version.Version, StartTime: timestamppb.New(time.Now().Add(-time.Hour)), Findings: findings}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{
		Version: version.Version, Diagnosis: diagnosed(diagnosis.OK("journal", "fine"), diagnosis.Warning("state_disk", "little", "make room")),
		Runners: []*clockworkv1.Runner{{
			Name: "local", Languages: []*clockworkv1.Language{{Name: "sh", Program: "/bin/sh"}, {Name: "python", Program: "/opt/uv"}},
			Capabilities: []*clockworkv1.Capability{
				{Name: "memory_limit", Detail: "there is no cgroup", Remedy: "run it as a unit"}, {Name: "processes", Available: true, Detail: "by rlimits"},
			},
			Pool: &clockworkv1.PoolStatus{Max: 3},
		}},
	})
	got := command{}.run("--address", address, "doctor", "-o", "json")
	if got.code != 0 || got.document(t)["problems"] != 0.0 || got.document(t)["warnings"] != 1.0 {
		t.Errorf("exit code %d and\n%s", got.code, got.stdout)
	}
	finds(t, found(t, got), map[string]string{
		"client/version": "ok " + version.Version, "client/address": "ok " + address + ", from --address", "client/socket": "ok mode 07",
		"daemon/running": "has been running for 1h", "daemon/version": "ok " + version.Version + ", as clockworkctl",
		"daemon/journal": "ok fine", "daemon/state_disk": "warning little -> make room",
		"local/start a process": "ok", "local/pool": "at most 3", "local/languages": "sh (/bin/sh), python (/opt/uv)", "local/uv": "ok /opt/uv",
		"local/memory_limit": "ok not in force: there is no cgroup -> run it as a unit", "local/processes": "ok by rlimits",
	})
	wants(t, command{}.run("--address", address, "doctor").stdout, "\nrunner local\n", "-> make room\n", "\n0 problems, 1 warning\n")
	if lines := strings.Count(command{}.run("--address", address, "doctor", "-o", "jsonl").stdout, "\n"); lines != len(found(t, got)) {
		t.Errorf("%d lines, want one for each of %d findings", lines, len(found(t, got)))
	}
}

func TestDoctorFindsProblems(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{
		Version: "v9", Diagnosis: diagnosed(diagnosis.Problem("journal", "full", "make room")),
		Runners: []*clockworkv1.Runner{
			{Name: "py", ErrorMessage: "no engine"},
			{Name: "bare", Pool: &clockworkv1.PoolStatus{LastError: "no such image"}},
			{Name: "old", Languages: []*clockworkv1.Language{{Name: "python", Program: "/usr/bin/python3"}}},
		},
	})
	got := command{}.run("--address", address, "doctor", "-o", "json")
	if got.code != 4 || got.document(t)["problems"] != 2.0 {
		t.Errorf("exit code %d and\n%s", got.code, got.stdout)
	}
	finds(t, found(t, got), map[string]string{
		"daemon/version": "warning v9, but clockworkctl is " + version.Version, "daemon/journal": "problem full -> make room",
		"py/start a process": "problem no engine", "bare/pool": "warning", "bare/languages": "warning none", "bare/uv": "warning neither",
		"old/uv": "warning it is not there: artifacts in Python run with /usr/bin/python3",
	})
	if _, described := found(t, got)["py/pool"]; described {
		t.Error("of a runner that does not work more is told than why")
	}
}

// A daemon from before doctor answers what it can.
func TestDoctorOfAnOldDaemon(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Version: "v0"})
	got := command{}.run("--address", address, "doctor", "-o", "json")
	if got.code != 0 {
		t.Errorf("exit code %d\n%s", got.code, got.stdout)
	}
	finds(t, found(t, got), map[string]string{"daemon/itself": "warning it is too old", "daemon/running": "ok it answers"})
}

func TestDoctorWithoutADaemon(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "s")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]map[string]string{
		"unix:///nowhere/s": {"client/socket": "ok there is none", "daemon/running": "problem no daemon answers at unix:///nowhere/s"},
		"unix://" + file:    {"client/socket": "problem " + file + " is not a socket", "daemon/running": "problem no daemon answers"},
		"tcp://localhost:1": {"client/tls": "ok none", "daemon/running": "if it demands TLS"},
		"localhost:7000":    {"client/address": `problem not a usable address: "localhost:7000"`},
	} {
		got := command{}.run("--address", address, "doctor", "-o", "json")
		if got.code != 3 {
			t.Errorf("%s: exit code %d, want 3\n%s", address, got.code, got.stdout)
		}
		finds(t, found(t, got), want)
	}
	bad := command{}.run("--address", "tcp://localhost:1", "--tls-ca", "/nowhere/ca.pem", "doctor", "-o", "json")
	finds(t, found(t, bad), map[string]string{"client/tls": "problem cannot read the certificates"})
}

// Who has no daemon yet is told what there is, and nothing is started or made.
func TestDoctorStartsNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("PATH", "")
	got := command{}.run("doctor", "-o", "json")
	if got.code != 3 {
		t.Errorf("exit code %d\n%s", got.code, got.stdout)
	}
	finds(t, found(t, got), map[string]string{
		"client/address": "your own daemon's", "client/clockworkd": "problem cannot start a daemon", "client/log": "not written yet",
		"daemon/running": "warning none runs", "daemon/state_dir": "not made yet", "daemon/runtime_dir": "not made yet",
	})
	if made, err := os.ReadDir(dir); err != nil || len(made) != 0 {
		t.Errorf("it has made %v, %v", made, err)
	}
}
