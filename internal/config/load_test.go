package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// fakeOptions stands for a driver's own options.
type fakeOptions struct {
	Image   string        `yaml:"image"`
	Volumes []string      `yaml:"volumes"`
	Shared  Size          `yaml:"shm_size"`
	Wait    time.Duration `yaml:"wait"`
	TLS     *struct {
		CA string `yaml:"ca"`
	} `yaml:"tls"`
	fakeCommon
}

type fakeCommon struct {
	Privileged bool `yaml:"privileged"`
}

func drivers() map[string]func(Runner) error {
	return map[string]func(Runner) error{
		"local":  func(r Runner) error { return r.Decode(&struct{}{}) },
		"docker": func(r Runner) error { return r.Decode(&fakeOptions{}) },
		"picky":  func(Runner) error { return errors.New("nothing pleases it") },
	}
}

// strictPolicy stands for a policy that has one rule.
func strictPolicy(changes map[string]string) error {
	for name := range changes {
		if name != "rule" {
			return errors.New("no such rule")
		}
	}
	return nil
}

// read loads text as if it were the file c.yaml.
func read(t *testing.T, text string, environment map[string]string, flags Sources) (*Config, error) {
	t.Helper()
	flags.File, flags.Drivers, flags.CheckPolicy = "c.yaml", drivers(), strictPolicy
	flags.Getenv = func(name string) string { return environment[name] }
	return load(flags, []byte(text))
}

func TestDefaults(t *testing.T) {
	base, err := os.MkdirTemp("/tmp", "cw") //nolint:usetesting // t.TempDir's path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	t.Setenv("XDG_RUNTIME_DIR", base)
	t.Setenv("XDG_STATE_HOME", "/x/state")

	c, err := Load(Sources{Getenv: func(string) string { return "" }, Drivers: drivers(), CheckPolicy: strictPolicy})
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Listen:        []Address{{"unix", base + "/clockwork/clockworkd.sock"}},
		StateDir:      "/x/state/clockwork",
		RuntimeDir:    base + "/clockwork",
		DefaultRunner: "local",
		Runners: []Runner{{
			Name: "local", Type: "local", RetryDelay: time.Second, AllowNetwork: true, AllowFileWrite: true,
			Grace: 10 * time.Second, QueueTimeout: 10 * time.Minute, ProvisionTimeout: 5 * time.Minute, UploadTimeout: 5 * time.Minute,
			CollectTimeout: 5 * time.Minute, Pool: Pool{Warm: 1, Max: 16, IdleTimeout: 10 * time.Minute},
		}},
		DrainTimeout: 30 * time.Second,
		Limits: Limits{
			BundleSize: 64 << 20, ArtifactSize: 16 << 20, Artifacts: 10_000, Steps: 10_000, PathLength: 1024, QueuedExecutions: 1000, ParallelSteps: 16,
			Watchers: 1000, StallTimeout: time.Minute,
		},
		Retention: Retention{MaxAge: 30 * day, MaxBytes: 10 << 30},
		Log:       Log{Level: "info", Format: "auto"},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if _, err := os.Stat(base + "/clockwork"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load created the runtime directory: %v", err)
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	const text = `
state_dir: /from/file
default_runner: b
listen: ["unix:///from/file.sock", "tcp://127.0.0.1:7000"]
tcp: {insecure_loopback: true}
log: {format: json}
runners: [{name: a, type: local}, {name: b, type: local}]
`
	c, err := read(t, text, map[string]string{"CLOCKWORK_STATE_DIR": "/from/env", "CLOCKWORK_LOG_LEVEL": "debug", "CLOCKWORK_DEFAULT_RUNNER": "a"}, Sources{StateDir: "/from/flag"})
	if err != nil {
		t.Fatal(err)
	}
	if c.StateDir != "/from/flag" || c.DefaultRunner != "a" || c.Log != (Log{Level: "debug", Format: "json"}) || c.Limits.Steps != 10_000 {
		t.Errorf("wrong layer won: %+v", c)
	}
	if want := []Address{{"unix", "/from/file.sock"}, {"tcp", "127.0.0.1:7000"}}; !reflect.DeepEqual(c.Listen, want) {
		t.Errorf("listen = %v; want %v", c.Listen, want)
	}

	c, err = read(t, text, map[string]string{"CLOCKWORK_LISTEN": "unix:///a, unix:///b"}, Sources{})
	if want := []Address{{"unix", "/a"}, {"unix", "/b"}}; err != nil || !reflect.DeepEqual(c.Listen, want) {
		t.Errorf("listen by environment = %v, %v; want %v", c.Listen, err, want)
	}
	c, err = read(t, text, map[string]string{"CLOCKWORK_LISTEN": "unix:///a"}, Sources{Listen: []string{"unix:///c"}, StateDir: "relative"})
	if want := []Address{{"unix", "/c"}}; err != nil || !reflect.DeepEqual(c.Listen, want) || !filepath.IsAbs(c.StateDir) {
		t.Errorf("by flags: listen = %v, state_dir = %q, %v; want %v and an absolute path", c.Listen, c.StateDir, err, want)
	}
}

func TestRunnerDecode(t *testing.T) {
	t.Parallel()
	c, err := read(t, `
runners:
  - &base
    name: py
    type: docker
    image: python:3.12-slim
    volumes: ["a:/a", "b:/b"]
    shm_size: 64MiB
    privileged: true
    tls: {ca: /ca.pem}
    labels: {tier: fast}
    timeout: 90s
    pool: {warm: 2}
    resource_limits: {memory: 1GiB, cpus: 1.5, processes: 64}
`, nil, Sources{})
	if err != nil {
		t.Fatal(err)
	}
	r := c.Runners[0]
	if r.Timeout != 90*time.Second || r.Pool != (Pool{Warm: 2, Max: 16, IdleTimeout: 10 * time.Minute}) || r.Labels["tier"] != "fast" {
		t.Errorf("common options: %+v", r)
	}
	if want := (ResourceLimits{Memory: 1 << 30, CPUs: 1.5, Processes: 64}); r.ResourceLimits != want {
		t.Errorf("resource_limits = %+v; want %+v", r.ResourceLimits, want)
	}
	options := fakeOptions{Image: "default", Wait: time.Minute}
	if err := r.Decode(&options); err != nil {
		t.Fatal(err)
	}
	if options.Image != "python:3.12-slim" || len(options.Volumes) != 2 || options.Shared != 64<<20 || options.Wait != time.Minute || !options.Privileged || options.TLS.CA != "/ca.pem" {
		t.Errorf("driver's options: %+v", options)
	}
}

func TestLoadWithoutItsFile(t *testing.T) {
	t.Parallel()
	_, err := Load(Sources{File: filepath.Join(t.TempDir(), "missing.yaml"), Getenv: os.Getenv})
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "cannot read the configuration: ") {
		t.Errorf("got %v", err)
	}
}
