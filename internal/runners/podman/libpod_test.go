package podman

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// pod makes a pod without anything of its own, and removes it at the end of the test.
func pod(t *testing.T, e enginetest.Engine) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	t.Cleanup(cancel)
	name := "clockwork-test-" + enginetest.NewID()
	l := libpod{client: e.Client}
	var made json.RawMessage
	if err := l.call(ctx, "POST", "pods/create", map[string]any{"name": name, "no_infra": true}, &made); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.call(ctx, "DELETE", "pods/"+name+"?force=true", nil, &made); err != nil {
			t.Error(err)
		}
	})
	return name
}

func TestPod(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		name := pod(t, e)
		w := enginetest.NewWorld(t, e, func(o engine.Options) (*engine.Driver, error) {
			if strings.HasSuffix(o.DaemonID, "-keeper") {
				return create(o)
			}
			return New(Options{Options: o, PodName: name})
		})
		b := w.Part(t).Box(t, func(o *engine.Options) {
			o.Settings.ReadOnly, o.Settings.User = true, "somebody"
			o.Settings.Volumes = map[string]engine.Target{"clockwork-test-" + name: {Path: "/kept"}}
			t.Cleanup(func() { _ = e.Client.VolumeRemove(context.WithoutCancel(t.Context()), "clockwork-test-"+name, true) })
		})
		if b.Location.PodName != name {
			t.Errorf("it says that it is in pod %q", b.Location.PodName)
		}
		if got := b.Succeed(t, "/bin/sh", "-c", "id -u; touch file; ls"); got != "1000\nfile\n" {
			t.Errorf("it printed %q", got)
		}
		var found struct{ Pod string }
		l := libpod{client: e.Client}
		if err := l.call(context.WithoutCancel(t.Context()), "GET", "containers/"+b.Location.ContainerID+"/json", nil, &found); err != nil || found.Pod == "" {
			t.Errorf("the container is in pod %q, %v", found.Pod, err)
		}
	})
}

func TestAPodThatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		w := enginetest.NewWorldAlone(e, func(o engine.Options) (*engine.Driver, error) {
			return New(Options{Options: o, PodName: "no-such-pod"})
		})
		_, err := w.Part(t).Try(t, enginetest.NewID(), nil)
		if err == nil || errors.Is(err, runners.ErrTemporary) || !strings.Contains(err.Error(), "no-such-pod") {
			t.Errorf("Create: %v, want that there is no such pod", err)
		}
	})
}

// A GPU is asked for by its CDI name; where there is none of that name, Podman says so.
func TestGPU(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		w := enginetest.NewWorldAlone(e, create)
		_, err := w.Part(t).Try(t, enginetest.NewID(), func(o *engine.Options) { o.Settings.GPUs = engine.GPUs{IDs: []string{"clockwork.test/gpu=1"}} })
		if err == nil || !strings.Contains(err.Error(), "clockwork.test/gpu=1") {
			t.Errorf("Create: %v, want that there is no clockwork.test/gpu=1", err)
		}
	})
}

func TestRootlessIsChecked(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		rootless := !strings.HasSuffix(t.Name(), "/rootless")
		w := enginetest.NewWorldAlone(e, func(o engine.Options) (*engine.Driver, error) {
			return New(Options{Options: o, Rootless: &rootless})
		})
		_, err := w.Part(t).Try(t, enginetest.NewID(), nil)
		if err == nil || !strings.Contains(err.Error(), "cannot use this Podman") {
			t.Errorf("Create: %v, want that it is refused", err)
		}
	})
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	limit := int64(58)
	got := libpod{pod: "pod"}.describe(engine.Request{
		Name:   "name",
		Config: &container.Config{Image: "image", Entrypoint: []string{"agent"}, Cmd: []string{"serve"}, Volumes: map[string]struct{}{"/box": {}}, OpenStdin: true},
		Host: &container.HostConfig{
			Binds: []string{"/host:/in:ro", "volume:/v:rw,z"}, Tmpfs: map[string]string{"/run": "rw,size=1m"}, ReadonlyRootfs: true,
			Resources: container.Resources{Memory: 1 << 20, MemorySwap: 1 << 20, NanoCPUs: 5e8, PidsLimit: &limit},
		},
		GPUs: engine.GPUs{Count: -1},
	})
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"pod":"pod"`, `"read_only_filesystem":true`, `"source":"/host","options":["ro","rbind"]`, `"Name":"volume","Dest":"/v","Options":["rw","z"]`,
		`"memory":{"limit":1048576,"swap":1048576}`, `"cpu":{"quota":50000,"period":100000}`, `"pids":{"limit":58}`, `"path":"nvidia.com/gpu=all"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s\nhas no %s", text, want)
		}
	}
}
