package server

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestReflection(t *testing.T) {
	t.Parallel()
	d := serve(t)
	stream, err := reflectionv1.NewServerReflectionClient(d.conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	for _, want := range []string{"clockwork.v1.ExecutionService", "clockwork.v1.RunnerService", "grpc.health.v1.Health"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %q", want, names)
		}
	}

	// Old tools ask for the version before it.
	if !slices.Contains(names, "grpc.reflection.v1alpha.ServerReflection") {
		t.Errorf("v1alpha is not among %q", names)
	}
}

func TestHealthSaysWhetherItDrains(t *testing.T) {
	t.Parallel()
	d := serve(t)
	check := func(want healthv1.HealthCheckResponse_ServingStatus) {
		t.Helper()
		for _, service := range []string{"", "clockwork.v1.ExecutionService", "clockwork.v1.RunnerService"} {
			answer, err := healthv1.NewHealthClient(d.conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
			if err != nil || answer.GetStatus() != want {
				t.Errorf("%q is %v, %v; want %v", service, answer.GetStatus(), err, want)
			}
		}
	}
	check(healthv1.HealthCheckResponse_SERVING)
	d.server.Drain()
	check(healthv1.HealthCheckResponse_NOT_SERVING)
	if _, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x1"}); err != nil {
		t.Errorf("while draining, a running execution cannot be asked for: %v", err)
	}
}

func TestAPanicCostsItsCallAlone(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zapcore.DebugLevel)
	d := serve(t, func(o *Options) { o.Log = zap.New(core) })
	d.executor.cancel = func(string, string, string) error { panic("ouch") }
	_, err := d.CancelExecution(t.Context(), &clockworkv1.CancelExecutionRequest{ExecutionId: "x1"})
	wantCode(t, err, codes.Internal)
	entries := logs.FilterMessage("panic in a call").All()
	if len(entries) != 1 {
		t.Fatalf("%d entries in the log; want 1", len(entries))
	}
	fields := entries[0].ContextMap()
	id, _ := fields["panic_id"].(string)
	if id == "" || !strings.HasSuffix(status.Convert(err).Message(), "panic_id "+id) || fields["panic"] != "ouch" {
		t.Errorf("the client was told %q, the log %v", status.Convert(err).Message(), fields)
	}
	if _, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x1"}); err != nil {
		t.Errorf("the next call: %v", err)
	}
}

func TestCallsAreLogged(t *testing.T) {
	t.Parallel()
	core, logs := observer.New(zapcore.DebugLevel)
	d := serve(t, func(o *Options) { o.Log = zap.New(core) })
	_, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x2"})
	wantCode(t, err, codes.NotFound)
	entries := logs.FilterMessage("call").All()
	if len(entries) != 1 {
		t.Fatalf("%d entries in the log; want 1", len(entries))
	}
	fields := entries[0].ContextMap()
	if principal, _ := fields["principal"].(string); fields["method"] != clockworkv1.ExecutionService_GetExecution_FullMethodName ||
		fields["execution"] != "x2" || fields["code"] != "NotFound" || !strings.HasPrefix(principal, "uid:") || entries[0].Level != zapcore.InfoLevel {
		t.Errorf("logged %v %v", entries[0].Level, fields)
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	var metrics *Metrics
	d := serve(t, func(o *Options) {
		metrics = NewMetrics(o.Runners, func() int { return 3 })
		o.Metrics = metrics
	})
	if _, err := d.GetExecution(t.Context(), &clockworkv1.GetExecutionRequest{ExecutionId: "x1"}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	side, served := NewHTTP(metrics, d.server, true, zap.NewNop()), make(chan error, 1)
	go func() { served <- side.Serve(listener) }()
	client := &http.Client{Transport: &http.Transport{}}
	get := func(path string) (int, string) {
		t.Helper()
		response, err := client.Get("http://" + listener.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if code, body := get("/healthz"); code != http.StatusOK || body != "serving\n" {
		t.Errorf("/healthz: %d %q", code, body)
	}
	_, body := get("/metrics")
	for _, want := range []string{
		"clockwork_executions_live 3", `clockwork_pool_sandboxes{runner="a",state="idle"} 0`, "clockwork_build_info",
		`clockwork_call_duration_seconds_count{code="OK",method="/clockwork.v1.ExecutionService/GetExecution"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %q", want)
		}
	}
	if code, _ := get("/debug/pprof/heap"); code != http.StatusOK {
		t.Errorf("/debug/pprof/heap: %d", code)
	}
	d.server.Drain()
	if code, _ := get("/healthz"); code != http.StatusServiceUnavailable {
		t.Errorf("/healthz while draining: %d", code)
	}
	client.CloseIdleConnections()
	side.Shutdown(t.Context())
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestHTTPHasNoProfilesUnlessWanted(t *testing.T) {
	t.Parallel()
	side := NewHTTP(NewMetrics(registryOf(t, "", &fakeDriver{}), func() int { return 0 }), serve(t).server, false, zap.NewNop())
	answer := httptest.NewRecorder()
	side.server.Handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/debug/pprof/heap", http.NoBody))
	if answer.Code != http.StatusNotFound {
		t.Errorf("/debug/pprof/heap: %d", answer.Code)
	}
}

func TestHTTPStaysOnLoopback(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	d := serve(t)
	side := NewHTTP(NewMetrics(registryOf(t, "", &fakeDriver{}), func() int { return 0 }), d.server, false, zap.NewNop())
	if err := side.Serve(listener); err == nil || !strings.Contains(err.Error(), "not on loopback") {
		t.Errorf("got %v; want a refusal", err)
	}
}
