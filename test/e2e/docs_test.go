package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// TestDocs does what the pages in docs tell their readers to do, each page in a home of its own: a YAML block whose first line is a
// comment with a file's name is saved, a console block's commands are executed in one shell, one after the other. All have to succeed, and
// what the page shows below a command has to be among what it prints.
func TestDocs(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(harness.Root(), "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("cannot find the pages: %v", err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "```console\n") {
			continue
		}
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			follow(t, string(text))
		})
	}
}

var (
	codeBlock = regexp.MustCompile("(?s)```(yaml|console)\n(.*?)```\n")
	fileName  = regexp.MustCompile(`^# (\S+\.yaml)\n`)
)

// command is a line after a prompt, and what the page shows below it.
type command struct {
	text  string
	shows []string
}

// follow executes a page.
func follow(t *testing.T, page string) {
	t.Helper()
	h := harness.NewHome(t)
	if err := os.CopyFS(filepath.Join(h.Dir, "examples"), os.DirFS(filepath.Join(harness.Root(), "examples"))); err != nil {
		t.Fatal(err)
	}
	var commands []command
	for _, block := range codeBlock.FindAllStringSubmatch(page, -1) {
		switch name := fileName.FindStringSubmatch(block[2]); {
		case block[1] == "console":
			commands = append(commands, commandsOf(block[2])...)
		case name != nil:
			h.WriteFile(t, name[1], []byte(block[2]))
		}
	}
	shell := h.CommandAt(harness.Program(t, "bash"), "-euo", "pipefail", "-c", shellScript(commands))
	tools := filepath.Dir(harness.Tool(t, "grpcurl"))
	shell.Env = append(h.Env(), "PATH="+strings.Join([]string{filepath.Join(h.Dir, "bin"), tools, harness.SystemPath}, ":"))
	result := harness.Run(t, shell).Want(t, 0)
	for i, printed := range strings.Split(result.Stdout, separator)[1:] {
		for _, line := range commands[i].shows {
			if !strings.Contains(printed, line+"\n") {
				t.Errorf("%s\nprinted\n%s\nwhich lacks %q", commands[i].text, printed, line)
			}
		}
	}
}

func commandsOf(block string) []command {
	var commands []command
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if text, found := strings.CutPrefix(line, "$ "); found {
			commands = append(commands, command{text: text})
			continue
		}
		last := &commands[len(commands)-1]
		last.shows = append(last.shows, line)
	}
	return commands
}

// separator comes before the output of each command.
const separator = "\x01"

// shellScript executes the commands. What make would build is there.
func shellScript(commands []command) string {
	var b strings.Builder
	b.WriteString("make() { :; }\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "printf '\\001'\n%s\n", c.text)
	}
	return b.String()
}
