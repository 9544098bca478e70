package hosting

import (
	"os"
	"path/filepath"
	"strings"
)

// standardPath is where programs are looked for, in this order.
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// caches are the variables that tell tools where to keep what they download or build, for those that run an artifact without a
// command: uv (docs.astral.sh/uv, "Environment variables"), go (go help environment), deno (deno help, DENO_DIR).
var caches = map[string]string{"UV_CACHE_DIR": "uv", "GOCACHE": "go-build", "GOMODCACHE": "go-mod", "DENO_DIR": "deno"}

// environment is the user's home, or the sandbox's own where that does not exist, and what the base environment has besides. Of
// what the session has, only who the user is and where at home counts: a profile is for people.
func (c command) environment() (home string, env map[string]string) {
	home, env = c.home(c.ID), map[string]string{"PATH": standardPath}
	if dir := os.Getenv("HOME"); filepath.IsAbs(dir) && isDir(dir) {
		home = dir
		if own := filepath.Join(dir, ".local", "bin"); isDir(own) {
			env["PATH"] = own + ":" + standardPath
		}
	}
	for _, name := range []string{"USER", "LOGNAME"} {
		if value := os.Getenv(name); value != "" && !strings.ContainsRune(value, 0) {
			env[name] = value
		}
	}
	for name, dir := range caches {
		env[name] = c.cache(dir)
	}
	return home, env
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
