package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A Python script names its dependencies itself, and uv brings them. What uv has fetched is kept when the execution ends: the next
// one needs no index any more.
func TestPythonDependencies(t *testing.T) {
	t.Parallel()
	uv := harness.UV(t)
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	index := packageIndex(t)
	bundle := script("greet.py", "python", `# /// script
# requires-python = ">=3.8"
# dependencies = ["clockwork-e2e-greeting==1.0"]
# ///
import clockwork_e2e_greeting
print(clockwork_e2e_greeting.text)
`)
	bundle["vars"] = harness.Object{
		"PATH":                filepath.Dir(uv) + ":" + harness.SystemPath,
		"UV_DEFAULT_INDEX":    index.URL + "/simple",
		"UV_PYTHON_DOWNLOADS": "never",
		"UV_NO_CONFIG":        "1",
	}
	first := d.MustExecute(t, 0, bundle).Step(t, "run")
	if first.Stdout != "hello from a wheel\n" {
		t.Errorf("with the index the script printed %q", first.Stdout)
	}
	if want := []string{uv, "run", "./greet.py"}; strings.Join(first.Command, " ") != strings.Join(want, " ") {
		t.Errorf("ran %q, want %q", first.Command, want)
	}
	index.Close()
	if again := d.MustExecute(t, 0, bundle).Step(t, "run").Stdout; again != "hello from a wheel\n" {
		t.Errorf("without the index the script printed %q", again)
	}
}

// packageIndex serves one wheel, as the simple repository API asks for it.
func packageIndex(t *testing.T) *httptest.Server {
	t.Helper()
	const name = "clockwork_e2e_greeting-1.0-py3-none-any.whl"
	wheel := greetingWheel(t)
	sum := sha256.Sum256(wheel)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/clockwork-e2e-greeting/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Cache-Control", "max-age=3600")
		fmt.Fprintf(w, `<!doctype html><a href="/files/%s#sha256=%s">%s</a>`, name, hex.EncodeToString(sum[:]), name)
	})
	mux.HandleFunc("GET /files/"+name, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = w.Write(wheel) // uv tells whether it got it
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// greetingWheel is a Python package of one module.
func greetingWheel(t *testing.T) []byte {
	t.Helper()
	const info = "clockwork_e2e_greeting-1.0.dist-info/"
	files := []struct{ name, content string }{
		{"clockwork_e2e_greeting.py", "text = 'hello from a wheel'\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: clockwork-e2e-greeting\nVersion: 1.0\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: e2e\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
	}
	var archive bytes.Buffer
	var record strings.Builder
	out := zip.NewWriter(&archive)
	add := func(name, content string) {
		entry, err := out.Create(name)
		if err == nil {
			_, err = entry.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		add(file.name, file.content)
		sum := sha256.Sum256([]byte(file.content))
		fmt.Fprintf(&record, "%s,sha256=%s,%d\n", file.name, base64.RawURLEncoding.EncodeToString(sum[:]), len(file.content))
	}
	add(info+"RECORD", record.String()+info+"RECORD,,\n")
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}
