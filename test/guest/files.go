package guest

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Put copies files and folders of this machine into a directory of the guest, which is created if need be. They become root's, keep their modes,
// and what was there under their names is replaced.
//
// They travel by a disk that both sides have, as the network would take seconds for what a disk takes milliseconds.
func (g *Guest) Put(t *testing.T, dir string, paths ...string) {
	t.Helper()
	share, err := os.OpenFile(filepath.Join(g.dir, "share"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer share.Close()
	// Other tests, in other processes, have to wait until the guest has read.
	if err := syscall.Flock(int(share.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if err := pack(share, paths); err != nil {
		t.Fatalf("cannot hand files over to the guest: %v", err)
	}
	g.Output(t, "sh", "-ec", `mkdir -p "$1"; blockdev --flushbufs /dev/vda; tar -x -C "$1" --no-same-owner --unlink-first -f /dev/vda`, "sh", dir)
}

// TempDir makes a directory that everybody in the guest may read, and removes it when the test ends.
func (g *Guest) TempDir(t *testing.T) string {
	t.Helper()
	dir := g.Output(t, "mktemp", "-d", "/srv/test-XXXXXX")
	g.Output(t, "chmod", "0755", dir)
	t.Cleanup(func() { g.Output(t, "rm", "-rf", dir) })
	return dir
}

// Get returns the content of a file of the guest.
func (g *Guest) Get(t *testing.T, path string) string {
	t.Helper()
	result := g.Run(t, Command{Args: []string{"cat", path}})
	if result.ExitCode != 0 {
		t.Fatal(result.Stderr)
	}
	return result.Stdout
}

// pack writes an archive of files and folders.
func pack(to io.Writer, paths []string) error {
	archive := tar.NewWriter(to)
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			name, err := filepath.Rel(filepath.Dir(root), path)
			if err != nil {
				return err
			}
			return add(archive, path, name)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", root, err)
		}
	}
	return archive.Close()
}

func add(archive *tar.Writer, path, name string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: int64(info.Mode().Perm()), Size: info.Size(), ModTime: info.ModTime()}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
