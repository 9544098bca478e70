package agent_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	for _, code := range []int32{0, 1, 7, 126, 255} {
		exit := run(t, client, sh("code "+strconv.Itoa(int(code)), "exit "+strconv.Itoa(int(code)))).exit
		if exit.ExitCode == nil || exit.GetExitCode() != code || exit.GetSignal() != 0 {
			t.Errorf("exit %d: %v", code, exit.Exited)
		}
	}
	for _, signal := range []int32{1, 2, 6, 9, 11, 13, 15} {
		exit := run(t, client, sh("signal "+strconv.Itoa(int(signal)), "kill -"+strconv.Itoa(int(signal))+" $$; sleep 10")).exit
		if exit.ExitCode != nil || exit.GetSignal() != signal || exit.GetTerminated() || exit.GetTimedOut() {
			t.Errorf("signal %d: %v", signal, exit.Exited)
		}
	}
}

func TestStartedTellsWhatWasStarted(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	got := run(t, client, &agentv1.Start{ProcessId: "p", Argv: []string{"sh", "-c", "echo $0 $$", "zero"}})
	started := got.started[0]
	if !filepath.IsAbs(started.GetArgv()[0]) || len(started.GetArgv()) != 4 || started.GetJoined() || started.GetAge().AsDuration() < 0 {
		t.Errorf("started is %v", started)
	}
	if want := "zero " + strconv.FormatInt(started.GetPid(), 10) + "\n"; got.stdout.String() != want {
		t.Errorf("it printed %q, want %q", got.stdout.String(), want)
	}
}

func TestStartErrorsExplain(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	for name, content := range map[string]string{
		"plain:0644":   "#!/bin/sh\n",
		"interp:0755":  "#!/no/such/shell -e\n",
		"dos:0755":     "#!/bin/sh\r\n",
		"garbage:0755": "\x00\x01\x02",
		"denied:0755":  "#!" + s.launch.Workspace + "/plain\n",
	} {
		name, mode, _ := strings.Cut(name, ":")
		bits, err := strconv.ParseUint(mode, 8, 32)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.launch.Workspace, name), []byte(content), os.FileMode(bits)); err != nil {
			t.Fatal(err)
		}
	}
	for program, want := range map[string]string{
		"no-such-program": `cannot find "no-such-program" in PATH (/usr/local/sbin:`,
		"/no/such":        "cannot start /no/such: no such file",
		"./missing":       "no such file",
		"/bin":            "it is a directory",
		"./plain":         "its mode 0644 does not let anybody execute it; give it 0755",
		"./interp":        "its interpreter /no/such/shell does not exist",
		"./dos":           "its first line ends in a carriage return",
		"./garbage":       "exec format error; a script needs a first line like #!/bin/sh",
		"./denied":        "plain may not be executed",
	} {
		got := run(t, client, &agentv1.Start{ProcessId: program, Argv: []string{program}})
		if exit := got.exit; !strings.Contains(exit.GetStartError(), want) || exit.ExitCode != nil || len(got.started) != 0 {
			t.Errorf("%s: %v, want %q", program, exit.Exited, want)
		}
	}
	big := run(t, client, &agentv1.Start{ProcessId: "big", Argv: []string{"/bin/true", strings.Repeat("x", 1<<18)}}).exit
	if !strings.Contains(big.GetStartError(), "arguments and environment have") {
		t.Errorf("big: %v", big.Exited)
	}
}

func TestProgramIsFoundLikeExecvpDoes(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	bin := filepath.Join(s.launch.Workspace, "bin")
	for name, mode := range map[string]os.FileMode{"first/tool": 0o644, "second/tool": 0o755, "second/env": 0o755} {
		path := filepath.Join(bin, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho $0\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"PATH": bin + "/first:bin/second:/usr/bin"}
	got := run(t, client, &agentv1.Start{ProcessId: "tool", Argv: []string{"tool"}, Env: env})
	if want := bin + "/second/tool\n"; got.stdout.String() != want {
		t.Errorf("tool is %q (%v), want %q", got.stdout.String(), got.exit.Exited, want)
	}
	env["PATH"] = bin + "/first"
	if exit := run(t, client, &agentv1.Start{ProcessId: "denied", Argv: []string{"tool"}, Env: env}).exit; !strings.Contains(exit.GetStartError(), "0644") {
		t.Errorf("denied: %v", exit.Exited)
	}

	env["PATH"] = bin + "/second"
	found, err := client.LookPath(within(t), []string{"tool", "sh", "../x", ""}, env)
	if err != nil || len(found) != 1 || found["tool"] != bin+"/second/tool" {
		t.Errorf("LookPath = %v, %v", found, err)
	}
	found, err = client.LookPath(within(t), []string{"sh"}, nil)
	if err != nil || !filepath.IsAbs(found["sh"]) {
		t.Errorf("LookPath = %v, %v", found, err)
	}
}

func TestUsageIsMeasured(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	exit := run(t, client, sh("p", `i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done
		dd if=/dev/zero of=f bs=1M count=4 conv=fsync status=none; head -c 110000000 /dev/zero | tail -c 100000000 >/dev/null`)).exit
	usage := exit.GetUsage()
	if usage.GetCpuUser().AsDuration() <= 0 || usage.GetMaxRssBytes() < 90<<20 || usage.GetMaxRssBytes() > 1<<30 {
		t.Errorf("usage is %v", usage)
	}
	if d := exit.GetDuration().AsDuration(); d < usage.GetCpuUser().AsDuration()/4 || d > patience {
		t.Errorf("it took %v", d)
	}
}

func TestTimeoutStrikesWithoutADaemon(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	begin := sh("p", `trap '' TERM; (setsid sleep 1000 &); echo ready; while :; do sleep 0.1; done`)
	begin.Timeout, begin.Grace = seconds(0.3), seconds(0.2)
	r, _ := background(t, client, begin)
	r.until(t, "ready")
	_ = client.Close()

	gone(t, s)
	got := run(t, s.connect(t), &agentv1.Start{ProcessId: "p"})
	exit := got.exit
	if !exit.GetTimedOut() || exit.GetTerminated() || exit.GetSignal() != 9 || got.stdout.String() != "ready\n" || !got.started[0].GetJoined() {
		t.Errorf("exit is %v, output %q", exit.Exited, got.stdout.String())
	}
	if d := exit.GetDuration().AsDuration(); d < 500*time.Millisecond {
		t.Errorf("it was killed after %v, before its grace was over", d)
	}
}
