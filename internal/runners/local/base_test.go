package local

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBaseEnvironmentIsBuiltFromNothing(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	o.Env = map[string]string{"EXTRA": "value", "LANG": "de_DE.UTF-8"}
	d := h.newDriver(t, o)
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	env := sandbox.Agent.Hello().BaseEnv
	known := []string{
		"DENO_DIR", "EXTRA", "GOCACHE", "GOMODCACHE", "HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "USER", "UV_CACHE_DIR",
	}
	if got := slices.Sorted(maps.Keys(env)); !slices.Equal(got, known) {
		t.Errorf("the base environment has %q, want %q", got, known)
	}
	if env["EXTRA"] != "value" || env["LANG"] != "de_DE.UTF-8" {
		t.Errorf("the extras are not laid over it: %v", env)
	}
	if !strings.HasSuffix(env["PATH"], strings.Join(standardPath, ":")) {
		t.Errorf("PATH = %s", env["PATH"])
	}
	if want := d.layout.tmp(sandbox.ID); env["TMPDIR"] != want {
		t.Errorf("TMPDIR = %s, want %s", env["TMPDIR"], want)
	}
	if want := filepath.Join(o.CacheDir, "uv"); env["UV_CACHE_DIR"] != want {
		t.Errorf("UV_CACHE_DIR = %s, want %s", env["UV_CACHE_DIR"], want)
	}
}

func TestAnAgentHasNothingOfTheDaemons(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	r, err := readRecord(d.layout.record(sandbox.ID))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile(filepath.Join("/proc", pidText(r.Agent.PID), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if session := fields[3]; session != pidText(r.Agent.PID) {
		t.Errorf("its session is %s, want its own, %d", session, r.Agent.PID)
	}
	for _, dir := range []string{d.layout.sandboxDir(sandbox.ID), d.layout.runDir(sandbox.ID), d.layout.workspace(sandbox.ID), d.layout.tmp(sandbox.ID)} {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, want 0700", dir, info.Mode())
		}
	}
}

func TestLanguagesAreWhatThePathHas(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	o := h.options("daemon")
	bin := filepath.Join(h.dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"uv": 0o755, "python3": 0o755, "node": 0o644, "deno": 0o755} {
		if err := os.WriteFile(filepath.Join(bin, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	o.Env = map[string]string{"PATH": bin}
	d := h.newDriver(t, o)
	defer d.Close()
	description, err := d.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, language := range description.Languages {
		got[language.Name] = language.Program
	}
	want := map[string]string{"python": filepath.Join(bin, "uv"), "typescript": filepath.Join(bin, "deno")}
	if !maps.Equal(got, want) {
		t.Errorf("languages = %v, want %v", got, want)
	}
}
