package agent_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// liar is an agent that says what a test wants.
type liar struct {
	agentv1.UnimplementedAgentServiceServer
	hello   *agentv1.HelloResponse
	run     []*agentv1.RunResponse
	collect []*agentv1.FilePiece
}

func (l *liar) Hello(context.Context, *agentv1.HelloRequest) (*agentv1.HelloResponse, error) {
	return l.hello, nil
}

func (l *liar) Run(stream grpc.BidiStreamingServer[agentv1.RunRequest, agentv1.RunResponse]) error {
	for _, response := range l.run {
		if err := stream.Send(response); err != nil {
			return err
		}
	}
	return nil
}

func (l *liar) Collect(_ *agentv1.CollectRequest, stream grpc.ServerStreamingServer[agentv1.CollectResponse]) error {
	for _, piece := range l.collect {
		if err := stream.Send(&agentv1.CollectResponse{Piece: piece}); err != nil {
			return err
		}
	}
	return nil
}

func (l *liar) WriteFiles(stream grpc.ClientStreamingServer[agentv1.WriteFilesRequest, agentv1.WriteFilesResponse]) error {
	return stream.SendAndClose(&agentv1.WriteFilesResponse{Files: 99})
}

// listen serves a liar, and returns how to dial it.
func (l *liar) listen(t *testing.T) agent.Dialer {
	t.Helper()
	if l.hello == nil {
		l.hello = &agentv1.HelloResponse{Protocol: agent.Protocol, IncarnationId: strings.Repeat("0a", 16), Workspace: "/w"}
	}
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	agentv1.RegisterAgentServiceServer(server, l)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		server.Stop()
		<-served
	})
	return func(ctx context.Context) (net.Conn, error) { return listener.DialContext(ctx) }
}

func started() *agentv1.RunResponse {
	return &agentv1.RunResponse{Kind: &agentv1.RunResponse_Started{Started: &agentv1.Started{Pid: 1}}}
}

func output(stream agentv1.Stream, offset uint64, data string) *agentv1.RunResponse {
	return &agentv1.RunResponse{Kind: &agentv1.RunResponse_Output{Output: &agentv1.Output{Stream: stream, Offset: offset, Data: []byte(data)}}}
}

func exited(exit *agentv1.Exited) *agentv1.RunResponse {
	return &agentv1.RunResponse{Kind: &agentv1.RunResponse_Exited{Exited: exit}}
}

func TestRunBelievesNothing(t *testing.T) {
	t.Parallel()
	const out = agentv1.Stream_STREAM_STDOUT
	for name, responses := range map[string][]*agentv1.RunResponse{
		"nothing":             nil,
		"an empty message":    {{}},
		"no start":            {exited(&agentv1.Exited{ExitCode: new(int32(0))})},
		"two starts":          {started(), started()},
		"output first":        {output(out, 0, "x")},
		"a gap":               {started(), output(out, 1, "x")},
		"an overlap":          {started(), output(out, 0, "xx"), output(out, 1, "x")},
		"no stream":           {started(), output(0, 0, "x")},
		"another stream":      {started(), output(7, 0, "x")},
		"no bytes":            {started(), output(out, 0, "")},
		"too many bytes":      {started(), output(out, 0, strings.Repeat("x", 256<<10+1))},
		"no end":              {started(), output(out, 0, "x")},
		"an empty exit":       {started(), exited(nil)},
		"code and signal":     {started(), exited(&agentv1.Exited{ExitCode: new(int32(0)), Signal: 9})},
		"code out of range":   {started(), exited(&agentv1.Exited{ExitCode: new(int32(256))})},
		"negative signal":     {started(), exited(&agentv1.Exited{Signal: -1})},
		"code and no start":   {exited(&agentv1.Exited{ExitCode: new(int32(0)), StartError: "x"})},
		"started and did not": {started(), exited(&agentv1.Exited{StartError: "x"})},
		"missing output":      {started(), exited(&agentv1.Exited{ExitCode: new(int32(0)), StdoutBytes: 1})},
		"time runs backwards": {started(), exited(&agentv1.Exited{ExitCode: new(int32(0)), Duration: seconds(-1)})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := connect(t, (&liar{run: responses}).listen(t), "token")
			if exit, err := client.Run(within(t), sh("p", ":"), newRecord()); !errors.Is(err, agent.ErrProtocol) {
				t.Errorf("Run = %v, %v; want ErrProtocol", exit, err)
			}
		})
	}
}

func TestConnectBelievesNothing(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("0a", 16)
	for name, test := range map[string]struct {
		hello *agentv1.HelloResponse
		want  error
	}{
		"nothing":               {&agentv1.HelloResponse{}, agent.ErrVersion},
		"another protocol":      {&agentv1.HelloResponse{Protocol: 2, IncarnationId: good, Workspace: "/w"}, agent.ErrVersion},
		"no incarnation":        {&agentv1.HelloResponse{Protocol: 1, Workspace: "/w"}, agent.ErrProtocol},
		"a strange incarnation": {&agentv1.HelloResponse{Protocol: 1, IncarnationId: "a\r\nb: c", Workspace: "/w"}, agent.ErrProtocol},
		"a relative workspace":  {&agentv1.HelloResponse{Protocol: 1, IncarnationId: good, Workspace: "w"}, agent.ErrProtocol},
	} {
		if _, err := agent.Connect(within(t), (&liar{hello: test.hello}).listen(t), "token"); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestCollectBelievesNothing(t *testing.T) {
	t.Parallel()
	for name, pieces := range map[string][]*agentv1.FilePiece{
		"nothing":          {nil},
		"outside":          {{Path: "../x"}},
		"absolute":         {{Path: "/etc/passwd"}},
		"twice":            {{Path: "a"}, {Path: "a"}},
		"out of order":     {{Path: "b"}, {Path: "a"}},
		"interleaved":      {{Path: "a", More: true}, {Path: "b"}},
		"no end":           {{Path: "a", More: true}},
		"too many files":   {{Path: "a"}, {Path: "b"}, {Path: "c"}, {Path: "d"}},
		"too many bytes":   {{Path: "a", Data: make([]byte, 101)}},
		"more than before": {{Path: "a", Data: make([]byte, 60), More: true}, {Path: "a", Data: make([]byte, 60)}},
	} {
		client := connect(t, (&liar{collect: pieces}).listen(t), "token")
		err := client.Collect(within(t), []string{"**"}, agent.CollectLimit{Bytes: 100, Files: 3},
			func(_ string, _ fs.FileMode, content io.Reader) error {
				_, err := io.Copy(io.Discard, content)
				return err
			})
		if !errors.Is(err, agent.ErrProtocol) {
			t.Errorf("%s: %v, want ErrProtocol", name, err)
		}
	}
}

func TestWriteFilesBelievesNothing(t *testing.T) {
	t.Parallel()
	client := connect(t, (&liar{}).listen(t), "token")
	if err := client.WriteFiles(within(t), files(agent.File{Path: "a"})); !errors.Is(err, agent.ErrProtocol) {
		t.Errorf("WriteFiles = %v, want ErrProtocol", err)
	}
}

// TestGarbageIsNoAgent connects to something that does not speak the protocol at all.
func TestGarbageIsNoAgent(t *testing.T) {
	t.Parallel()
	ctx := shortly(t)
	_, err := agent.Connect(ctx, func(context.Context) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			_, _ = far.Write([]byte("SSH-2.0-OpenSSH_9.6\r\nwelcome\r\n"))
			_ = far.Close()
		}()
		return near, nil
	}, "token")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Connect = %v, want the context's error", err)
	}
}
