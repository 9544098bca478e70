package main

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func dial(t *testing.T, socket string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestStartServeStop(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	d := h.start(t, "--config", h.config(t, "log: {level: debug}\nmetrics: {listen: 'tcp://127.0.0.1:0'}\n"))
	d.await(t, `"msg":"ready"`)
	conn := dial(t, h.path("d.sock"))
	if answer, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health: %v, %v", answer, err)
	}
	list, err := clockworkv1.NewRunnerServiceClient(conn).ListRunners(t.Context(), &clockworkv1.ListRunnersRequest{})
	if err != nil || len(list.GetRunners()) != 1 || !list.GetRunners()[0].GetDefault() {
		t.Errorf("runners: %v, %v", list, err)
	}
	address := regexp.MustCompile(`"msg":"serving metrics","address":"(.*)"`).FindStringSubmatch(d.stderr.String())
	if len(address) == 0 {
		t.Fatal("the log does not say where metrics are")
	}
	metrics, err := http.Get("http://" + address[1] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer metrics.Body.Close()
	if body, err := io.ReadAll(metrics.Body); err != nil || !strings.Contains(string(body), `clockwork_pool_sandboxes{runner="local",state="idle"} 0`) {
		t.Errorf("metrics: %v, %s", err, body)
	}
	if info, err := os.Stat(h.path("state")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("state directory: %v, %v; want 0700", info.Mode(), err)
	}
	d.signal(t, syscall.SIGTERM)
	if code := d.wait(t); code != 0 {
		t.Errorf("exit code %d after SIGTERM", code)
	}
	if _, err := os.Lstat(h.path("d.sock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is left behind: %v", err)
	}
	if !strings.Contains(d.stderr.String(), `"msg":"stopped"`) {
		t.Error("the log does not end with the stop")
	}
}

// A daemon that is told to stop before it is ready has nothing to say against it.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	config := h.config(t, "")
	for after := range 12 {
		d := h.start(t, "--config", config)
		d.await(t, `"msg":"starting"`)
		<-time.After(time.Duration(after) * 4 * time.Millisecond)
		d.signal(t, syscall.SIGTERM)
		if code := d.wait(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
}

func TestWithoutAConfiguration(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	// The fake agent cannot start, which is nothing that keeps a daemon from serving.
	d := h.start(t)
	d.await(t, `"msg":"ready"`)
	if info, err := os.Stat(h.path("clockwork")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("runtime directory: %v, %v; want 0700", info.Mode(), err)
	}
	conn := dial(t, h.path("clockwork/clockworkd.sock"))
	if _, err := clockworkv1.NewExecutionServiceClient(conn).ListExecutions(t.Context(), &clockworkv1.ListExecutionsRequest{}); err != nil {
		t.Error(err)
	}
	d.signal(t, syscall.SIGINT)
	if code := d.wait(t); code != 0 {
		t.Errorf("exit code %d after SIGINT", code)
	}
}

func TestOneDaemonPerStateDirectoryAndSocket(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	config := h.config(t, "")
	first := h.start(t, "--config", config)
	first.await(t, `"msg":"ready"`)

	second := h.start(t, "--config", config)
	if code := second.wait(t); code != exitFailure || !strings.Contains(second.stderr.String(), "cannot use the state directory") {
		t.Errorf("with the same state directory: exit code %d", code)
	}
	third := h.start(t, "--config", config, "--state-dir", h.path("state3"))
	if code := third.wait(t); code != exitFailure || !strings.Contains(third.stderr.String(), "another daemon does") {
		t.Errorf("with the same socket: exit code %d", code)
	}
	if _, err := healthv1.NewHealthClient(dial(t, h.path("d.sock"))).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil {
		t.Errorf("the first one does not answer any more: %v", err)
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	d := h.start(t, "--config", h.config(t, ""))
	d.await(t, `"msg":"ready"`)
	h.config(t, "log: {level: debug}\ndrain_timeout: 1s\nlisten: 5\n")
	d.signal(t, syscall.SIGHUP)
	d.await(t, "the old one stays in force")
	h.config(t, "log: {level: debug}\ndrain_timeout: 1s\ntcp: {insecure_loopback: true}\n")
	d.signal(t, syscall.SIGHUP)
	d.await(t, `"changed":["drain_timeout","log.level"]`)
	d.await(t, `"keys":["tcp.insecure_loopback"]`)
	if _, err := healthv1.NewHealthClient(dial(t, h.path("d.sock"))).Check(t.Context(), &healthv1.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	d.await(t, `"method":"/grpc.health.v1.Health/Check"`)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	good := h.config(t, "")
	unkept := h.write(t, "unkept.yaml", "runners:\n  - {name: a, type: local, read_paths: [etc]}\n", 0o600)
	bad := h.write(t, "bad.yaml", "lisen: 1\nrunners:\n  - {name: a, type: lokal}\n  - {name: b, type: local, image: x}\npolicy: {nothing: deny}\n", 0o600)
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"config", "check", good}, 0, nil},
		{[]string{"version"}, 0, nil},
		{[]string{"--config", h.path("missing.yaml")}, exitUsage, []string{"cannot read the configuration"}},
		{[]string{"--lisen", "x"}, exitUsage, []string{"unknown flag: --lisen"}},
		{[]string{"--version"}, 0, nil},
		{[]string{"serve"}, exitUsage, []string{`there is no command "clockworkd serve"; see clockworkd --help`}},
		{[]string{"config", "check"}, exitUsage, []string{"give one FILE"}},
		{[]string{"config", "check", unkept}, exitUsage, []string{
			unkept + ":2: runners[0]: cannot let steps read \"etc\"",
		}},
		{[]string{"--listen", "tcp://0.0.0.0:0"}, exitUsage, []string{"--listen: listen[0]: tcp://0.0.0.0:0 would be open to everybody"}},
		{[]string{"config", "check", bad}, exitUsage, []string{
			bad + `:1: unknown key "lisen"; did you mean "listen"?`,
			bad + `:3: runners[0].type: unknown type "lokal"; did you mean "local"?`,
			bad + `:4: runners[1]: unknown key "image"`,
			bad + `:5: policy: cannot weigh "nothing"`,
		}},
	} {
		p := h.start(t, c.args...)
		if code := p.wait(t); code != c.code {
			t.Errorf("%q: exit code %d; want %d", c.args, code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(p.stderr.String(), want) {
				t.Errorf("%q wrote %q; want %q in it", c.args, p.stderr, want)
			}
		}
	}
}

func TestAMissingAgentIsNamed(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	if err := os.Remove(h.path("bin/clockwork-agent")); err != nil {
		t.Fatal(err)
	}
	p := h.start(t, "--config", h.config(t, ""))
	if code := p.wait(t); code != exitFailure || !strings.Contains(p.stderr.String(), "install it beside clockworkd") {
		t.Errorf("exit code %d", code)
	}
}

func TestSorted(t *testing.T) {
	t.Parallel()
	now, restart := sorted([]string{"listen", "limits.steps", "log.format", "log.level", "policy", "runners"})
	if !slices.Equal(now, []string{"limits.steps", "log.level", "policy"}) || !slices.Equal(restart, []string{"listen", "log.format", "runners"}) {
		t.Errorf("now %q, after a restart %q", now, restart)
	}
}
