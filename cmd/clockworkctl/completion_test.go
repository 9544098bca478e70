package main

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := (command{}).run("completion", shell); got.code != 0 || !strings.Contains(got.stdout, "clockworkctl") {
			t.Errorf("%s: exit code %d", shell, got.code)
		}
	}
	unknown := command{}.run("completion", "cmd.exe")
	if unknown.code != 2 || unknown.stdout != "" {
		t.Errorf("exit code %d and %q, want 2 and nothing", unknown.code, unknown.stdout)
	}
	wants(t, unknown.stderr, "cmd.exe", "bash, fish, powershell, zsh")
}

// What only the daemon knows is asked of it; where none answers nothing is offered.
func TestCompletionOfValues(t *testing.T) {
	t.Parallel()
	_, address := startDaemon(t, clienttest.Options{Runners: []*clockworkv1.Runner{{Name: "local", Type: "local"}, {Name: "py", Type: "docker"}}})
	id := executed(t, address, oneStep)
	for line, want := range map[string]string{
		"executions show":                    id + "\tsuccess, accepted ",
		"executions logs":                    id,
		"executions logs " + id:              "",
		"executions logs x --stream":         "stdout\nstderr\n",
		"executions list --status":           "queued\nrunning\n",
		"executions list --runner":           "local\t",
		"execute bundle.json --runner":       "py\tdocker\n",
		"runners check":                      "py\tdocker\n",
		"runners check py":                   "",
		"executions list -o":                 "tty\nplain\njson\njsonl\n",
		"completion":                         "bash\nfish\npowershell\nzsh\n",
		"version":                            "",
		"--address unix:///no runners check": "",
	} {
		args := append([]string{"__complete", "--address", address}, append(strings.Fields(line), "")...)
		got := command{}.run(args...)
		offers, directive, _ := strings.Cut(got.stdout, ":")
		if want == "" && offers != "" || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: offers %q, want %q", line, got.stdout, want)
		}
		if directive == "0\n" {
			t.Errorf("%s: offers files", line)
		}
	}
	if got := (command{}).run("__complete", "--address", address, "execute", ""); got.stdout != ":0\n" {
		t.Errorf("execute offers %q, want files", got.stdout)
	}
}
