package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A step sees a var as the text that the document spells, whatever its type.
func TestVarsAreRendered(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	cases := []struct{ name, value, seen string }{
		{"STRING", `"hello"`, "hello"},
		{"EMPTY", `""`, ""},
		{"SPACES", `"  a  b  "`, "  a  b  "},
		{"LINES", `"a\nb\n"`, "a\nb\n"},
		{"NOT_ASCII", `"naïve façade ✓"`, "naïve façade ✓"},
		{"NOT_SHELL", `"$HOME ` + "`id`" + ` 'x' \"y\""`, "$HOME `id` 'x' \"y\""},
		{"YES", `true`, "true"},
		{"NO", `false`, "false"},
		{"ZERO", `0`, "0"},
		{"PORT", `8080`, "8080"},
		{"NEGATIVE", `-1`, "-1"},
		{"MILLION", `1000000`, "1000000"},
		{"LARGEST", `9007199254740992`, "9007199254740992"},
		{"SMALLEST", `-9007199254740992`, "-9007199254740992"},
		{"EXPONENT", `1e3`, "1000"},
		{"FRACTION_AS_STRING", `"0.50"`, "0.50"},
		{"_underscore9", `"x"`, "x"},
	}
	vars := []string{`"ABSENT": null`}
	for _, c := range cases {
		vars = append(vars, fmt.Sprintf("%q: %s", c.name, c.value))
	}
	const script = `import json, os; print(json.dumps(dict(os.environ)))`
	document := fmt.Sprintf(`{"version": "1", "steps": [{"purpose": "env", "run": {"cmd": ["python3", "-c", %q]}}], "vars": {%s}}`,
		script, strings.Join(vars, ", "))
	result := d.Ctl(t, "execute", d.WriteDocument(t, "json", []byte(document)), "-o", "json").Want(t, 0)
	step := harness.ParseDocument(t, result).Step(t, "env")
	seen := map[string]string{}
	if err := json.Unmarshal([]byte(step.Stdout), &seen); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if got, ok := seen[c.name]; !ok || got != c.seen {
			t.Errorf("%s was given as %s and seen as %q, want %q", c.name, c.value, got, c.seen)
		}
		if got := step.EnvironmentVars[c.name]; got != c.seen {
			t.Errorf("environment_vars has %s as %q, want %q", c.name, got, c.seen)
		}
	}
	if got, ok := seen["ABSENT"]; ok {
		t.Errorf("a null var is seen as %q, want it absent", got)
	}
}

// What is said nearer to the step wins: run.env over --var over the bundle's vars.
func TestTheNearerValueWins(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: "environment_vars: {A: runner, B: runner, C: runner, D: runner}\n"})
	bundle := harness.NewBundle(harness.Object{
		"purpose": "show",
		"run":     harness.Object{"cmd": []string{"sh", "-c", `echo "$A $B $C $D $E $F"`}, "env": harness.Object{"D": "env"}},
	})
	bundle["vars"] = harness.Object{"B": "vars", "C": "vars", "D": "vars"}
	document := d.MustExecute(t, 0, bundle, "--var", "C=flag", "--var", "D=flag", "--var", "E=a=b", "--var", "F=")
	if got := document.Step(t, "show").Stdout; got != "runner vars flag env a=b \n" {
		t.Errorf("the step saw %q", got)
	}
}

// Artifacts lie in the workspace with exactly their content and their mode, whatever the umask.
func TestArtifactsAreWritten(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	bundle := harness.NewBundle(
		harness.Shell("modes", `stat -c '%a %n' default 0000 0400 0644 0755 0777 plain deep/er/file 'with space' ünïcode`),
		harness.Shell("contents", `cat binary deep/er/file; test ! -s default`),
	)
	artifacts := []harness.Object{
		{"path": "default"},
		{"path": "plain", "mode": "600"},
		{"path": "binary", "content_base64": base64.StdEncoding.EncodeToString(every)},
		{"path": "deep/er/file", "content": "hello", "checksum": sumOfHello},
		{"path": "./with space", "content": "hello", "checksum": "sha256:" + strings.ToUpper(sumOfHello[7:])},
		{"path": "ünïcode", "checksum": nil},
	}
	for _, mode := range []string{"0000", "0400", "0644", "0755", "0777"} {
		artifacts = append(artifacts, harness.Object{"path": mode, "mode": mode})
	}
	bundle["artifacts"] = artifacts
	document := d.MustExecute(t, 0, bundle)
	const modes = "644 default\n0 0000\n400 0400\n644 0644\n755 0755\n777 0777\n600 plain\n644 deep/er/file\n644 with space\n644 ünïcode\n"
	if got := document.Step(t, "modes").Stdout; got != modes {
		t.Errorf("modes\n%s\nwant\n%s", got, modes)
	}
	contents := d.Ctl(t, "executions", "logs", document.ExecutionID, "--step", "contents", "--stream", "stdout").Want(t, 0)
	if want := string(every) + "hello"; contents.Stdout != want {
		t.Errorf("contents %q, want %q", contents.Stdout, want)
	}
}

// A step's name is its purpose unless it has one of its own. Purposes may repeat where the steps are a sequence.
func TestNamesDefaultToPurposes(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("build", "true"),
		harness.Shell("build", "true", harness.Object{"name": "again"}),
		harness.Shell("build", "true"),
		harness.Object{"name": "nameless", "run": harness.Object{"cmd": []string{"true"}}},
	))
	var names, purposes []string
	for _, step := range document.Steps {
		names, purposes = append(names, step.Name), append(purposes, step.Purpose)
	}
	if want := []string{"build", "again", "build", "nameless"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	if want := []string{"build", "build", "build", ""}; !slices.Equal(purposes, want) {
		t.Errorf("purposes %q, want %q", purposes, want)
	}
}

// Steps run in their order; needs make them a graph, and a graph runs each after what it needs.
func TestOrder(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const tell = `echo $0 >>order`
	named := func(name string, needs ...string) harness.Object {
		return harness.Object{
			"purpose": name, "needs": append([]string{}, needs...),
			"run": harness.Object{"cmd": []string{"sh", "-c", tell, name}},
		}
	}
	last := harness.Shell("tell", "cat order")
	for _, c := range []struct {
		name  string
		order any
		steps []harness.Object
		want  string
	}{
		{"sequence", nil, []harness.Object{named("a"), named("b"), named("c"), last}, "a\nb\nc\n"},
		{"sequence by its name", "sequence", []harness.Object{named("a"), named("b"), named("c"), last}, "a\nb\nc\n"},
		{
			"graph by needs, backwards", nil,
			[]harness.Object{harness.With(last, harness.Object{"needs": []string{"a"}}), named("a", "b"), named("b", "c"), named("c")},
			"c\nb\na\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bundle := harness.With(harness.NewBundle(c.steps...), harness.Object{"order": c.order})
			if got := d.MustExecute(t, 0, bundle).Step(t, "tell").Stdout; got != c.want {
				t.Errorf("ran in the order %q, want %q", got, c.want)
			}
		})
	}
}

// JSON and YAML are two spellings of the same bundle.
func TestYAML(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const asYAML = `
# A comment.
version: "1"
artifacts:
  - path: greet.sh
    mode: "0755"
    purpose: greet
    lang: sh
    content: |
      echo "hello, $NAME"
      echo "$ON $WHEN $PORT"
steps:
  - purpose: greet
    run: {cmd: [./greet.sh]}
    timeout: 90s
vars:
  NAME: world
  ON: on
  WHEN: 2026-01-02
  PORT: 8080
  GONE: ~
`
	const asJSON = `{"vars": {"PORT": 8080, "WHEN": "2026-01-02", "ON": "on", "NAME": "world"},
		"steps": [{"timeout": "90.0s", "run": {"cmd": ["./greet.sh"], "cwd": "."}, "purpose": "greet", "name": "greet"}],
		"artifacts": [{"content": "#!/bin/sh\n", "path": "greet.sh", "mode": "0755", "purpose": "greet", "lang": "sh"}], "version": "1"}`
	script := "#!/bin/sh\necho \"hello, $NAME\"\necho \"$ON $WHEN $PORT\"\n"
	yamlDocument := strings.Replace(asYAML, "      echo \"hello", "      #!/bin/sh\n      echo \"hello", 1)
	jsonDocument := strings.Replace(asJSON, `"#!/bin/sh\n"`, string(harness.JSON(t, script)), 1)

	digests := map[string]bool{}
	for extension, document := range map[string]string{"yaml": yamlDocument, "json": jsonDocument, "anything": yamlDocument} {
		path := d.WriteDocument(t, extension, []byte(document))
		result := d.Ctl(t, "execute", path, "-o", "json").Want(t, 0)
		if got := harness.ParseDocument(t, result).Step(t, "greet").Stdout; got != "hello, world\non 2026-01-02 8080\n" {
			t.Errorf("as %s the bundle printed %q", extension, got)
		}
		var verdict struct {
			BundleDigest string `json:"bundle_digest"`
		}
		if err := json.Unmarshal([]byte(d.Ctl(t, "validate", path, "-o", "json").Want(t, 0).Stdout), &verdict); err != nil {
			t.Fatal(err)
		}
		digests[verdict.BundleDigest] = true
	}
	if len(digests) != 1 || digests[""] {
		t.Errorf("digests %v, want one for all spellings", digests)
	}
}

// A step starts in the workspace, or in the directory that it names.
func TestCwd(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	in := func(name, cwd string) harness.Object {
		return harness.Object{"purpose": name, "run": harness.Object{"cmd": []string{"pwd", "-P"}, "cwd": cwd}}
	}
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("make", "mkdir -p some/where; pwd -P"), in("below", "some/./where"), in("workspace", "."),
	))
	workspace := strings.TrimSpace(document.Step(t, "make").Stdout)
	for name, want := range map[string]string{"make": workspace, "below": workspace + "/some/where", "workspace": workspace} {
		step := document.Step(t, name)
		if got := strings.TrimSpace(step.Stdout); got != want || step.WorkingDirectory != want {
			t.Errorf("%s ran in %s, want %s; the result says %s", name, got, want, step.WorkingDirectory)
		}
	}
}

// null means absent, wherever a field may be absent.
func TestNullMeansAbsent(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const document = `{"version": "1", "order": null, "vars": null,
		"artifacts": [{"path": "a", "mode": null, "purpose": null, "lang": null, "content": null, "content_base64": null, "checksum": null}],
		"steps": [{"purpose": "p", "name": null, "needs": null, "timeout": null, "retry": null, "continue_on_error": null, "outputs": null,
			"run": {"cmd": ["stat", "-c", "%a %s", "a"], "cwd": null, "env": null}}]}`
	byCtl := harness.ParseDocument(t, d.Ctl(t, "execute", d.WriteDocument(t, "json", []byte(document)), "-o", "json").Want(t, 0))
	same(t, "what the step printed", byCtl.Step(t, "p").Stdout, "644 0\n")
	executeByAPI(t, d, []byte(document), "").compare(t, byCtl)
}
