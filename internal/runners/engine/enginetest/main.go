package enginetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Main runs the tests of a package, with a credential helper where this process finds it.
func Main(m *testing.M) {
	dir, err := helperInPath()
	if err != nil {
		panic(fmt.Sprintf("cannot prepare the tests: %v", err))
	}
	defer os.RemoveAll(dir)
	m.Run()
}

// helperInPath makes a credential helper that knows the login, and lets the PATH begin with its directory.
func helperInPath() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "clockwork-helper-"); err != nil {
		return "", err
	}
	user, password, _ := strings.Cut(login, ":")
	script := "#!/bin/sh\nread server\n" +
		`echo "{\"ServerURL\": \"$server\", \"Username\": \"` + user + `\", \"Secret\": \"` + password + `\"}"` + "\n"
	return dir, errors.Join(
		os.WriteFile(filepath.Join(dir, "docker-credential-clockwork-test"), []byte(script), 0o755),
		os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")),
	)
}
