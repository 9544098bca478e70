package enginetest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Registries runs the cases of what may come of a pull, through a real registry with a door that a test keeps.
func Registries(t *testing.T, w *World) {
	t.Helper()
	for name, run := range map[string]func(*testing.T, *World, *door){
		"a pull":                    aPull,
		"no such image":             noSuchImage,
		"too many requests":         tooManyRequests,
		"a server's fault":          serversFault,
		"nobody listens":            nobodyListens,
		"credentials from a file":   credentialsFromFile,
		"credentials from a helper": credentialsFromHelper,
		"no credentials":            noCredentials,
		"wrong credentials":         wrongCredentials,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, w.Part(t), newDoor(t, w.Engine))
		})
	}
}

// door stands before the registry.
type door struct {
	address string
	image   string
	// status is what it answers instead of letting in, if it is not 0.
	status atomic.Int32
	// login is user:password, if it asks for one.
	login atomic.Pointer[string]
}

func newDoor(t *testing.T, e Engine) *door {
	t.Helper()
	behind := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: Address(t, "CLOCKWORK_TEST_REGISTRY", "registry")})
	d := &door{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := int(d.status.Load()); status != 0 {
			http.Error(w, http.StatusText(status), status)
			return
		}
		user, password, _ := r.BasicAuth()
		if want := d.login.Load(); want != nil && *want != user+":"+password {
			w.Header().Set("WWW-Authenticate", `Basic realm="door"`)
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	_ = server.Listener.Close() // which listens where not every engine trusts it
	server.Listener = e.listen(t)
	server.Start()
	t.Cleanup(server.Close)
	d.address = strings.TrimPrefix(server.URL, "http://")
	d.image = d.address + "/clockwork.test/shell:test"
	t.Cleanup(func() { e.RemoveImage(t, d.image) })
	return d
}

// listen listens where the engine trusts a registry without TLS.
func (e Engine) listen(t *testing.T) net.Listener {
	t.Helper()
	addresses := []string{"127.0.0.1:0"}
	if e.Doors != "" {
		addresses = nil
		for number := range 32 {
			addresses = append(addresses, fmt.Sprintf("%s.%d:5000", e.Doors, number+1))
		}
	}
	var faults []error
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return listener
		}
		faults = append(faults, err)
	}
	t.Fatal(errors.Join(faults...))
	return nil
}

// use has a runner pull the image through the door.
func (d *door) use(o *engine.Options) {
	o.Settings.Image, o.Settings.PullPolicy = d.image, engine.PullIfNotPresent
	o.Settings.RegistryConfig = "/no/such/file"
}

func aPull(t *testing.T, w *World, d *door) {
	t.Helper()
	b := w.Box(t, d.use)
	for _, want := range []string{"pulling " + d.image, "pulled " + d.image} {
		if !slices.Contains(b.Progress, want) {
			t.Errorf("it told %q, want %q among it", b.Progress, want)
		}
	}
	again := w.Box(t, d.use)
	if len(again.Progress) > 0 {
		t.Errorf("with the image there it told %q", again.Progress)
	}
	fresh := w.Box(t, func(o *engine.Options) { d.use(o); o.Settings.PullPolicy = engine.PullAlways })
	if len(fresh.Progress) == 0 {
		t.Error("with the policy always it pulled nothing")
	}
}

func noSuchImage(t *testing.T, w *World, d *door) {
	t.Helper()
	checkRefused(t, w, "cannot pull the image", func(o *engine.Options) { d.use(o); o.Settings.Image = d.address + "/no/such:image" })
}

// checkPassing checks that a fault is one that passes, and passes.
func checkPassing(t *testing.T, w *World, d *door, mend func()) {
	t.Helper()
	if _, err := w.Try(t, NewID(), d.use); !errors.Is(err, runners.ErrTemporary) {
		t.Fatalf("Create: %v, want a temporary fault", err)
	}
	mend()
	w.Box(t, d.use)
}

func tooManyRequests(t *testing.T, w *World, d *door) {
	t.Helper()
	d.status.Store(http.StatusTooManyRequests)
	checkPassing(t, w, d, func() { d.status.Store(0) })
}

func serversFault(t *testing.T, w *World, d *door) {
	t.Helper()
	d.status.Store(http.StatusInternalServerError)
	checkPassing(t, w, d, func() { d.status.Store(0) })
}

func nobodyListens(t *testing.T, w *World, _ *door) {
	t.Helper()
	listener := w.listen(t)
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := w.Try(t, NewID(), func(o *engine.Options) {
		o.Settings.Image, o.Settings.PullPolicy = address+"/clockwork.test/shell:test", engine.PullIfNotPresent
	})
	if !errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Create: %v, want a temporary fault", err)
	}
}

const login = "clock:work"

func (d *door) ask() { said := login; d.login.Store(&said) }

// config writes a Docker config file.
func config(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func auths(address, login string) string {
	return fmt.Sprintf(`{"auths": {%q: {"auth": %q}}}`, address, base64.StdEncoding.EncodeToString([]byte(login)))
}

func credentialsFromFile(t *testing.T, w *World, d *door) {
	t.Helper()
	d.ask()
	file := config(t, auths(d.address, login))
	w.Box(t, func(o *engine.Options) { d.use(o); o.Settings.RegistryConfig = file })
}

// credentialsFromHelper needs a TestMain that calls Main.
func credentialsFromHelper(t *testing.T, w *World, d *door) {
	t.Helper()
	d.ask()
	file := config(t, fmt.Sprintf(`{"credHelpers": {%q: "clockwork-test"}}`, d.address))
	w.Box(t, func(o *engine.Options) { d.use(o); o.Settings.RegistryConfig = file })
}

func noCredentials(t *testing.T, w *World, d *door) {
	t.Helper()
	d.ask()
	checkRefused(t, w, "cannot pull the image", d.use)
}

func wrongCredentials(t *testing.T, w *World, d *door) {
	t.Helper()
	d.ask()
	const wrong = "clock:a-wrong-secret"
	file := config(t, auths(d.address, wrong))
	_, err := w.Try(t, NewID(), func(o *engine.Options) { d.use(o); o.Settings.RegistryConfig = file })
	if err == nil || errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Create: %v, want that it is refused for good", err)
	}
	if err != nil && strings.Contains(err.Error(), "a-wrong-secret") {
		t.Errorf("the fault tells the secret: %v", err)
	}
}
