package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
)

const deployed = "../../deploy/clockworkd.yaml"

// The file's own marks: "#key:" hides a default, "##key:" an example; words follow "# ".
var (
	hiddenDefault = regexp.MustCompile(`(?m)^( *)#((?: {2,})?[a-z_]+:)`)
	hiddenExample = regexp.MustCompile(`(?m)^## ( *[a-z_]+:)`)
	hiddenRunner  = regexp.MustCompile(`(?m)^  ## `)
)

func loadText(t *testing.T, text []byte) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Sources{File: path, Getenv: func(string) string { return "" }, Drivers: driverChecks(), CheckPolicy: checkPolicy, Capabilities: runners.CapabilityNames()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDeployedConfiguration(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(deployed)
	if err != nil {
		t.Fatal(err)
	}
	plain := loadText(t, text)
	uncovered := hiddenDefault.ReplaceAll(text, []byte("$1$2"))
	if changed := config.Changed(plain, loadText(t, uncovered)); len(changed) > 0 {
		t.Errorf("what it shows as the default of %q is another value", changed)
	}
	if n := len(hiddenDefault.FindAll(text, -1)); n < 40 {
		t.Errorf("it shows %d defaults; not all of them can be among those", n)
	}
	text = hiddenRunner.ReplaceAll(text, []byte("  "))
	examples := loadText(t, hiddenExample.ReplaceAll(text, []byte("$1")))
	if len(examples.Runners) != 3 {
		t.Errorf("it shows %d runners, want one of each kind", len(examples.Runners))
	}
	if !examples.TCP.TLS() || examples.Metrics.Listen.IsZero() {
		t.Errorf("its examples do not take effect: %+v, %+v", examples.TCP, examples.Metrics)
	}
}
