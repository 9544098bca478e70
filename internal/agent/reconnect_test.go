package agent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/internal/agent"
)

func itoa(n uint64) string { return strconv.FormatUint(n, 10) }

// cutting is a dialer whose connections break after some bytes.
type cutting struct {
	dial agent.Dialer

	mu     sync.Mutex
	after  func() int // bytes until the next cut
	dialed int
}

func (c *cutting) Dial(ctx context.Context) (net.Conn, error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dialed++
	return &cutConn{Conn: conn, left: c.after()}, nil
}

type cutConn struct {
	net.Conn

	mu   sync.Mutex
	left int
}

func (c *cutConn) spend(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left -= n; c.left <= 0 {
		_ = c.Conn.Close()
	}
}

func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.spend(n)
	return n, err
}

func (c *cutConn) Write(b []byte) (int, error) {
	c.spend(len(b))
	return c.Conn.Write(b)
}

// counted notes how often it is started, and prints.
const counted = `echo x >> %[1]s.starts; i=0; while [ $i -lt 400 ]; do echo "line $i"; echo "err $i" >&2; i=$((i+1)); done; exit 7`

func TestRunResumesExactly(t *testing.T) {
	t.Parallel()
	s := start(t)
	var out, errs bytes.Buffer
	for i := range 400 {
		fmt.Fprintf(&out, "line %d\n", i)
		fmt.Fprintf(&errs, "err %d\n", i)
	}
	id := 0
	cuts := 0
	rapid.Check(t, func(rt *rapid.T) {
		id++
		name := "p" + itoa(uint64(id))
		lengths := rapid.SliceOfN(rapid.IntRange(300, 6000), 1, 8).Draw(rt, "cuts")
		dialer := &cutting{dial: s.dial}
		dialer.after = func() int {
			if dialer.dialed <= len(lengths) {
				return lengths[dialer.dialed-1]
			}
			return 1 << 30
		}
		client, err := agent.Connect(within(t), dialer.Dial, s.launch.Token)
		if err != nil {
			rt.Fatal(err)
		}
		defer client.Close()
		got := newRecord()
		exit, err := client.Run(within(t), sh(name, fmt.Sprintf(counted, name)), got)
		if err != nil || exit.GetExitCode() != 7 {
			rt.Fatalf("%v, %v", exit, err)
		}
		if !bytes.Equal(got.stdout.Bytes(), out.Bytes()) || !bytes.Equal(got.stderr.Bytes(), errs.Bytes()) {
			rt.Fatalf("after %d connections the output is not exact", dialer.dialed)
		}
		exit.Forget()
		cuts += dialer.dialed - 1
	})
	client := s.connect(t)
	if got := run(t, client, sh("starts", `cat *.starts | wc -l`)).stdout.String(); got != itoa(uint64(id))+"\n" {
		t.Errorf("%d processes started %s times", id, got)
	}
	if cuts == 0 {
		t.Error("nothing was ever cut")
	}
}

func TestMuchOutputThroughABadLine(t *testing.T) {
	t.Parallel()
	s := start(t)
	dialer := &cutting{dial: s.dial, after: func() int { return 100_000 + rand.IntN(3_000_000) }}
	client := connect(t, dialer.Dial, s.launch.Token)
	got := run(t, client, sh("p", `seq 1 3000000`))
	check := s.connect(t)
	want := run(t, check, sh("q", `seq 1 3000000`))
	if !bytes.Equal(got.stdout.Bytes(), want.stdout.Bytes()) {
		t.Error("the output is not exact")
	}
	if dialer.dialed < 3 {
		t.Errorf("there were only %d connections", dialer.dialed)
	}
}

func TestCallsWaitForTheLine(t *testing.T) {
	t.Parallel()
	s := start(t)
	var mu sync.Mutex
	down := false
	dialer := &cutting{after: func() int { return 1 << 30 }}
	var conns []net.Conn
	dialer.dial = func(ctx context.Context) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if down {
			return nil, errors.New("the line is down")
		}
		conn, err := s.dial(ctx)
		conns = append(conns, conn)
		return conn, err
	}
	client := connect(t, dialer.Dial, s.launch.Token)
	r, done := background(t, client, sh("p", `echo ready; while [ ! -e go ]; do sleep 0.01; done; echo end; exit 3`))
	r.until(t, "ready")

	mu.Lock()
	down = true
	for _, conn := range conns {
		_ = conn.Close()
	}
	mu.Unlock()
	if err := client.Ping(shortly(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ping = %v, want the context's error", err)
	}
	run(t, s.connect(t), sh("q", `touch go`))
	mu.Lock()
	down = false
	mu.Unlock()
	if got := <-done; got.err != nil || got.exit.GetExitCode() != 3 || got.stdout.String() != "ready\nend\n" {
		t.Errorf("%v, %v, %q", got.exit, got.err, got.stdout.String())
	}
	if len(r.started) != 2 || r.started[0].GetJoined() || !r.started[1].GetJoined() {
		t.Errorf("started: %v", r.started)
	}
}

func shortly(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestAnAgentThatDiedIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	r, done := background(t, client, sh("p", `echo ready; sleep 1000`))
	r.until(t, "ready")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got := <-done; !errors.Is(got.err, agent.ErrGone) {
		t.Errorf("Run = %v, want ErrGone", got.err)
	}
	if err := client.Ping(within(t)); !errors.Is(err, agent.ErrGone) {
		t.Errorf("Ping = %v, want ErrGone", err)
	}
}

func TestAnotherIncarnationIsGone(t *testing.T) {
	t.Parallel()
	first := start(t)
	successor := prepare(t)
	successor.launch.Token = first.launch.Token
	successor.serve(t, nil)
	current := make(chan *sandbox, 1)
	current <- first
	var line net.Conn
	client := connect(t, func(ctx context.Context) (net.Conn, error) {
		s := <-current
		defer func() { current <- s }()
		conn, err := s.dial(ctx)
		line = conn
		return conn, err
	}, first.launch.Token)
	r, done := background(t, client, sh("p", `echo ready; sleep 1000`))
	r.until(t, "ready")

	<-current // the same address is answered by a successor, who knows the token
	_ = line.Close()
	current <- successor
	if got := <-done; !errors.Is(got.err, agent.ErrGone) {
		t.Errorf("Run = %v, want ErrGone", got.err)
	}
	if err := client.Ping(within(t)); !errors.Is(err, agent.ErrGone) {
		t.Errorf("Ping = %v, want ErrGone", err)
	}
	if list, err := successor.connect(t).Processes(within(t)); err != nil || len(list) != 0 {
		t.Errorf("the successor has %v, %v", list, err)
	}
}
