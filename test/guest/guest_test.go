package guest_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/guest"
)

func TestCommands(t *testing.T) {
	g := guest.Connect(t)
	got := g.Run(t, guest.Command{
		Args: []string{"sh", "-c", `id -nG; echo "$HOME $0 $WORD"; cat; pwd; echo oops >&2; exit 3`, "it's"}, User: guest.Tester,
		Env: map[string]string{"WORD": "a b"}, Dir: "/tmp", Stdin: strings.NewReader("input\n"),
	})
	want := guest.Result{Stdout: "tester\n/home/tester it's a b\ninput\n/tmp\n", Stderr: "oops\n", ExitCode: 3}
	if got != want {
		t.Errorf("it ends with %+v, want %+v", got, want)
	}
}

func TestServices(t *testing.T) {
	g := guest.Connect(t)
	got := g.Run(t, guest.Command{
		Args: []string{"sh", "-c", `read -r line </proc/self/cgroup; echo "$(id -un), a cgroup of $(stat -c %U /sys/fs/cgroup${line#0::})"; exit 4`},
		User: guest.Tester, Properties: []string{"Delegate=yes"},
	})
	if want := (guest.Result{Stdout: "tester, a cgroup of tester\n", ExitCode: 4}); got != want {
		t.Errorf("it ends with %+v, want %+v", got, want)
	}
}

func TestFiles(t *testing.T) {
	g := guest.Connect(t)
	dir := g.TempDir(t)
	name := filepath.Join(t.TempDir(), "file")
	for _, size := range []int{5 << 20, 1 << 10} { // the second one must not meet what is left of the first
		content := make([]byte, size)
		_, _ = rand.Read(content) // it never fails
		if err := os.WriteFile(name, content, 0o700); err != nil {
			t.Fatal(err)
		}
		g.Put(t, dir, name)
		if got := g.Get(t, dir+"/file"); !bytes.Equal([]byte(got), content) {
			t.Errorf("%d bytes arrive as %d, or as other ones", len(content), len(got))
		}
		if got := g.Output(t, "stat", "-c", "%U %a", dir+"/file"); got != "root 700" {
			t.Errorf("it is %s's", got)
		}
	}
}
