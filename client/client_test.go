package client_test

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestDialLearnsTheVersion(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Version: "v1.2.3"})
	c := dial(t, daemon.Address())
	if c.DaemonVersion() != "v1.2.3" || c.Address() != daemon.Address() {
		t.Fatalf("got version %q at %q", c.DaemonVersion(), c.Address())
	}
}

func TestExecuteKeepsTheCallersKeyAndRequest(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{})
	c := dial(t, daemon.Address())
	for _, key := range []string{"mine", "", ""} {
		r := request("one")
		r.IdempotencyKey = key
		before := proto.CloneOf(r)
		execution, err := c.Execute(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := collect(execution.Events()); err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(before, r) {
			t.Fatal("Execute changed the request")
		}
	}
	keys := map[string]bool{}
	for _, execution := range daemon.Executions() {
		keys[execution.GetIdempotencyKey()] = true
	}
	if len(keys) != 3 || !keys["mine"] || keys[""] {
		t.Fatalf("got the keys %v, want mine and two random ones", keys)
	}
}

// The copy that carries the key must not forget a field that the API gains.
func TestExecuteSendsEveryField(t *testing.T) {
	t.Parallel()
	if n := (&clockworkv1.ExecuteBundleRequest{}).ProtoReflect().Descriptor().Fields().Len(); n != 8 {
		t.Fatalf("ExecuteBundleRequest has %d fields: make Execute send them all, then adapt this test", n)
	}
}

func TestListFetchesPageAfterPage(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{})
	c := dial(t, daemon.Address())
	for range 7 {
		execution, err := c.Execute(t.Context(), request("one"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := collect(execution.Events()); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for execution, err := range c.List(t.Context(), &clockworkv1.ListExecutionsRequest{PageSize: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, execution.GetId())
	}
	if len(ids) != 7 {
		t.Fatalf("got %d executions, want 7", len(ids))
	}
	for i := 1; i < len(ids); i++ {
		if ids[i] >= ids[i-1] {
			t.Fatalf("%s came after %s; want the newest first", ids[i], ids[i-1])
		}
	}
}

func TestReadOutputFile(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte{0, 1, 0xff}, 5000)
	daemon := startDaemon(t, clienttest.Options{Files: map[string][]byte{"dist/site.tar": content}})
	var got bytes.Buffer
	if err := dial(t, daemon.Address()).ReadOutputFile(t.Context(), "id", 0, "dist/site.tar", &got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), content) {
		t.Fatalf("got %d bytes, want %d and the same", got.Len(), len(content))
	}
}

func TestRunners(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Runners: []*clockworkv1.Runner{{Name: "a"}, {Name: "b", ErrorMessage: "no image"}}})
	c := dial(t, daemon.Address())
	runners, err := c.Runners(t.Context())
	if err != nil || len(runners) != 2 {
		t.Fatalf("got %d runners, %v", len(runners), err)
	}
	for name, usable := range map[string]bool{"a": true, "b": false} {
		check, err := c.CheckRunner(t.Context(), name)
		if err != nil || check.GetUsable() != usable {
			t.Errorf("runner %s: got %v, %v; want usable %t", name, check, err, usable)
		}
	}
}
