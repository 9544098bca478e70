package hosting

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// played answers as a host would.
func played(kills, lingers string, mayLinger bool) func(string, ...string) (string, error) {
	return func(_ string, args ...string) (string, error) {
		switch args[0] {
		case "show-session":
			if kills == "" {
				return "", errors.New("there is no logind")
			}
			return kills, nil
		case "show-user":
			return lingers, nil
		case "enable-linger":
			if !mayLinger {
				return "", errors.New("access denied")
			}
			lingers = "yes"
		}
		return "", nil
	}
}

func TestAgentsOutliveTheLoginSession(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "systemd-run"), []byte("#!/bin/sh\n"), 0o755); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	for name, c := range map[string]struct {
		login login
		scope bool
		fault string
	}{
		"no logind":            {login: login{1000, played("", "", false)}},
		"sessions may leave":   {login: login{1000, played("no", "no", false)}},
		"root is left alone":   {login: login{0, played("yes", "no", false)}},
		"lingers":              {login: login{1000, played("yes", "yes", false)}, scope: true},
		"lingers when told to": {login: login{1000, played("yes", "no", true)}, scope: true},
		"may not linger":       {login: login{1000, played("yes", "no", false)}, fault: "loginctl enable-linger"},
	} {
		words, err := c.login.wrap()
		if scope := slices.Contains(words, "--scope"); scope != c.scope {
			t.Errorf("%s: the words are %q", name, words)
		}
		if (c.fault == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
}
