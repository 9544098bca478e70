package main

import (
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	answers := map[string]*clockworkv1.ValidateBundleResponse{
		"":                                   {Valid: true, Verdict: &clockworkv1.Verdict{Allowed: true}, Runner: "local", RunnerReason: "it is the only one", BundleDigest: "sha256:00"},
		"steps[0].run.cwd: leads outside":    {Faults: []*clockworkv1.Fault{{Path: "steps[0].run.cwd", Message: "leads outside"}}},
		"refused by policy":                  {Verdict: &clockworkv1.Verdict{Findings: []*clockworkv1.Finding{{Rule: "no-sudo", Severity: clockworkv1.Severity_SEVERITY_DENY}}}},
		"no runner takes it: none has a GPU": {Verdict: &clockworkv1.Verdict{Allowed: true}, RunnerReason: "none has a GPU"},
	}
	for says, answer := range answers {
		_, address := startDaemon(t, clienttest.Options{Validate: func(*clockworkv1.ValidateBundleRequest) *clockworkv1.ValidateBundleResponse { return answer }})
		got := command{stdin: oneStep}.run("--address", address, "validate", "-")
		want := 2
		if answer.GetValid() {
			want, says = 0, "valid: would run on runner local"
		}
		if got.code != want {
			t.Errorf("%s: exit code %d, want %d", says, got.code, want)
		}
		wants(t, got.stdout, says)
	}
}

func TestRunners(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Runners: []*clockworkv1.Runner{
		{Name: "local", Type: "local", Default: true, Capabilities: []*clockworkv1.Capability{
			{Name: "memory_limit", Detail: "there is no cgroup", Remedy: "run it as a unit"}, {Name: "processes", Available: true, Detail: "by rlimits"},
		}}, {Name: "py", Type: "docker", ErrorMessage: "no engine"},
	}})
	list := command{}.run("--address", address, "runners", "list", "-o", "json").document(t)
	if runners, _ := list["runners"].([]any); len(runners) != 2 {
		t.Errorf("the list is %v", list)
	}
	for args, want := range map[string]int{"local": 0, "py": 4, "": 4, "no-such": 2} {
		line := []string{"--address", address, "runners", "check"}
		if args != "" {
			line = append(line, args)
		}
		if got := (command{}).run(line...); got.code != want {
			t.Errorf("check %s: exit code %d, want %d\n%s", args, got.code, want, got.stderr)
		}
	}
	wants(t, command{}.run("--address", address, "runners", "check", "local").stdout,
		"local: usable\n", "  memory_limit  no        there is no cgroup\n", "remedy: run it as a unit\n", "  processes     yes       by rlimits\n")
	checked := command{}.run("--address", address, "runners", "check", "-o", "json").document(t)
	runners, _ := checked["runners"].([]any)
	for i, want := range []int{2, 0} {
		runner, _ := runners[i].(map[string]any)
		if capabilities, _ := runner["capabilities"].([]any); len(capabilities) != want {
			t.Errorf("the check tells of %v, want %d capabilities", runner, want)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	got := command{}.run("version", "-o", "json")
	if got.code != 0 || got.document(t)["version"] != version.Version {
		t.Errorf("exit code %d and %s", got.code, got.stdout)
	}
}

func TestStatusOfAGivenDaemon(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Version: "v9"})
	got := command{}.run("--address", address, "daemon", "status", "-o", "json")
	document := got.document(t)
	if got.code != 0 || document["running"] != true || document["version"] != "v9" || document["pid"] == 0.0 {
		t.Errorf("exit code %d and %v", got.code, document)
	}
	none := command{}.run("--address", "unix:///nowhere", "daemon", "status", "-o", "json")
	if none.code != 3 || none.document(t)["running"] != false {
		t.Errorf("exit code %d and %s, want 3", none.code, none.stdout)
	}
	for _, line := range [][]string{{"--address", address, "daemon", "start"}, {"--address", "tcp://localhost:1", "daemon", "stop"}} {
		if got := (command{}).run(line...); got.code != 2 {
			t.Errorf("%v: exit code %d, want 2", line, got.code)
		}
	}
}
