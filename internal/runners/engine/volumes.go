package engine

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Target is where a volume is mounted in the container.
type Target struct {
	Path     string
	ReadOnly bool
}

// UnmarshalText reads an absolute path that :ro or :rw may follow.
func (t *Target) UnmarshalText(text []byte) error {
	where, mode, _ := strings.Cut(string(text), ":")
	if mode != "" && mode != "ro" && mode != "rw" {
		return fmt.Errorf("%q does not end with :ro or :rw", text)
	}
	if !path.IsAbs(where) || path.Clean(where) != where || where == "/" {
		return fmt.Errorf("%q is not an absolute path below / in the container", where)
	}
	for _, ours := range []string{programDir, runMount, boxMount} {
		if where == ours || strings.HasPrefix(where, ours+"/") {
			return fmt.Errorf("%q is where the sandbox has what is its own: choose another path", where)
		}
	}
	t.Path, t.ReadOnly = where, mode == "ro"
	return nil
}

// volumeName is what engines accept as a volume's name.
var volumeName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

// checkSource accepts names of volumes, and paths that lie below an allowed one.
func checkSource(source string, allowed []string) error {
	if !path.IsAbs(source) {
		if !volumeName.MatchString(source) {
			return fmt.Errorf("%q is neither an absolute path nor the name of a volume", source)
		}
		return nil
	}
	if strings.ContainsAny(source, ":") || path.Clean(source) != source {
		return fmt.Errorf("%q is not a clean path without a colon", source)
	}
	for _, prefix := range allowed {
		prefix = path.Clean(prefix)
		if source == prefix || prefix == "/" || strings.HasPrefix(source, prefix+"/") {
			return nil
		}
	}
	return fmt.Errorf("the daemon does not allow %s to be mounted; allow_host_mounts beside runners lists what it allows", source)
}

// binds are the mounts in the words of the engine. Under SELinux they get a label that all containers share.
func (d *Driver) binds(program string, selinux bool) []string {
	shared := ""
	if selinux {
		shared = ",z"
	}
	all := []string{program + ":" + programDir + ":ro" + shared}
	for _, source := range slices.Sorted(maps.Keys(d.options.Settings.Volumes)) {
		target, mode := d.options.Settings.Volumes[source], "rw"
		if target.ReadOnly {
			mode = "ro"
		}
		all = append(all, source+":"+target.Path+":"+mode+shared)
	}
	return all
}
