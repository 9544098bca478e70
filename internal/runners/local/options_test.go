package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for want, change := range map[string]func(*Options){
		"not an absolute path":         func(o *Options) { o.StateDir = "state" },
		"choose a shorter runtime_dir": func(o *Options) { o.RuntimeDir = "/" + strings.Repeat("r", maxRuntimeDir) },
		"cannot derive tokens":         func(o *Options) { o.Secret = []byte("short") },
		"cannot find clockwork-agent":  func(o *Options) { o.AgentPath = filepath.Join(h.dir, "nothing") },
		"is not an executable file":    func(o *Options) { o.AgentPath = h.dir },
		"cannot create a directory":    func(o *Options) { o.StateDir = h.agent },
		"cannot use \"\" as cache":     func(o *Options) { o.CacheDir = "" },
	} {
		o := h.options("daemon")
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want %q", err, want)
		}
	}
}

func TestTheLongestRuntimeDirStillWorks(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	o.RuntimeDir = filepath.Join(h.dir, strings.Repeat("r", maxRuntimeDir-len(h.dir)-1))
	if len(newLayout(o).socket("id")) != maxSocketPath {
		t.Fatalf("the socket's path has %d bytes, want %d", len(newLayout(o).socket("id")), maxSocketPath)
	}
	d := h.newDriver(t, o)
	defer d.Close()
	for _, finding := range d.Check(t.Context()) {
		if !finding.Passed {
			t.Errorf("%+v", finding)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	o.AgentPath = filepath.Join(h.dir, "agent")
	if err := os.WriteFile(o.AgentPath, []byte("#!/bin/sh\necho it is broken >&2\n"), 0o755); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	d := h.newDriver(t, o)
	defer d.Close()
	findings := d.Check(t.Context())
	if len(findings) != 1 || findings[0].Passed || findings[0].Remedy == "" || !strings.Contains(findings[0].Detail, "it is broken") {
		t.Errorf("Check = %+v, want one that failed, with what the agent says", findings)
	}
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestTokensFollowFromSecretAndID(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	other := o
	other.Secret = []byte("fedcba9876543210")
	a, b := newLayout(o), newLayout(other)
	if a.token("one") != newLayout(o).token("one") || a.token("one") == a.token("two") || a.token("one") == b.token("one") {
		t.Error("want a token that depends on the secret and the id, and on nothing else")
	}
}
