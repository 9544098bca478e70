package local

import (
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// base is the environment that every process of the driver's sandboxes starts from. It is built from nothing: what the daemon
// itself was started with stays with it.
type base struct {
	// home is the user's home directory, if it exists. Otherwise each sandbox has its own.
	home string
	// env has all the rest but TMPDIR, which is the sandbox's.
	env map[string]string
}

// standardPath is where programs are looked for, in this order.
var standardPath = []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}

func newBase(o Options) base {
	b := base{env: map[string]string{"LANG": "C.UTF-8"}}
	path := standardPath
	if name, home := whoIs(o.User); name != "" {
		b.env["USER"], b.env["LOGNAME"] = name, name
		if isDir(home) {
			b.home = home
			if own := filepath.Join(home, ".local", "bin"); isDir(own) {
				path = append([]string{own}, path...)
			}
		}
	}
	b.env["PATH"] = strings.Join(path, ":")
	for name, dir := range caches {
		b.env[name] = filepath.Join(o.CacheDir, dir)
	}
	maps.Copy(b.env, o.Env)
	return b
}

// whoIs returns the name and the home of the steps' user, as far as there are any.
func whoIs(u *User) (name, home string) {
	if u != nil {
		return u.Name, u.Home
	}
	current, err := user.Current()
	if err != nil {
		return "", ""
	}
	return current.Username, current.HomeDir
}

// caches are the variables that tell tools where to keep what they download or build, for those that run an artifact without a
// command: uv (docs.astral.sh/uv, "Environment variables"), go (go help environment), deno (deno help, DENO_DIR).
var caches = map[string]string{
	"UV_CACHE_DIR": "uv",
	"GOCACHE":      "go-build",
	"GOMODCACHE":   "go-mod",
	"DENO_DIR":     "deno",
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && filepath.IsAbs(path) && info.IsDir()
}

// lookPath finds a program as a process with this environment would; empty if there is none.
func (b base) lookPath(name string) string {
	for _, dir := range filepath.SplitList(b.env["PATH"]) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && filepath.IsAbs(path) && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return path
		}
	}
	return ""
}
