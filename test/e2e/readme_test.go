package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// The bundle that the README shows is the first one that users copy.
func TestReadmeBundle(t *testing.T) {
	t.Parallel()
	harness.Program(t, "bash")
	readme, err := os.ReadFile(filepath.Join(harness.Root(), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```yaml\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("the README shows no bundle")
	}
	path := filepath.Join(t.TempDir(), "bundle.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := harness.ParseDocument(t, d.Ctl(t, "execute", path, "-o", "json").Want(t, 0))
	if got := document.Step(t, "greet").Stdout; got != "hello, world\n" {
		t.Errorf("greet printed %q", got)
	}
}
