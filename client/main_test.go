package client_test

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// testingT is what *testing.T and *rapid.T have in common.
type testingT interface {
	Helper()
	Fatal(args ...any)
	Cleanup(f func())
}

// socket returns a path that is short enough for a socket, which t.TempDir's need not be.
func socket(tb testingT) string {
	tb.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func startDaemon(tb testingT, options clienttest.Options) *clienttest.Daemon {
	tb.Helper()
	daemon, err := clienttest.Start(socket(tb), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(daemon.Close)
	return daemon
}

func dial(tb testingT, address string, opts ...client.Option) *client.Client {
	tb.Helper()
	opts = append([]client.Option{client.WithDelays(time.Millisecond, 20*time.Millisecond)}, opts...)
	c, err := client.Dial(context.Background(), address, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

func request(steps ...string) *clockworkv1.ExecuteBundleRequest {
	bundle := &clockworkv1.ArtifactBundle{Version: "1"}
	for _, name := range steps {
		bundle.Steps = append(bundle.Steps, &clockworkv1.Step{Purpose: name, Run: &clockworkv1.Run{Cmd: []string{"true"}}})
	}
	return &clockworkv1.ExecuteBundleRequest{Bundle: bundle}
}

func collect(events iter.Seq2[*clockworkv1.Event, error]) (got []*clockworkv1.Event, err error) {
	for event, err := range events {
		if err != nil {
			return got, err
		}
		got = append(got, event)
	}
	return got, nil
}
