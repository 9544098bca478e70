package agent_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
	"testing"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// digest is a Sink that keeps a sum.
type digest struct {
	sum   hash.Hash
	bytes int
	slow  func() // called for every message
}

func (d *digest) Started(*agentv1.Started) error { return nil }

func (d *digest) Output(output *agentv1.Output) error {
	if d.slow != nil {
		d.slow()
	}
	d.bytes += len(output.GetData())
	d.sum.Write(output.GetData())
	return nil
}

func TestOutputIsExact(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	for name, test := range map[string]struct{ script, stdout, stderr string }{
		"nothing":      {`:`, "", ""},
		"apart":        {`echo one; echo err >&2; echo two`, "one\ntwo\n", "err\n"},
		"no newline":   {`printf abc; printf def >&2`, "abc", "def"},
		"binary":       {`printf '\000\377\n\000'`, "\x00\xff\n\x00", ""},
		"exactly 4096": {`head -c 4096 /dev/zero`, strings.Repeat("\x00", 4096), ""},
		"large":        {`head -c 300001 /dev/zero | tr '\000' x`, strings.Repeat("x", 300001), ""},
		"lines":        {`seq 1 100000 | tail -n 1; seq 1 20000 | wc -c >&2`, "100000\n", "108894\n"},
	} {
		got := run(t, client, sh(name, test.script))
		if got.stdout.String() != test.stdout || got.stderr.String() != test.stderr {
			t.Errorf("%s: %.100q, %.100q; want %.100q, %.100q", name, got.stdout.String(), got.stderr.String(), test.stdout, test.stderr)
		}
		if got.exit.GetStdoutBytes() != uint64(len(test.stdout)) || got.exit.GetStderrBytes() != uint64(len(test.stderr)) {
			t.Errorf("%s: exit is %v", name, got.exit.Exited)
		}
	}
}

func TestMuchOutputIsExact(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	// The random bytes go to a file first, for the sum of what was written.
	sink := &digest{sum: sha256.New()}
	exit, err := client.Run(within(t), sh("p", `head -c 120000000 /dev/urandom > random; cat random`), sink)
	if err != nil || sink.bytes != 120000000 || exit.GetStdoutBytes() != 120000000 {
		t.Fatalf("%v, %v: %d bytes", exit, err, sink.bytes)
	}
	want, _, _ := strings.Cut(run(t, client, sh("sum", `sha256sum random`)).stdout.String(), " ")
	if got := hex.EncodeToString(sink.sum.Sum(nil)); got != want {
		t.Errorf("the sum is %s, want %s", got, want)
	}
}

func TestWriterStandsStillWhenNobodyReads(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	const total = 80 << 20 // more than the 64 MiB of the spool
	begin := sh("p", `head -c 83886080 /dev/urandom > random; echo go; tee copy < random; echo written > done`)
	r, done := background(t, client, begin)
	r.until(t, "go")
	_ = client.Close()
	<-done

	client = s.connect(t)
	size := func(id string) string {
		return run(t, client, sh(id, `stat -c %s copy 2>/dev/null || echo 0; ls done 2>/dev/null`)).stdout.String()
	}
	// What tee has written stops growing, before all of it.
	stopped := size("size")
	for i := 0; ; i++ {
		<-time.After(200 * time.Millisecond)
		now := size("size" + time.Now().String())
		if strings.Contains(now, "done") {
			t.Fatal("everything was written, though nobody read")
		}
		if now == stopped && now != "0\n" {
			break
		}
		if stopped = now; i > 200 {
			t.Fatal("it never stands still")
		}
	}

	sink := &digest{sum: sha256.New()}
	offset := uint64(r.stdout.Len())
	exit, err := client.Run(within(t), &agentv1.Start{ProcessId: "p", StdoutOffset: offset}, sink)
	if err != nil || exit.GetExitCode() != 0 || exit.GetStdoutBytes() != total+3 {
		t.Fatalf("%v, %v", exit, err)
	}
	sum, _, _ := strings.Cut(run(t, client, sh("sum", `tail -c +`+itoa(offset-3+1)+` random | sha256sum`)).stdout.String(), " ")
	if got := hex.EncodeToString(sink.sum.Sum(nil)); got != sum {
		t.Errorf("the sum is %s, want %s", got, sum)
	}
}

func TestASinkThatFailsEndsRunAndNotTheProcess(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	full := errors.New("the journal is full")
	sink := &failing{err: full}
	if _, err := client.Run(within(t), sh("p", `echo one; while [ ! -e go ]; do sleep 0.01; done; echo two`), sink); !errors.Is(err, full) {
		t.Fatalf("Run = %v, want the sink's error", err)
	}
	run(t, client, sh("q", "touch go"))
	got := run(t, client, &agentv1.Start{ProcessId: "p"})
	if got.stdout.String() != "one\ntwo\n" || !got.started[0].GetJoined() {
		t.Errorf("it printed %q", got.stdout.String())
	}
}

type failing struct{ err error }

func (f *failing) Started(*agentv1.Started) error { return nil }
func (f *failing) Output(*agentv1.Output) error   { return f.err }

func TestASlowReaderSlowsNobodyElse(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	standing := make(chan struct{})
	stood := make(chan struct{})
	slow := &digest{sum: sha256.New(), slow: func() {
		select {
		case <-stood:
		default:
			close(stood)
		}
		<-standing
	}}
	done := make(chan error, 1)
	go func() {
		_, err := client.Run(ctx, sh("slow", `cat /dev/zero`), slow)
		done <- err
	}()
	<-stood
	for i := range 20 {
		got := run(t, client, sh("quick "+itoa(uint64(i)), `echo quick; seq 1 10000`))
		if got.stdout.Len() != 6+48894 {
			t.Errorf("it printed %d bytes", got.stdout.Len())
		}
	}
	cancel()
	close(standing)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want the context's error", err)
	}
}
