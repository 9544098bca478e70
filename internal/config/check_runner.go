package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func (d *decoder) checkName(r Runner, path string, names map[string]place) {
	path = join(path, "name")
	switch first, taken := names[r.Name]; {
	case r.Name == "":
		d.refuse(path, "is missing")
	case !runnerName.MatchString(r.Name):
		d.refuse(path, "%q does not match [a-z0-9][a-z0-9-]* with at most 63 bytes", r.Name)
	case taken:
		d.refuse(path, "%q is taken by the runner in line %d", r.Name, first.line)
	default:
		names[r.Name] = d.places[path]
	}
}

func (d *decoder) checkRunner(r Runner, path string) {
	for _, number := range []struct {
		key           string
		value, lowest int
	}{
		{"retries", r.Retries, 0},
		{"resource_limits.processes", r.ResourceLimits.Processes, 0},
		{"resource_limits.open_files", r.ResourceLimits.OpenFiles, 0},
		{"pool.warm", r.Pool.Warm, 0},
		{"pool.max", r.Pool.Max, 1},
	} {
		if number.value < number.lowest {
			d.refuse(join(path, number.key), "must be at least %d", number.lowest)
		}
	}
	for _, timeout := range []struct {
		key   string
		value time.Duration
	}{
		{"queue_timeout", r.QueueTimeout},
		{"provision_timeout", r.ProvisionTimeout},
		{"upload_timeout", r.UploadTimeout},
		{"collect_timeout", r.CollectTimeout},
		{"pool.idle_timeout", r.Pool.IdleTimeout},
	} {
		if timeout.value <= 0 {
			d.refuse(join(path, timeout.key), "must be positive")
		}
	}
	if r.Retries > 99 {
		d.refuse(join(path, "retries"), "must be at most 99")
	}
	if r.ResourceLimits.CPUs < 0 {
		d.refuse(join(path, "resource_limits.cpus"), "must not be negative")
	}
	if r.Pool.Warm > r.Pool.Max && r.Pool.Max > 0 {
		d.refuse(join(path, "pool.warm"), "%d is more than max, which is %d", r.Pool.Warm, r.Pool.Max)
	}
	if r.WorkingDirectory != "" && !filepath.IsLocal(r.WorkingDirectory) {
		d.refuse(join(path, "working_directory"), "%q does not lie inside the workspace: give a relative path without ..", r.WorkingDirectory)
	}
	for _, name := range slices.Sorted(maps.Keys(r.EnvironmentVars)) {
		if !variableName.MatchString(name) {
			d.refuse(join(path, "environment_vars"), "%q is not a name of a variable: it does not match [A-Za-z_][A-Za-z0-9_]*", name)
		}
		if strings.ContainsRune(r.EnvironmentVars[name], 0) {
			d.refuse(join(path, "environment_vars."+name), "must not hold a NUL")
		}
	}
}

// checkRequired refuses names of capabilities that no driver has.
func (d *decoder) checkRequired(r Runner, path string, known []string) {
	for i, name := range r.Require {
		at := fmt.Sprintf("%s.require[%d]", path, i)
		switch candidate, near := nearest(name, known); {
		case slices.Contains(known, name):
		case near:
			d.refuse(at, "unknown capability %q; did you mean %q?", name, candidate)
		default:
			d.refuse(at, "unknown capability %q; it is one of %s", name, strings.Join(known, ", "))
		}
	}
}

// checkDriver has the driver's own keys decoded; only the driver knows them.
func (d *decoder) checkDriver(r Runner, path string, drivers map[string]func(Runner) error) {
	decode, known := drivers[r.Type]
	types := slices.Sorted(maps.Keys(drivers))
	switch candidate, near := nearest(r.Type, types); {
	case known:
		d.take(decode(r), path)
	case r.Type == "":
		d.refuse(join(path, "type"), "is missing; it is one of %s", strings.Join(types, ", "))
	case near:
		d.refuse(join(path, "type"), "unknown type %q; did you mean %q?", r.Type, candidate)
	default:
		d.refuse(join(path, "type"), "unknown type %q; it is one of %s", r.Type, strings.Join(types, ", "))
	}
}

// take notes what somebody else found wrong with the value of a path.
func (d *decoder) take(err error, path string) {
	if found, ok := errors.AsType[Problems](err); ok {
		d.problems = append(d.problems, found...)
	} else if err != nil {
		d.refuse(path, "%v", err)
	}
}
