package drivertest

import (
	"path"
	"regexp"
	"slices"

	"github.com/clockworkd/clockwork/internal/runners"
)

func describeCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"DescribeIsTrue":         describeIsTrue,
		"DescribeChangesNothing": describeChangesNothing,
		"CheckPasses":            checkPasses,
	}
}

func (f *fixture) describe() runners.Description {
	f.Helper()
	description, err := f.driver.Describe(f.ctx)
	if err != nil {
		f.Fatalf("Describe: %v", err)
	}
	return description
}

func describeIsTrue(f *fixture) {
	d := f.describe()
	if d.Isolation < runners.IsolationNone || d.Isolation > runners.IsolationVM {
		f.Errorf("Isolation = %v", d.Isolation)
	}
	b := f.create()
	hello := b.Agent.Hello()
	if d.OS != hello.OS || d.Arch != hello.Arch {
		f.Errorf("it describes %s/%s, its agent says %s/%s", d.OS, d.Arch, hello.OS, hello.Arch)
	}
	for _, language := range d.Languages {
		name := path.Base(language.Program)
		found, err := b.Agent.LookPath(f.ctx, []string{name}, nil)
		if err != nil {
			f.Fatalf("LookPath: %v", err)
		}
		if found[name] != language.Program {
			f.Errorf("it describes %s as %s, in the sandbox it is %q", language.Name, language.Program, found[name])
		}
	}
	f.checkCapabilities(d.Capabilities)
}

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func (f *fixture) checkCapabilities(all []runners.Capability) {
	f.Helper()
	seen := make(map[string]bool)
	for _, c := range all {
		if !snakeCase.MatchString(c.Name) || seen[c.Name] {
			f.Errorf("the name of capability %q is not in snake_case, or not its own", c.Name)
		}
		seen[c.Name] = true
		if !slices.Contains(runners.CapabilityNames(), c.Name) {
			f.Errorf("no runner can require the capability %s: runners.CapabilityNames does not have it", c.Name)
		}
		if c.Detail == "" {
			f.Errorf("capability %s has no detail", c.Name)
		}
		if c.Available == (c.Remedy != "") {
			f.Errorf("capability %s is available: %v, with the remedy %q", c.Name, c.Available, c.Remedy)
		}
	}
}

func describeChangesNothing(f *fixture) {
	f.describe()
	f.checkList(f.driver)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
}

func checkPasses(f *fixture) {
	findings := f.driver.Check(f.ctx)
	if len(findings) == 0 {
		f.Error("Check tried nothing")
	}
	for _, finding := range findings {
		if finding.Name == "" || finding.Detail == "" || !finding.Passed {
			f.Errorf("finding %+v, want a name, a detail and a pass", finding)
		}
	}
	f.checkList(f.driver)
}
