package runners_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

// described returns a runner with a description.
func described(t *testing.T, name string, labels map[string]string, d runners.Description, fault error) *runners.Runner {
	t.Helper()
	driver := fake.New(t.TempDir())
	driver.SetDescription(d, fault)
	r, err := runners.New(runners.Config{Name: name, Type: "fake", Labels: labels, Options: runners.DefaultOptions()}, driver, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fleet has one runner of each kind.
func fleet(t *testing.T, defaultName string) *runners.Registry {
	t.Helper()
	g, err := runners.NewRegistry(defaultName,
		described(t, "local", nil, runners.Description{Isolation: runners.IsolationNone}, nil),
		described(t, "broken", nil, runners.Description{}, errors.New("the engine does not answer")),
		described(t, "py", map[string]string{"gpu": "no"}, runners.Description{Isolation: runners.IsolationContainer}, nil),
		described(t, "gpu", map[string]string{"gpu": "yes", "zone": "a"}, runners.Description{Isolation: runners.IsolationContainer}, nil),
		described(t, "host", nil, runners.Description{Isolation: runners.IsolationNone, RemoteHost: "build.example.com"}, nil),
		described(t, "pods", nil, runners.Description{Isolation: runners.IsolationContainer, KubernetesNamespace: "ci"}, nil),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func TestSelect(t *testing.T) {
	t.Parallel()
	g := fleet(t, "py")
	for name, c := range map[string]struct {
		want   runners.Requirements
		runner string
		reason string
	}{
		"nothing":      {runners.Requirements{}, "py", "the default runner"},
		"name":         {runners.Requirements{Name: "host"}, "host", "asked for by name"},
		"name and fit": {runners.Requirements{Name: "gpu", Labels: map[string]string{"gpu": "yes"}}, "gpu", "asked for by name"},
		"isolation": {
			runners.Requirements{Isolation: runners.IsolationProcess},
			"py",
			"the first runner that has isolation process or stronger",
		},
		"weak isolation": {runners.Requirements{Isolation: runners.IsolationNone}, "local", "the first runner that has isolation none or stronger"},
		"labels": {
			runners.Requirements{Labels: map[string]string{"zone": "a", "gpu": "yes"}},
			"gpu",
			"the first runner that has label gpu=yes, label zone=a",
		},
		"remote host": {
			runners.Requirements{RemoteHost: "Build.Example.com"},
			"host",
			"the first runner that has remote host Build.Example.com",
		},
		"namespace": {runners.Requirements{KubernetesNamespace: "ci"}, "pods", "the first runner that has Kubernetes namespace ci"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, reason, err := g.Select(t.Context(), c.want)
			if err != nil || r.Name() != c.runner || reason != c.reason {
				t.Errorf("Select = %v, %q, %v; want %s, %q", r, reason, err, c.runner, c.reason)
			}
		})
	}
}

func TestSelectWithoutADefaultTakesTheFirst(t *testing.T) {
	t.Parallel()
	r, reason, err := fleet(t, "").Select(t.Context(), runners.Requirements{})
	if err != nil || r.Name() != "local" || !strings.HasPrefix(reason, "the first runner") {
		t.Errorf("Select = %v, %q, %v; want local", r, reason, err)
	}
}

func TestSelectSaysWhyNothingFits(t *testing.T) {
	t.Parallel()
	g := fleet(t, "")
	for name, c := range map[string]struct {
		want runners.Requirements
		says []string
	}{
		"unknown name": {
			runners.Requirements{Name: "nobody"},
			[]string{"cannot find runner nobody: there is local, broken, py, gpu, host, pods"},
		},
		"name that does not fit": {
			runners.Requirements{Name: "local", Isolation: runners.IsolationContainer},
			[]string{"cannot find a runner with isolation container or stronger: local: its isolation is none"},
		},
		"all": {
			runners.Requirements{Isolation: runners.IsolationVM},
			[]string{"local: its isolation is none", "broken: cannot be described: the engine does not answer", "py: its isolation is container"},
		},
		"labels": {
			runners.Requirements{Labels: map[string]string{"gpu": "maybe"}},
			[]string{"local: has no label gpu", "py: has the label gpu=no", "gpu: has the label gpu=yes"},
		},
		"remote host": {
			runners.Requirements{RemoteHost: "other"},
			[]string{"local: connects to no remote host", "host: its remote host is build.example.com"},
		},
		"namespace": {
			runners.Requirements{KubernetesNamespace: "prod"},
			[]string{"local: uses no Kubernetes namespace", "pods: its Kubernetes namespace is ci"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := g.Select(t.Context(), c.want)
			if _, ok := errors.AsType[*runners.SelectionError](err); !ok {
				t.Fatalf("Select: %v, want a SelectionError", err)
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Select: %v\nwant it to say %q", err, want)
				}
			}
		})
	}
}

func TestRegistryRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	one := described(t, "one", nil, runners.Description{}, nil)
	defer one.Close()
	for name, create := range map[string]func() (*runners.Registry, error){
		"none":            func() (*runners.Registry, error) { return runners.NewRegistry("") },
		"the same twice":  func() (*runners.Registry, error) { return runners.NewRegistry("", one, one) },
		"unknown default": func() (*runners.Registry, error) { return runners.NewRegistry("two", one) },
	} {
		if _, err := create(); err == nil || !strings.HasPrefix(err.Error(), "cannot ") {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
}

func TestRegistryKeepsTheOrder(t *testing.T) {
	t.Parallel()
	var names []string
	g := fleet(t, "gpu")
	for _, r := range g.All() {
		names = append(names, r.Name())
	}
	if want := []string{"local", "broken", "py", "gpu", "host", "pods"}; !slices.Equal(names, want) {
		t.Errorf("All = %q, want %q", names, want)
	}
	if got := g.Default().Name(); got != "gpu" {
		t.Errorf("Default = %s, want gpu", got)
	}
	if _, found := g.Get("nobody"); found {
		t.Error("Get finds a runner that is not there")
	}
}

func TestNewRefusesNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "-a", "a/b", "a b", strings.Repeat("a", 64)} {
		_, err := runners.New(runners.Config{Name: name, Options: runners.DefaultOptions()}, fake.New(t.TempDir()), zap.NewNop())
		if err == nil {
			t.Errorf("a runner may be named %q", name)
		}
	}
}
