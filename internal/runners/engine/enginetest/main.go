package enginetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Main runs the tests of a package, with programs where this process finds them: a credential helper, and an ssh for which every
// host is this machine.
func Main(m *testing.M) {
	dir, err := programsInPath()
	if err != nil {
		panic(fmt.Sprintf("cannot prepare the tests: %v", err))
	}
	defer os.RemoveAll(dir)
	m.Run()
}

// ssh executes what follows the host, with the Docker engine of the tests as that machine's own.
const ssh = `#!/bin/sh
while [ "$1" != -- ]; do shift; done
[ "$2" = engine.test ] || { echo "ssh: Could not resolve hostname $2" >&2; exit 255; }
shift 2
DOCKER_HOST=$CLOCKWORK_TEST_DOCKER exec "$@"
`

// programsInPath makes the programs, and lets the PATH begin with their directory.
func programsInPath() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "clockwork-helper-"); err != nil {
		return "", err
	}
	user, password, _ := strings.Cut(login, ":")
	script := "#!/bin/sh\nread server\n" +
		`echo "{\"ServerURL\": \"$server\", \"Username\": \"` + user + `\", \"Secret\": \"` + password + `\"}"` + "\n"
	return dir, errors.Join(
		os.WriteFile(filepath.Join(dir, "docker-credential-clockwork-test"), []byte(script), 0o755),
		os.WriteFile(filepath.Join(dir, "ssh"), []byte(ssh), 0o755),
		os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH")),
	)
}
