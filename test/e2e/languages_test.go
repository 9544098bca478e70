package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// script is a bundle of one artifact and of one step that has no command.
func script(path, lang, content string, fields ...harness.Object) harness.Bundle {
	step := harness.Object{"purpose": "run"}
	for _, more := range fields {
		step = harness.With(step, more)
	}
	bundle := harness.NewBundle(step)
	bundle["artifacts"] = []harness.Object{{"path": path, "lang": lang, "purpose": "run", "content": content, "mode": "0755"}}
	return bundle
}

// Which program runs a script, and with which arguments, is the same on every machine. Stand-ins for the programs tell.
func TestLanguagesChooseTheirProgram(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	for _, c := range []struct{ name, path, lang, present, want string }{
		{"python by uv", "a.py", "python", "uv python3", "uv run ./a.py"},
		{"python by uv, of another name", "tool", "python", "uv python3", "uv run --script ./tool"},
		{"python without uv", "a.py", "python", "python3", "python3 ./a.py"},
		{"bash", "a.sh", "bash", "bash", "bash ./a.sh"},
		{"sh", "dir/a.sh", "sh", "sh bash", "sh ./dir/a.sh"},
		{"javascript", "a.js", "javascript", "node deno", "node ./a.js"},
		{"typescript", "a.ts", "typescript", "node deno", "deno run --allow-all ./a.ts"},
		{"go", "a.go", "go", "go", "go run ./a.go"},
		{"a name like an option", "-c", "sh", "sh", "sh ./-c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bundle := script(c.path, c.lang, "")
			bundle["vars"] = harness.Object{"PATH": standIns(t, d, c.present)}
			step := d.MustExecute(t, 0, bundle).Step(t, "run")
			if got := strings.TrimSpace(step.Stdout); got != c.want {
				t.Errorf("ran %q, want %q", got, c.want)
			}
			if step.ArtifactName != c.path {
				t.Errorf("the result names the artifact %q, want %q", step.ArtifactName, c.path)
			}
		})
	}
}

// standIns makes a directory of programs that print their names and arguments.
func standIns(t *testing.T, d *harness.Daemon, names string) string {
	t.Helper()
	dir, err := os.MkdirTemp(d.Dir, "programs-") //nolint:usetesting // steps of any user must be able to read it
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(names) {
		content := "#!/bin/sh\necho " + name + " \"$@\"\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Where nothing can run a script the step is no failure of the script's: the message says what is missing.
func TestMissingLanguage(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	for lang, missing := range map[string]string{
		"python": "uv or python3", "bash": "bash", "sh": "sh", "javascript": "node", "typescript": "deno", "go": "go",
	} {
		bundle := script("a", lang, "")
		bundle["vars"] = harness.Object{"PATH": standIns(t, d, "nothing")}
		step := d.MustExecute(t, 4, bundle).Step(t, "run")
		if step.Status != "error" || step.ExitCode != nil || !strings.Contains(step.ErrorMessage, missing) {
			t.Errorf("%s: status %s, message %q, want an error that names %s", lang, step.Status, step.ErrorMessage, missing)
		}
	}
}

// Scripts really run in those languages that every machine has on which these tests run.
func TestLanguagesRun(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	goTool := harness.Program(t, "go")
	goEnv := func(name string) string {
		value, err := exec.Command(goTool, "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(value))
	}
	cases := []struct {
		lang, path, content string
		env                 harness.Object
	}{
		{"sh", "a.sh", `echo ran in "${PWD##*/}"`, nil},
		{"bash", "a.bash", `words=(ran in "${PWD##*/}"); echo "${words[@]}"`, nil},
		{"python", "a.py", "import os\nprint('ran in', os.path.basename(os.getcwd()))", nil},
		{"perl-or-whatever", "a", "#!/bin/sh\necho ran in \"${PWD##*/}\"", nil},
		{
			"go", "a.go", "package main\n\nimport (\"os\"; \"syscall\")\n\nfunc main() {\n\tdir, _ := syscall.Getwd()\n\tos.Stdout.WriteString(\"ran in \" + dir[len(dir)-5:] + \"\\n\")\n}\n",
			harness.Object{"PATH": filepath.Dir(goTool) + ":" + harness.SystemPath, "GOCACHE": goEnv("GOCACHE"), "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"},
		},
	}
	if node, err := exec.LookPath("node"); err == nil {
		cases = append(cases, cases[0])
		last := &cases[len(cases)-1]
		last.lang, last.path, last.content = "javascript", "a.js", `console.log("ran in " + require("path").basename(process.cwd()))`
		last.env = harness.Object{"PATH": filepath.Dir(node) + ":" + harness.SystemPath}
	}
	for _, c := range cases {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			bundle := script("below/"+c.path, c.lang, c.content, harness.Object{"run": harness.Object{"cwd": "below", "env": c.env}})
			if c.env == nil {
				bundle = script("below/"+c.path, c.lang, c.content, harness.Object{"run": harness.Object{"cwd": "below"}})
			}
			if got := d.MustExecute(t, 0, bundle).Step(t, "run").Stdout; got != "ran in below\n" {
				t.Errorf("printed %q", got)
			}
		})
	}
}

// A step without a command runs the first artifact of its purpose that can run; others of that purpose are its data.
func TestFirstRunnableArtifact(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(harness.Object{"purpose": "run"}, harness.Object{"purpose": "direct"})
	bundle["artifacts"] = []harness.Object{
		{"path": "other.sh", "purpose": "other", "lang": "sh", "content": "echo other"},
		{"path": "data.html", "purpose": "run", "lang": "html", "content": "data"},
		{"path": "first.sh", "purpose": "run", "lang": "sh", "content": "echo first; cat data.html"},
		{"path": "second.sh", "purpose": "run", "lang": "sh", "content": "echo second"},
		{"path": "plain", "purpose": "direct", "content": "no"},
		{"path": "tool", "purpose": "direct", "mode": "0755", "content": "#!/bin/sh\necho direct ${0##*/}"},
	}
	document := d.MustExecute(t, 0, bundle)
	same(t, "what ran", document.Step(t, "run").Stdout, "first\ndata")
	same(t, "the artifact that the result names", document.Step(t, "run").ArtifactName, "first.sh")
	same(t, "what ran directly", document.Step(t, "direct").Stdout, "direct tool\n")
}
