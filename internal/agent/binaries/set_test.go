package binaries

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// install writes an agent into a directory.
func install(t *testing.T, dir, path, content string, mode os.FileMode) string {
	t.Helper()
	path = filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	host := install(t, dir, "clockwork-agent", "host", 0o755)
	other := install(t, dir, "agents/clockwork-agent-plan9-mips", "other", 0o755)
	set := In(dir)
	for _, c := range []struct {
		goos, goarch, path, content string
	}{
		{runtime.GOOS, runtime.GOARCH, host, "host"},
		{"plan9", "mips", other, "other"},
	} {
		got, err := set.Find(c.goos, c.goarch)
		if err != nil {
			t.Fatal(err)
		}
		want := Binary{OS: c.goos, Arch: c.goarch, Path: c.path, Size: int64(len(c.content)), Digest: digestOf(c.content)}
		if got != want {
			t.Errorf("Find(%s, %s) = %+v, want %+v", c.goos, c.goarch, got, want)
		}
	}
}

func TestFindSeesAnUpgrade(t *testing.T) {
	dir := t.TempDir()
	set := In(dir)
	for _, content := range []string{"old", "newer"} {
		install(t, dir, "clockwork-agent", content, 0o755)
		got, err := set.Host()
		if err != nil {
			t.Fatal(err)
		}
		if got.Digest != digestOf(content) {
			t.Errorf("the digest is not that of %q", content)
		}
	}
}

func TestFindSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	install(t, dir, "agents/clockwork-agent-plan9-mips", "other", 0o755)
	install(t, dir, "agents/clockwork-agent-plan9-arm", "not executable", 0o644)
	for platform, want := range map[string]string{
		"freebsd/amd64": "clockwork-agent-freebsd-amd64; make agents puts it there, install it beside clockworkd (there are agents for plan9-arm, plan9-mips)",
		"plan9/arm":     "clockwork-agent-plan9-arm is not an executable file",
	} {
		goos, goarch, _ := strings.Cut(platform, "/")
		_, err := In(dir).Find(goos, goarch)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Find(%s) = %v, want an error with %q", platform, err, want)
		}
	}
}

func TestPlatforms(t *testing.T) {
	dir := t.TempDir()
	if got := In(dir).Platforms(); len(got) != 0 {
		t.Errorf("an empty directory has agents for %q", got)
	}
	host := runtime.GOOS + "/" + runtime.GOARCH
	install(t, dir, "agents/clockwork-agent-plan9-mips", "", 0o755)
	install(t, dir, "agents/clockwork-agent-"+runtime.GOOS+"-"+runtime.GOARCH, "", 0o755)
	install(t, dir, "clockwork-agent", "", 0o755)
	if got := strings.Join(In(dir).Platforms(), " "); got != host+" plan9/mips" {
		t.Errorf("the agents are for %q", got)
	}
}
