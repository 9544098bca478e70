package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/policy"
)

// parse makes a bundle of artifacts and steps.
func parse(t *testing.T, artifacts, steps string) *bundle.Bundle {
	t.Helper()
	document := fmt.Sprintf(`{"version": "1", "artifacts": [%s], "steps": [%s]}`, artifacts, steps)
	_, b, err := bundle.Parse([]byte(document), bundle.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRules(t *testing.T) {
	t.Parallel()
	const script = `{"path": "s/x.sh", "mode": "0755", "content": "#!/bin/sh\n"}`
	for name, test := range map[string]struct {
		artifacts, steps string
		want             []string // "rule path"
	}{
		"nothing":         {script, `{"name": "a", "run": {"cmd": ["./s/x.sh"]}}, {"name": "b", "run": {"cmd": ["sh", "s/x.sh"]}}`, nil},
		"below its cwd":   {script, `{"name": "a", "run": {"cmd": ["./x.sh"], "cwd": "s"}}, {"name": "b", "run": {"cmd": ["sh", "x.sh"], "cwd": "s"}}`, nil},
		"of another step": {script, `{"name": "a", "run": {"cmd": ["./bin/made", "s/x.sh"]}}`, nil},

		"no x bit":                    {`{"path": "x", "content": "#!/bin/sh"}`, `{"name": "a", "run": {"cmd": ["./x"]}}`, []string{"not_executable steps[0].run.cmd[0]"}},
		"no x bit needed":             {`{"path": "x", "content": "#!/bin/sh"}`, `{"name": "a", "run": {"cmd": ["sh", "x"]}}, {"name": "b", "run": {"cmd": ["x"]}}, {"name": "c", "run": {"cmd": ["/x"]}}`, nil},
		"no x bit by lang":            {`{"path": "x", "purpose": "a", "lang": "sh"}`, `{"purpose": "a"}`, nil},
		"no shebang":                  {`{"path": "x", "mode": "0755", "content": "echo"}`, `{"name": "a", "run": {"cmd": ["./x"]}}`, []string{"missing_shebang steps[0].run.cmd[0]"}},
		"no shebang in an empty file": {`{"path": "x", "mode": "0755"}`, `{"name": "a", "run": {"cmd": ["./x"]}}`, []string{"missing_shebang steps[0].run.cmd[0]"}},
		"no shebang without a cmd":    {`{"path": "x", "mode": "0755", "purpose": "a", "lang": "perl"}`, `{"purpose": "a"}`, []string{"missing_shebang steps[0]"}},
		"no shebang in a binary":      {`{"path": "x", "mode": "0755", "content_base64": "f0VMRgIB"}`, `{"name": "a", "run": {"cmd": ["./x"]}}`, nil},
		"neither bit nor shebang":     {`{"path": "x"}`, `{"name": "a", "run": {"cmd": ["true"]}}, {"name": "b", "run": {"cmd": ["./x"]}}`, []string{"not_executable steps[1].run.cmd[0]", "missing_shebang steps[1].run.cmd[0]"}},
		"CR LF":                       {`{"path": "x", "content": "#!/bin/sh\r\necho\r\n"}, {"path": "y", "content": "text\r\n"}, {"path": "z", "content": "#!/bin/sh\n\r\n"}`, `{"name": "a", "run": {"cmd": ["sh", "x"]}}`, []string{"crlf_shebang artifacts[0]"}},
		"world-writable":              {`{"path": "x", "mode": "0666"}, {"path": "y", "mode": "0664"}`, `{"name": "a", "run": {"cmd": ["cat", "x"]}}`, []string{"world_writable artifacts[0].mode"}},

		"missing script":          {script, `{"name": "a", "run": {"cmd": ["bash", "s/y.sh"]}}`, []string{"missing_artifact steps[0].run.cmd[1]"}},
		"missing after options":   {script, `{"name": "a", "run": {"cmd": ["/usr/bin/python3", "-u", "-BE", "y.py", "arg"]}}`, []string{"missing_artifact steps[0].run.cmd[3]"}},
		"missing below cwd":       {script, `{"name": "a", "run": {"cmd": ["sh", "s/x.sh"], "cwd": "s"}}`, []string{"missing_artifact steps[0].run.cmd[1]"}},
		"no script: -c":           {script, `{"name": "a", "run": {"cmd": ["sh", "-ec", "echo x"]}}, {"name": "b", "run": {"cmd": ["python3", "-m", "http.server"]}}`, nil},
		"no script: standard in":  {script, `{"name": "a", "run": {"cmd": ["sh"]}}, {"name": "b", "run": {"cmd": ["sh", "-"]}}, {"name": "c", "run": {"cmd": ["bash", "-s", "x"]}}`, nil},
		"no script: long options": {script, `{"name": "a", "run": {"cmd": ["bash", "--posix", "x"]}}, {"name": "b", "run": {"cmd": ["node", "-r", "x"]}}`, nil},
		"script of the image":     {script, `{"name": "a", "run": {"cmd": ["sh", "/opt/x.sh"]}}, {"name": "b", "run": {"cmd": ["make", "x.sh"]}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := policy.Judge(parse(t, test.artifacts, test.steps), policy.DefaultProfile())
			var got []string
			for _, f := range verdict.Findings {
				got = append(got, f.Rule+" "+f.Path)
				if f.Severity != policy.Warning || f.Message == "" || strings.Contains(f.Message, "%!") {
					t.Errorf("finding is %+v", f)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if !verdict.Allowed() {
				t.Error("warnings deny")
			}
		})
	}
}

func TestExamplesAreClean(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../../examples/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, b, err := bundle.Parse(data, bundle.DefaultLimits())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if findings := policy.Judge(b, nil).Findings; len(findings) > 0 {
			t.Errorf("%s: %+v", name, findings)
		}
	}
}

func TestProfileWeighs(t *testing.T) {
	t.Parallel()
	b := parse(t, `{"path": "x", "mode": "0666"}`, `{"name": "a", "run": {"cmd": ["./x"]}}`)
	profile, err := policy.NewProfile(map[string]string{"world_writable": "deny", "missing_shebang": "off"})
	if err != nil {
		t.Fatal(err)
	}
	verdict := policy.Judge(b, profile)
	if verdict.Allowed() || len(verdict.Findings) != 2 ||
		verdict.Findings[0].Severity != policy.Warning || verdict.Findings[1].Severity != policy.Deny {
		t.Errorf("verdict is %+v", verdict)
	}
	if len(policy.Judge(b, nil).Findings) != 3 {
		t.Error("a rule that the profile does not name does not weigh what it does by default")
	}
}

func TestProfileRefusesWhatIsNoRule(t *testing.T) {
	t.Parallel()
	_, err := policy.NewProfile(map[string]string{"world_writeable": "deny", "crlf_shebang": "error", "not_executable": "off"})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		`cannot weigh "world_writeable": no such rule; there are not_executable, missing_artifact`,
		`cannot weigh crlf_shebang as "error": must be off, warning or deny`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error is %q, want %q in it", err, want)
		}
	}
}
