package guest

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/program"
)

// testTimeout bounds the tests of a package.
const testTimeout = 20 * time.Minute

// Test is a run of tests in the guest. They are those of the host, built without the race detector, and find the programs that they
// build (see package test/program) already built.
type Test struct {
	Package    string   // relative to the module, such as internal/runners/local
	Run        string   // as go test's -run; all tests where it is empty
	User       string   // root where it is empty
	Properties []string // of the transient service that they run in, see Command
}

// Test runs tests and fails if any of them fails or is skipped, or if there are none. What they print goes to the output of t.
func (g *Guest) Test(t *testing.T, test Test) {
	t.Helper()
	built := t.TempDir()
	binary := filepath.Join(built, "test")
	build := exec.Command(harness.Program(t, "go"), "test", "-c", "-trimpath", "-ldflags=-s -w", "-o", binary, "./"+test.Package)
	build.Dir, build.Env = harness.Root(), append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build the tests of %s: %v\n%s", test.Package, err, out)
	}
	files := []string{binary}
	for _, p := range programs {
		file, err := program.Build(built, p.pkg, "linux", "amd64", p.tags...)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	dir := g.TempDir(t)
	g.Put(t, dir, files...)

	var log bytes.Buffer
	result := g.Run(t, Command{
		Args: []string{path.Join(dir, "test"), "-test.v", "-test.parallel=4", "-test.timeout=" + testTimeout.String(), "-test.run=" + test.Run},
		Env:  map[string]string{program.Variable: dir, "CLOCKWORK_TEST_STRICT": "1"},
		User: test.User, Properties: test.Properties, Dir: home(test.User), Timeout: testTimeout + time.Minute,
		Output: io.MultiWriter(t.Output(), &log),
	})
	switch {
	case result.ExitCode != 0:
		t.Errorf("tests of %s fail in the guest", test.Package)
	case bytes.Contains(log.Bytes(), []byte("--- SKIP: ")):
		t.Errorf("tests of %s are skipped in the guest", test.Package)
	case !bytes.Contains(log.Bytes(), []byte("--- PASS: ")):
		t.Errorf("no test of %s matches %q", test.Package, test.Run)
	}
}

// programs are what tests build: the agent, and the programs that the driver contract's cases and those of the local driver run.
var programs = []struct {
	pkg  string
	tags []string
}{
	{"cmd/clockwork-agent", []string{"grpcnotrace"}},
	{"internal/runners/drivertest/program/binary", nil},
	{"internal/runners/local/escape", nil},
}
