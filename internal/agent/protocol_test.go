package agent_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// raw is a client that keeps to nothing.
func raw(t *testing.T, s *sandbox) agentv1.AgentServiceClient {
	t.Helper()
	conn, err := grpc.NewClient("unix:"+s.ready.Socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return agentv1.NewAgentServiceClient(conn)
}

func TestTheTokenIsRequired(t *testing.T) {
	t.Parallel()
	s := start(t)
	if _, err := agent.Connect(within(t), s.dial, s.launch.Token+"x"); status.Code(err) != codes.Unauthenticated {
		t.Errorf("Connect with a wrong token: %v", err)
	}
	rpc := raw(t, s)
	for name, call := range map[string]error{
		"Hello": func() error {
			_, err := rpc.Hello(within(t), &agentv1.HelloRequest{Protocol: agent.Protocol})
			return err
		}(),
		"Run": func() error {
			stream, err := rpc.Run(within(t))
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		}(),
	} {
		if status.Code(call) != codes.Unauthenticated {
			t.Errorf("%s without a token: %v", name, call)
		}
	}
}

func TestHandshakeNamesBothVersions(t *testing.T) {
	t.Parallel()
	s := start(t)
	ctx := metadata.AppendToOutgoingContext(within(t), "clockwork-agent-token", s.launch.Token)
	_, err := raw(t, s).Hello(ctx, &agentv1.HelloRequest{Version: "v9.8.7", Protocol: 99})
	if status.Code(err) != codes.FailedPrecondition || !strings.Contains(err.Error(), "v9.8.7") || !strings.Contains(err.Error(), "99") ||
		!strings.Contains(err.Error(), "protocol 1") {
		t.Errorf("Hello of another protocol: %v", err)
	}
}

func TestCallsAreMeantForAnIncarnation(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, incarnation := range []string{"", "00000000000000000000000000000000"} {
		ctx := metadata.AppendToOutgoingContext(within(t),
			"clockwork-agent-token", s.launch.Token, "clockwork-agent-incarnation", incarnation)
		if _, err := raw(t, s).ListProcesses(ctx, &agentv1.ListProcessesRequest{}); status.Code(err) != codes.DataLoss {
			t.Errorf("a call for incarnation %q: %v", incarnation, err)
		}
	}
	client := s.connect(t)
	if client.Hello().Incarnation != s.ready.Incarnation || len(s.ready.Incarnation) != 32 {
		t.Errorf("Hello says %q, Ready %q", client.Hello().Incarnation, s.ready.Incarnation)
	}
}

func TestHelloTells(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	hello := client.Hello()
	if hello.Protocol != agent.Protocol || hello.OS != "linux" || hello.Workspace != s.launch.Workspace || hello.ProcessesStarted != 0 || hello.UID < 0 {
		t.Errorf("Hello = %+v", hello)
	}
	if len(hello.Capabilities) == 0 || hello.Capabilities[0].Name != "process_tracking" || !hello.Capabilities[0].Available {
		t.Errorf("capabilities are %+v", hello.Capabilities)
	}
	run(t, client, sh("p", ":"))
	if hello := s.connect(t).Hello(); hello.ProcessesStarted != 1 {
		t.Errorf("%d processes were started, says Hello", hello.ProcessesStarted)
	}
}

func TestAProcessIsStartedOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	p := sh("p", `echo x >> starts; echo ready; while [ ! -e go ]; do sleep 0.01; done; echo end`)
	first, done := background(t, client, p)
	first.until(t, "ready")
	second, again := background(t, s.connect(t), p)
	second.until(t, "ready")
	if got := <-done; status.Code(got.err) != codes.Aborted {
		t.Errorf("the older call ended with %v, want Aborted", got.err)
	}
	got := run(t, client, sh("q", `touch go; cat starts`))
	if got.stdout.String() != "x\n" {
		t.Errorf("starts: %q", got.stdout.String())
	}
	if got := <-again; got.err != nil || got.stdout.String() != "ready\nend\n" || !got.started[0].GetJoined() {
		t.Errorf("the newer call: %v, %q", got.err, got.stdout.String())
	}
}

func TestForgottenProcesses(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	got := run(t, client, sh("p", "echo once"))
	again := run(t, client, sh("p", "echo twice")) // its record is kept
	if again.stdout.String() != "once\n" || !again.started[0].GetJoined() {
		t.Errorf("the second call got %q", again.stdout.String())
	}
	_ = got
	list, err := client.Processes(within(t))
	if err != nil || len(list) != 1 || list[0].GetProcessId() != "p" || !list[0].GetExited() || list[0].GetPid() == 0 {
		t.Errorf("Processes = %v, %v", list, err)
	}
	again.exit.Forget()
	for err == nil && len(list) > 0 { // it is under way
		list, err = client.Processes(within(t))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Run(within(t), sh("p", "echo thrice"), newRecord()); status.Code(err) != codes.NotFound {
		t.Errorf("Run of a forgotten process: %v", err)
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	p := sh("p", "printf 0123456789; printf abcdef >&2")
	run(t, client, p)
	p.StdoutOffset, p.StderrOffset = 4, 6
	if got := run(t, client, p); got.stdout.String() != "456789" || got.stderr.Len() != 0 {
		t.Errorf("from 4 and 6 there is %q and %q", got.stdout.String(), got.stderr.String())
	}
	for _, offset := range []uint64{3, 11, 1 << 63} { // before what was acknowledged by the offset above, and after the end
		p.StdoutOffset = offset
		if _, err := client.Run(within(t), p, newRecord()); status.Code(err) != codes.OutOfRange {
			t.Errorf("from %d: %v, want OutOfRange", offset, err)
		}
	}
	never := sh("never", ":")
	never.StdoutOffset = 1
	if _, err := client.Run(within(t), never, newRecord()); status.Code(err) != codes.OutOfRange {
		t.Errorf("a process that was never started is resumed: %v", err)
	}
}

func TestStartsAreJudged(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	for name, start := range map[string]*agentv1.Start{
		"no id":          {Argv: []string{"/bin/true"}},
		"long id":        {ProcessId: strings.Repeat("x", 300), Argv: []string{"/bin/true"}},
		"no program":     {ProcessId: "a"},
		"empty program":  {ProcessId: "b", Argv: []string{""}},
		"NUL":            {ProcessId: "c", Argv: []string{"/bin/true", "a\x00b"}},
		"bad variable":   {ProcessId: "d", Argv: []string{"/bin/true"}, Env: map[string]string{"A=B": "c"}},
		"NUL in value":   {ProcessId: "e", Argv: []string{"/bin/true"}, Env: map[string]string{"A": "\x00"}},
		"cwd outside":    {ProcessId: "f", Argv: []string{"/bin/true"}, Cwd: "../x"},
		"negative grace": {ProcessId: "g", Argv: []string{"/bin/true"}, Grace: seconds(-1)},
	} {
		if _, err := client.Run(within(t), start, newRecord()); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v, want InvalidArgument", name, err)
		}
	}
	if list, err := client.Processes(within(t)); err != nil || len(list) != 0 {
		t.Errorf("Processes = %v, %v", list, err)
	}
}
