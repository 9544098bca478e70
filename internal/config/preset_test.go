package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPresets(t *testing.T) {
	t.Parallel()
	c, err := read(t, `
runners:
  - {name: a, type: local, preset: development}
  - {name: b, type: local, preset: secure}
  - {name: c, type: local, allow_network: true, require: [], preset: secure}
`, nil, Sources{Capabilities: []string{"network_isolation", "file_write_isolation"}})
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Runners[0]; !r.AllowNetwork || !r.AllowFileWrite || r.Grace != 2*time.Second {
		t.Errorf("development: %+v", r)
	}
	if r := c.Runners[1]; r.AllowNetwork || r.AllowFileWrite || r.Timeout != 10*time.Minute || len(r.Require) != 2 || r.Pool.Max != 16 {
		t.Errorf("secure: %+v", r)
	}
	if r := c.Runners[2]; !r.AllowNetwork || r.AllowFileWrite || len(r.Require) != 0 {
		t.Errorf("secure with keys that win: %+v", r)
	}
}

func TestRequiredCapabilitiesAreKnown(t *testing.T) {
	t.Parallel()
	_, err := read(t, `
runners:
  - {name: a, type: local, require: [network_isolation, netwrk_isolation, x], preset: safe}
`, nil, Sources{Capabilities: []string{"network_isolation"}})
	for _, want := range []string{
		`runners[0].require[1]: unknown capability "netwrk_isolation"; did you mean "network_isolation"?`,
		`runners[0].require[2]: unknown capability "x"; it is one of network_isolation`,
		`runners[0].preset: unknown preset "safe"; it is one of development, secure`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestEffective(t *testing.T) {
	t.Parallel()
	c, err := read(t, `
runners: [{name: a, type: docker, preset: secure, image: x, volumes: [v], shm_size: 64MiB, labels: {k: v}}]
`, nil, Sources{Capabilities: []string{"network_isolation", "file_write_isolation"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Runners[0].Decode(&fakeOptions{Image: "default", Wait: time.Minute}); err != nil {
		t.Fatal(err)
	}
	got := c.Runners[0].Effective()
	for key, want := range map[string]any{
		"name": "a", "type": "docker", "preset": "secure", "timeout": "10m0s", "retries": int64(0), "allow_network": false,
		"labels": map[string]any{"k": "v"}, "require": []any{"network_isolation", "file_write_isolation"},
		"pool":  map[string]any{"warm": int64(1), "max": int64(16), "idle_timeout": "10m0s"},
		"image": "x", "volumes": []any{"v"}, "shm_size": "64MiB", "wait": "1m0s",
	} {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s = %#v, want %#v", key, got[key], want)
		}
	}
}
