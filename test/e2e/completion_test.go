package e2e

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// prompt is what the shells of these tests show when they have prepared the terminal for typing.
const prompt = "ready-to-type> "

// bashCompletion is what the package bash-completion brings along.
const bashCompletion = "/usr/share/bash-completion/bash_completion"

// shells are how each shell is started as a person has it, with the completion as clockworkctl completion --help tells to install it.
var shells = map[string]struct {
	args []string
	// files are written to the home before.
	files map[string]string
}{
	"bash": {
		args: []string{"--noprofile", "--rcfile", "rc", "-i"},
		files: map[string]string{
			"rc": "PS1='" + prompt + "'\nsource " + bashCompletion + "\nsource <(clockworkctl completion bash)\n",
		},
	},
	"zsh": {
		args: []string{"-i"},
		files: map[string]string{
			".zshrc": "PS1='" + prompt + "'\nautoload -Uz compinit && compinit -u\nsource <(clockworkctl completion zsh)\n",
		},
	},
	"fish": {
		args: []string{"-i", "-C", "function fish_prompt; echo -n '" + prompt + "'; end; clockworkctl completion fish | source"},
		// Where this directory is missing, fish begins to read all manuals.
		files: map[string]string{".local/share/fish/generated_completions/none.fish": ""},
	},
}

// Who presses the tabulator key in a real shell gets what the daemon knows, and what the commands take.
func TestCompletionInShells(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(bashCompletion); err != nil {
		harness.Missing(t, "needs the package bash-completion: test/prerequisites installs it")
	}
	d := harness.StartDaemon(t, harness.DaemonOptions{Runners: "- {name: solitary, type: local}\n- {name: other, type: local}"})
	id := d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true"))).ExecutionID
	for name, shell := range shells {
		program := harness.Program(t, name)
		for name, content := range shell.files {
			d.WriteFile(t, filepath.Join("home", name), []byte(content))
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for line, want := range map[string]string{
				"clockworkctl runners ch\tsoli\t":               "create a sandbox",
				"clockworkctl executions show " + id[:2] + "\t": "principal",
				"clockworkctl executions list --status=succ\t":  id,
				"clockworkctl executions list --runner soli\t":  id,
				"clockworkctl version -o pla\t":                 "(go",
			} {
				typed := typeInto(t, d, program, shell.args, line, want)
				if !strings.Contains(typed, want) {
					t.Errorf("%q has not led to %q:\n%q", line, want, typed)
				}
			}
		})
	}
}

// typeInto types a line into a new shell once that shows its prompt, executes it, and returns all that the terminal was sent until that
// contains a text, or until the shell has ended.
func typeInto(t *testing.T, d *harness.Daemon, program string, args []string, line, until string) string {
	t.Helper()
	shell := exec.Command(program, args...)
	home := filepath.Join(d.Dir, "home")
	shell.Dir = home
	shell.Env = d.Env("TERM=xterm", "LC_ALL=C.UTF-8", "ZDOTDIR="+home, "CLOCKWORK_ADDRESS="+d.Address, "PATH="+filepath.Join(d.Dir, "bin")+":"+harness.SystemPath)
	keyboard, err := pty.StartWithSize(shell, &pty.Winsize{Cols: 200, Rows: 50})
	if err != nil {
		t.Fatal(err)
	}
	var screen transcript
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&screen, keyboard) }) // it ends with the shell, by an error
	defer func() {
		_ = shell.Process.Kill()
		_ = shell.Wait()
		_ = keyboard.Close()
		reading.Wait()
	}()
	harness.Eventually(t, harness.Patience, "the shell's prompt", func() bool { return strings.Contains(screen.String(), prompt) })
	if _, err := keyboard.WriteString(line + "\r"); err != nil {
		t.Fatal(err)
	}
	harness.Within(harness.Patience, func() bool { return strings.Contains(screen.String(), until) })
	return screen.String()
}

// transcript is all that was written, safe for concurrent use.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}
