package server

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// fakeDaemon answers with what a test gives it.
type fakeDaemon func(context.Context) *clockworkv1.DiagnoseResponse

func (f fakeDaemon) Diagnose(ctx context.Context) *clockworkv1.DiagnoseResponse { return f(ctx) }

func TestDiagnose(t *testing.T) {
	t.Parallel()
	want := &clockworkv1.DiagnoseResponse{Version: "v1", StartTime: timestamppb.New(time.Unix(1, 0)), Findings: []*clockworkv1.DaemonFinding{
		{Name: "journal", State: clockworkv1.FindingState_FINDING_STATE_PROBLEM, Detail: "full", Remedy: "make room"},
	}}
	d := serve(t, func(o *Options) {
		o.Daemon = fakeDaemon(func(context.Context) *clockworkv1.DiagnoseResponse { return want })
	})
	got, err := clockworkv1.NewDaemonServiceClient(d.conn).Diagnose(t.Context(), &clockworkv1.DiagnoseRequest{})
	if err != nil || !proto.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	health, err := healthv1.NewHealthClient(d.conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "clockwork.v1.DaemonService"})
	if err != nil || health.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("its health is %v, %v", health, err)
	}
}

// What was found only in part, because the caller has gone, is nobody's answer.
func TestDiagnoseForACallerThatHasGone(t *testing.T) {
	t.Parallel()
	service := &daemonService{daemon: fakeDaemon(func(context.Context) *clockworkv1.DiagnoseResponse { return &clockworkv1.DiagnoseResponse{} })}
	_, err := service.Diagnose(done(t), &clockworkv1.DiagnoseRequest{})
	wantCode(t, err, codes.Canceled)
}
