package soak

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// ourKeys are the keys of a daemon's configuration that are the test's own to set.
var ourKeys = []string{"listen", "state_dir", "runtime_dir", "drain_timeout", "default_runner", "runners"}

// usualRunner is what is soaked under a name that no configuration explains: the type of that name, as test/env provides for it.
func usualRunner(name string) map[string]any { return map[string]any{"name": name, "type": name} }

// configured returns the runner to soak, and the rest of the daemon's configuration that it comes from as YAML.
func configured(t *testing.T, file, name string) (runner map[string]any, rest string) {
	t.Helper()
	if file == "" {
		name = cmp.Or(name, "local")
		if _, known := kinds[name]; !known {
			t.Fatalf("nothing is known of a runner %s: name the configuration that has it by SOAK_CONFIG", name)
		}
		return usualRunner(name), ""
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Runners []map[string]any
		Rest    map[string]any `yaml:",inline"`
	}
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatalf("cannot read %s: %v", file, err)
	}
	i := slices.IndexFunc(all.Runners, func(r map[string]any) bool { return name == "" || r["name"] == name })
	if i < 0 {
		t.Fatalf("%s has no runner %q: name one of its by SOAK_RUNNER", file, name)
	}
	maps.DeleteFunc(all.Rest, func(key string, _ any) bool { return slices.Contains(ourKeys, key) })
	if len(all.Rest) == 0 { // which YAML would write as {}
		return all.Runners[i], ""
	}
	return all.Runners[i], toYAML(t, all.Rest)
}

// completed gives a runner the pool that suits the test, and a short grace where its configuration has none.
func completed(runner map[string]any) map[string]any {
	full := map[string]any{"grace": "300ms"}
	maps.Copy(full, runner)
	full["pool"] = map[string]any{"warm": warm, "max": clients + warm}
	return full
}

func toYAML(t *testing.T, document any) string {
	t.Helper()
	text, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// prepare makes a daemon with the runner to soak, and what is known of its kind. The daemon is not started.
func prepare(t *testing.T, d dice, file, name string) (*harness.Daemon, kind) {
	t.Helper()
	runner, rest := configured(t, file, name)
	runner = completed(runner)
	newKind, ok := kinds[typeOf(runner)]
	if !ok {
		t.Fatalf("the runner is of type %q, which cannot be soaked: it needs an entry in kinds", typeOf(runner))
	}
	daemon := harness.NewDaemon(t)
	options := harness.DaemonOptions{Config: rest, Disk: disk}
	kind := newKind(t, ground{daemon: daemon, worker: buildWorker(t, daemon.Dir), runner: runner, options: &options, dice: d})
	options.Runners = toYAML(t, []any{runner})
	daemon.Configure(t, options)
	return daemon, kind
}

func typeOf(runner map[string]any) string {
	kind, _ := runner["type"].(string) // nothing else is a type
	return kind
}
