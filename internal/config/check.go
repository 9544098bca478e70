package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

var runnerName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// check notes what is wrong with values that are well-formed, each where it comes from.
func (d *decoder) check(c *Config, sources Sources) {
	d.checkDirs(c)
	d.checkLimits(c)
	d.checkTCP(c)
	d.take(sources.CheckPolicy(c.Policy), "policy")
	names := map[string]place{}
	for i := range c.Runners {
		c.Runners[i].Allowed = c.Privileges
		runner := c.Runners[i]
		path := fmt.Sprintf("runners[%d]", i)
		d.checkName(runner, path, names)
		d.checkRunner(runner, path)
		d.checkRequired(runner, path, sources.Capabilities)
		d.checkDriver(runner, path, sources.Drivers)
	}
	if _, known := names[c.DefaultRunner]; c.DefaultRunner != "" && !known {
		d.refuse("default_runner", "no runner has the name %q", c.DefaultRunner)
	}
}

// refuse notes a fault at the place that the value of a path, or the nearest one around it, comes from.
func (d *decoder) refuse(path, format string, args ...any) {
	at, found := d.places[path]
	for around := path; !found && around != ""; {
		around = around[:max(strings.LastIndexAny(around, ".["), 0)]
		at, found = d.places[around]
	}
	d.problems = append(d.problems, Problem{Source: at.source, Line: at.line, Message: path + ": " + fmt.Sprintf(format, args...)})
}

func (d *decoder) checkDirs(c *Config) {
	for _, dir := range []struct{ path, value string }{
		{"state_dir", c.StateDir},
		{"runtime_dir", c.RuntimeDir},
		{"tcp.certificate", c.TCP.Certificate},
		{"tcp.key", c.TCP.Key},
		{"tcp.client_ca", c.TCP.ClientCA},
	} {
		if dir.value != "" && !filepath.IsAbs(dir.value) {
			d.refuse(dir.path, "%q is not an absolute path", dir.value)
		}
	}
	for i, prefix := range c.AllowHostMounts {
		if !filepath.IsAbs(prefix) {
			d.refuse(fmt.Sprintf("allow_host_mounts[%d]", i), "%q is not an absolute path", prefix)
		}
	}
}

func (d *decoder) checkLimits(c *Config) {
	for _, limit := range []struct {
		path  string
		value int64
	}{
		{"limits.bundle_size", int64(c.Limits.BundleSize)},
		{"limits.artifact_size", int64(c.Limits.ArtifactSize)},
		{"limits.artifacts", int64(c.Limits.Artifacts)},
		{"limits.steps", int64(c.Limits.Steps)},
		{"limits.path_length", int64(c.Limits.PathLength)},
		{"limits.queued_executions", int64(c.Limits.QueuedExecutions)},
		{"limits.parallel_steps", int64(c.Limits.ParallelSteps)},
		{"limits.watchers", int64(c.Limits.Watchers)},
	} {
		if limit.value < 1 {
			d.refuse(limit.path, "must be at least 1")
		}
	}
	// A request of the API has at most 80 MiB, and carries more than the bundle's own bytes.
	if c.Limits.BundleSize > 64<<20 {
		d.refuse("limits.bundle_size", "must be at most 64MiB")
	}
	if c.Limits.StallTimeout < time.Second {
		d.refuse("limits.stall_timeout", "must be at least 1s")
	}
	if c.Retention.MaxCount < 0 {
		d.refuse("retention.max_count", "must not be negative")
	}
}

func (d *decoder) checkTCP(c *Config) {
	given := 0
	for _, path := range []string{c.TCP.Certificate, c.TCP.Key, c.TCP.ClientCA} {
		if path != "" {
			given++
		}
	}
	if given != 0 && given != 3 {
		d.refuse("tcp", "certificate, key and client_ca are given together or not at all")
	}
	for i, address := range c.Listen {
		if address.Network != "tcp" || c.TCP.TLS() || address.IsLoopback() && c.TCP.InsecureLoopback {
			continue
		}
		remedy := "give tcp.certificate, tcp.key and tcp.client_ca"
		if address.IsLoopback() {
			remedy += ", or allow it with tcp.insecure_loopback: true"
		}
		d.refuse(fmt.Sprintf("listen[%d]", i), "%s would be open to everybody who can reach it: %s", address, remedy)
	}
	if listen := c.Metrics.Listen; !listen.IsZero() && !listen.IsLoopback() {
		d.refuse("metrics.listen", "%s is not on loopback: metrics are served without authentication", listen)
	}
}
