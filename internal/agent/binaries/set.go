package binaries

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

const (
	name      = "clockwork-agent"
	subfolder = "agents"
)

// Binary is an agent for one platform.
type Binary struct {
	// OS and Arch are as Go names them.
	OS, Arch string
	// Path is absolute.
	Path string
	Size int64
	// Digest is the SHA-256 of the content, in hexadecimal.
	Digest string
}

// Set is the agents in one directory. Its methods may be called concurrently.
type Set struct {
	dir string

	mu    sync.Mutex
	known map[string]digested // by path
}

// digested is what is known of a file, as long as it is the same.
type digested struct {
	info   fs.FileInfo
	digest string
}

// Beside returns the agents that lie beside this executable, wherever that is linked from.
func Beside() (*Set, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot tell where this program itself is, to find %s beside it: %w", name, err)
	}
	return In(filepath.Dir(self)), nil
}

// In returns the agents in a directory.
func In(dir string) *Set { return &Set{dir: dir, known: make(map[string]digested)} }

// Host returns the agent for this machine.
func (s *Set) Host() (Binary, error) { return s.Find(runtime.GOOS, runtime.GOARCH) }

// Find returns the agent for a platform. The error tells what to build and where it belongs.
func (s *Set) Find(goos, goarch string) (Binary, error) {
	other := filepath.Join(s.dir, subfolder, name+"-"+goos+"-"+goarch)
	candidates, remedy := []string{other}, "make agents puts it there"
	if goos == runtime.GOOS && goarch == runtime.GOARCH {
		candidates, remedy = []string{filepath.Join(s.dir, name), other}, "make build puts it there"
	}
	for _, path := range candidates {
		binary, err := s.open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Binary{}, fmt.Errorf("cannot use the agent for %s/%s: %w", goos, goarch, err)
		}
		binary.OS, binary.Arch = goos, goarch
		return binary, nil
	}
	return Binary{}, fmt.Errorf("cannot find the agent for %s/%s: there is no %s; %s, install it beside clockworkd%s",
		goos, goarch, candidates[0], remedy, s.others())
}

// Platforms returns OS/ARCH of all agents that there are, this machine's first, the others sorted.
func (s *Set) Platforms() []string {
	var platforms []string
	host := runtime.GOOS + "/" + runtime.GOARCH
	if _, err := s.Host(); err == nil {
		platforms = append(platforms, host)
	}
	for _, other := range s.subfolder() {
		if platform := strings.Replace(other, "-", "/", 1); platform != host {
			platforms = append(platforms, platform)
		}
	}
	return platforms
}

// others names the platforms that there are agents for, if any.
func (s *Set) others() string {
	all := s.subfolder()
	if len(all) == 0 {
		return ""
	}
	return " (there are agents for " + strings.Join(all, ", ") + ")"
}

// subfolder returns OS-ARCH of the agents in the subfolder, sorted.
func (s *Set) subfolder() []string {
	paths, err := filepath.Glob(filepath.Join(s.dir, subfolder, name+"-*"))
	if err != nil { // only for a directory that looks like a bad pattern
		return nil
	}
	for i, path := range paths {
		paths[i] = strings.TrimPrefix(filepath.Base(path), name+"-")
	}
	slices.Sort(paths)
	return paths
}

// open returns what a path holds. Its digest is computed once for each state of the file: an upgrade replaces it.
func (s *Set) open(path string) (Binary, error) {
	file, err := os.Open(path)
	if err != nil {
		return Binary{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Binary{}, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return Binary{}, fmt.Errorf("%s is not an executable file", path)
	}
	binary := Binary{Path: path, Size: info.Size()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, found := s.known[path]; found && same(before.info, info) {
		binary.Digest = before.digest
		return binary, nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return Binary{}, err
	}
	binary.Digest = hex.EncodeToString(hash.Sum(nil))
	s.known[path] = digested{info: info, digest: binary.Digest}
	return binary, nil
}

func same(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
