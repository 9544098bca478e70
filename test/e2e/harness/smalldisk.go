package harness

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

// mountAndExecute mounts a disk of the size $1 on $2, and becomes the program that follows.
const mountAndExecute = `mkdir -p "$2" && mount -t tmpfs -o "size=$1,mode=700" e2e "$2" && shift 2 && exec "$@"`

// onSmallDisk has a command see a disk of a size of its own at a path. It lies in a mount namespace, and so ends with the last process that
// was started there.
func onSmallDisk(t *testing.T, cmd *exec.Cmd, size, path string) *exec.Cmd {
	t.Helper()
	namespace := []string{"--mount"}
	if os.Geteuid() != 0 {
		namespace = []string{"--mount", "--user", "--map-root-user"}
	}
	if out, err := exec.Command("unshare", slices.Concat(namespace, []string{"true"})...).CombinedOutput(); err != nil {
		Missing(t, "needs unshare and a mount namespace: %v %s", err, out)
	}
	small := exec.Command("unshare", slices.Concat(namespace, []string{"sh", "-c", mountAndExecute, "sh", size, path}, cmd.Args)...)
	small.Env, small.Dir = cmd.Env, cmd.Dir
	return small
}
