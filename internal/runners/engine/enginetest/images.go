package enginetest

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Images runs the cases of what an image may be like.
func Images(t *testing.T, w *World) {
	t.Helper()
	for name, run := range map[string]func(*testing.T, *World){
		"one static program":                oneStaticProgram,
		"a user that the image names":       anImagesUser,
		"a user that nobody knows":          anUnknownUser,
		"a read-only root":                  aReadOnlyRoot,
		"a read-only root for another user": aReadOnlyRootForAUser,
		"an entry point of its own":         anImagesEntryPoint,
		"a configured entry point":          aConfiguredEntryPoint,
		"no agent for its platform":         noAgent,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, w.Part(t))
		})
	}
}

const static = "clockwork.test/static:test"

func oneStaticProgram(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Settings.Image = static })
	if got := b.Succeed(t, "/program", "one", "two"); got != "one two\n" {
		t.Errorf("it printed %q", got)
	}
}

func anImagesUser(t *testing.T, w *World) {
	t.Helper()
	name := w.Image(t, "clockwork.test/shell", "USER somebody", "ENV COLOUR=blue", "WORKDIR /home/somebody")
	b := w.Box(t, func(o *engine.Options) { o.Settings.Image = name })
	if got := b.Succeed(t, "/bin/sh", "-c", "id -u; echo $COLOUR; touch file && ls; touch $TMPDIR/file $HOME/file && pwd"); got !=
		"1000\nblue\nfile\n/clockwork/box/workspace\n" {
		t.Errorf("it printed %q", got)
	}
}

func anUnknownUser(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Settings.Image, o.Settings.User = static, "4711:4712" })
	if got := b.Succeed(t, "/program", "text"); got != "text\n" {
		t.Errorf("it printed %q", got)
	}
	if got := b.Agent.Hello().UID; got != 4711 {
		t.Errorf("it runs as %d", got)
	}
}

const writeEverywhere = "touch /file 2>/dev/null && echo root; touch file && echo workspace; touch $TMPDIR/file && echo tmp; touch $HOME/file && echo home"

func aReadOnlyRoot(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.AllowFileWrite = false })
	if got := b.Succeed(t, "/bin/sh", "-c", writeEverywhere); got != "workspace\ntmp\nhome\n" {
		t.Errorf("it could write into %q", got)
	}
}

func aReadOnlyRootForAUser(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Settings.ReadOnly, o.Settings.User = true, "somebody" })
	if got := b.Succeed(t, "/bin/sh", "-c", writeEverywhere); got != "workspace\ntmp\nhome\n" {
		t.Errorf("it could write into %q", got)
	}
}

func anImagesEntryPoint(t *testing.T, w *World) {
	t.Helper()
	name := w.Image(t, "clockwork.test/shell", `ENTRYPOINT ["/bin/false"]`, `CMD ["nothing"]`)
	b := w.Box(t, func(o *engine.Options) { o.Settings.Image = name })
	if got := b.Succeed(t, "/bin/echo", "text"); got != "text\n" {
		t.Errorf("it printed %q", got)
	}
}

func aConfiguredEntryPoint(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) {
		o.Settings.Entrypoint = []string{"/bin/sh", "-c", `echo prepared >/prepared; exec "$@"`, "-"}
	})
	if got := b.Succeed(t, "/bin/cat", "/prepared"); got != "prepared\n" {
		t.Errorf("it printed %q", got)
	}
}

// noAgent is what an image for another platform comes to where no agent for it is installed.
func noAgent(t *testing.T, w *World) {
	t.Helper()
	_, err := w.Try(t, NewID(), func(o *engine.Options) { o.Agents = binaries.In(t.TempDir()) })
	if err == nil || !strings.Contains(err.Error(), "cannot find the agent for linux/"+runtime.GOARCH) {
		t.Errorf("Create: %v, want that there is no agent for it", err)
	}
}

// Image makes an image from one of the tests', with changes in the words of a Dockerfile. It is removed at the end of the test.
func (w *World) Image(tb testing.TB, from string, changes ...string) string {
	tb.Helper()
	root, err := os.Open(Archive(tb, strings.TrimPrefix(from, "clockwork.test/")))
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	name := from + "-" + NewID()[24:] + ":test"
	stream, err := w.Client.ImageImport(bounded(tb), image.ImportSource{Source: root, SourceName: "-"}, name,
		image.ImportOptions{Changes: changes})
	if err != nil {
		tb.Fatal(err)
	}
	drain(tb, stream)
	tb.Cleanup(func() { w.RemoveImage(tb, name) })
	return name
}

// drain reads to its end what an engine says while it works.
func drain(tb testing.TB, stream io.ReadCloser) {
	tb.Helper()
	defer stream.Close()
	if _, err := io.Copy(io.Discard, stream); err != nil {
		tb.Fatal(err)
	}
}

// RemoveImage removes an image, if it is there.
func (e Engine) RemoveImage(tb testing.TB, name string) {
	tb.Helper()
	_, err := e.Client.ImageRemove(bounded(tb), name, image.RemoveOptions{Force: true})
	if err != nil && !strings.Contains(strings.ToLower(err.Error()), "no such image") && !strings.Contains(err.Error(), "image not known") {
		tb.Errorf("cannot remove the image %s: %v", name, err)
	}
}

// Archive returns the path of the root file system of one of the tests' images.
func Archive(tb testing.TB, name string) string {
	tb.Helper()
	return strings.TrimSpace(script(tb, "images/build", name))
}

// script runs one of the scripts of the folder test, and returns what it prints.
func script(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	root, err := exec.CommandContext(context.WithoutCancel(tb.Context()), "go", "env", "GOMOD").Output()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(bounded(tb), filepath.Join(filepath.Dir(strings.TrimSpace(string(root))), "test", name), args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("test/%s %q: %v", name, args, err)
	}
	return string(out)
}
