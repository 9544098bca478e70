package drivertest

import (
	"path"
	"regexp"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
)

func describeCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"DescribeIsTrue":         describeIsTrue,
		"DescribeChangesNothing": describeChangesNothing,
		"CheckPasses":            checkPasses,
	}
}

func (f *fixture) describe(t *testing.T) runners.Description {
	t.Helper()
	description, err := f.driver.Describe(f.ctx)
	if err != nil {
		t.Fatalf("Describe: %v", err)
	}
	return description
}

func describeIsTrue(t *testing.T, f *fixture) {
	d := f.describe(t)
	if d.Isolation < runners.IsolationNone || d.Isolation > runners.IsolationVM {
		t.Errorf("Isolation = %v", d.Isolation)
	}
	b := f.create(t)
	hello := b.Agent.Hello()
	if d.OS != hello.OS || d.Arch != hello.Arch {
		t.Errorf("it describes %s/%s, its agent says %s/%s", d.OS, d.Arch, hello.OS, hello.Arch)
	}
	for _, language := range d.Languages {
		name := path.Base(language.Program)
		found, err := b.Agent.LookPath(f.ctx, []string{name}, nil)
		if err != nil {
			t.Fatalf("LookPath: %v", err)
		}
		if found[name] != language.Program {
			t.Errorf("it describes %s as %s, in the sandbox it is %q", language.Name, language.Program, found[name])
		}
	}
	checkCapabilities(t, d.Capabilities)
}

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func checkCapabilities(t *testing.T, all []runners.Capability) {
	t.Helper()
	seen := make(map[string]bool)
	for _, c := range all {
		if !snakeCase.MatchString(c.Name) || seen[c.Name] {
			t.Errorf("the name of capability %q is not in snake_case, or not its own", c.Name)
		}
		seen[c.Name] = true
		if c.Detail == "" {
			t.Errorf("capability %s has no detail", c.Name)
		}
		if c.Available == (c.Remedy != "") {
			t.Errorf("capability %s is available: %v, with the remedy %q", c.Name, c.Available, c.Remedy)
		}
	}
}

func describeChangesNothing(t *testing.T, f *fixture) {
	f.describe(t)
	f.checkList(t, f.driver)
	if left := f.Leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func checkPasses(t *testing.T, f *fixture) {
	findings := f.driver.Check(f.ctx)
	if len(findings) == 0 {
		t.Error("Check tried nothing")
	}
	for _, finding := range findings {
		if finding.Name == "" || finding.Detail == "" || !finding.Passed {
			t.Errorf("finding %+v, want a name, a detail and a pass", finding)
		}
	}
	f.checkList(t, f.driver)
}
