package agent_test

import (
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func TestEnvironmentIsBuiltFromNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	got := run(t, client, &agentv1.Start{
		ProcessId: "env",
		Argv:      []string{"/usr/bin/env", "-0"},
		Env:       map[string]string{"LANG": "de_DE.UTF-8", "EMPTY": "", "LINES": "a\nb=c"},
	}).stdout.String()
	want := map[string]string{
		"PATH":   "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME":   s.launch.Home,
		"TMPDIR": "/tmp",
		"LANG":   "de_DE.UTF-8",
		"GIVEN":  "by the launch",
		"EMPTY":  "",
		"LINES":  "a\nb=c",
	}
	found := make(map[string]string)
	for variable := range strings.SplitSeq(strings.TrimSuffix(got, "\x00"), "\x00") {
		name, value, _ := strings.Cut(variable, "=")
		found[name] = value
	}
	if !maps.Equal(found, want) {
		t.Errorf("the environment is %q, want %q", found, want)
	}
	base := client.Hello().BaseEnv
	if base["LANG"] != "C.UTF-8" || base["GIVEN"] != "by the launch" || len(base) != 5 {
		t.Errorf("Hello tells of the base environment %q", base)
	}
}

// blockAndIgnore starts the agent as a careless parent would: with signals ignored and blocked, another umask, and a file open.
const blockAndIgnore = `
import os, signal, sys
for s in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTSTP, signal.SIGUSR1, signal.SIGCHLD):
    signal.signal(s, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR2, 40))
os.umask(0o077)
os.dup2(os.open("/etc/passwd", os.O_RDONLY), 9)
os.execv(sys.argv[1], sys.argv[1:])
`

func TestStepsInheritNothing(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal("this test needs python3")
	}
	client := start(t, append([]string{python, "-c", blockAndIgnore}, self(t)...)...).connect(t)

	status := run(t, client, &agentv1.Start{ProcessId: "status", Argv: []string{"/bin/cat", "/proc/self/status"}}).stdout.String()
	for _, want := range []string{`Umask:\s+0022`, `SigBlk:\s+0{16}`, `SigIgn:\s+0{16}`, `SigPnd:\s+0{16}`} {
		if !regexp.MustCompile(want).MatchString(status) {
			t.Errorf("a step's status has no %s:\n%s", want, status)
		}
	}

	fds := run(t, client, &agentv1.Start{ProcessId: "fds", Argv: []string{"/bin/ls", "/proc/self/fd"}}).stdout.String()
	if got := strings.Fields(fds); !slices.Equal(got, []string{"0", "1", "2", "3"}) { // 3 is ls's own
		t.Errorf("a step has the descriptors %q", got)
	}
	input := run(t, client, &agentv1.Start{ProcessId: "input", Argv: []string{"/usr/bin/readlink", "/proc/self/fd/0"}}).stdout.String()
	if input != "/dev/null\n" {
		t.Errorf("a step's standard input is %q", input)
	}
}

func TestStepHasItsSessionAndDirectory(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	if got := run(t, client, sh("make", `mkdir -p sub/dir; ln -s / out; cut -d' ' -f6 /proc/$$/stat; echo $$; pwd`)).stdout.String(); true {
		lines := strings.Fields(got)
		if len(lines) != 3 || lines[0] != lines[1] || lines[2] != s.launch.Workspace {
			t.Errorf("session, process and directory are %q", lines)
		}
	}
	in := sh("in", `pwd`)
	in.Cwd = "sub/dir"
	got := run(t, client, in)
	if want := s.launch.Workspace + "/sub/dir"; got.stdout.String() != want+"\n" || got.started[0].GetCwd() != want {
		t.Errorf("cwd is %q, told %q; want %q", got.stdout.String(), got.started[0].GetCwd(), want)
	}
	for _, cwd := range []string{"missing", "out", "out/etc"} {
		bad := sh("in "+cwd, `pwd`)
		bad.Cwd = cwd
		if exit := run(t, client, bad).exit; !strings.Contains(exit.GetStartError(), "cannot use the working directory "+cwd) {
			t.Errorf("in %s: %v", cwd, exit.Exited)
		}
	}
}

func TestAgentCannotBeLookedIntoByItsOwnUser(t *testing.T) {
	t.Parallel()
	const nobody = "65534"
	s := start(t, "/usr/bin/setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups", "--", binary(t))
	client := s.connect(t)
	agent := "/proc/" + strconv.Itoa(s.cmd.Process.Pid)
	for _, file := range []string{"environ", "mem", "fd", "maps"} {
		got := run(t, client, sh(file, "cat "+agent+"/"+file+"; ls "+agent+"/"+file+"/; id -u"))
		if !strings.Contains(got.stderr.String(), "Permission denied") || got.stdout.String() != nobody+"\n" {
			t.Errorf("a step that opens the agent's %s gets %q, %q", file, got.stdout.String(), got.stderr.String())
		}
	}
}
