package cgroup

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Realm is the part of the hierarchies in which a daemon makes the cgroups of its sandboxes.
type Realm struct {
	dirs   Dirs
	prefix string
	lacks  map[string]error // by controller
}

// Claim finds out where this process may make cgroups, and tries it. In version 2 it moves itself out of a cgroup that was
// delegated to it, into one below named daemon. The owner tells its sandboxes from those of others in the same place.
func Claim(owner string) (*Realm, error) {
	own, err := Own()
	if err != nil {
		return nil, err
	}
	r := &Realm{dirs: own, prefix: prefixOf(owner), lacks: make(map[string]error)}
	if own.Unified != "" {
		root, err := claimUnified(own.Unified)
		if err != nil {
			return nil, err
		}
		r.dirs = Dirs{Unified: root}
	}
	r.try()
	if r.lacks["memory"] != nil && r.lacks["pids"] != nil {
		return nil, r.lacks["memory"]
	}
	return r, nil
}

// family is what the names of all owners' sandboxes begin with.
const family = "clockwork."

func prefixOf(owner string) string { return family + owner + "." }

// Of returns the same realm as another owner has it.
func (r *Realm) Of(owner string) *Realm {
	return &Realm{dirs: r.dirs, prefix: prefixOf(owner), lacks: r.lacks}
}

// try finds out which controllers are of use, by making a cgroup with a limit of each.
func (r *Realm) try() {
	name := "try." + rand.Text() // no sandbox has a dot in its id
	for controller, limits := range map[string]Limits{
		"memory": {MemoryBytes: 1 << 30}, "pids": {Processes: 1000}, "cpu": {CPUs: 1},
	} {
		_, err := r.Make(name, limits, nil, false)
		r.lacks[controller] = errors.Join(err, removeDirs(r.Sandbox(name)))
	}
}

// Lacks says why a controller (memory, pids, cpu) is of no use here; nil: it is.
func (r *Realm) Lacks(controller string) error { return r.lacks[controller] }

// Version is that of the hierarchies, 1 or 2.
func (r *Realm) Version() int {
	if r.dirs.Unified != "" {
		return 2
	}
	return 1
}

// Sandbox returns the cgroup of a sandbox, which may not exist.
func (r *Realm) Sandbox(id string) Dirs { return r.dirs.Child(r.prefix + id) }

// List returns the ids of all sandboxes of this owner that have a cgroup here.
func (r *Realm) List() ([]string, error) {
	var ids []string
	for _, dir := range r.dirs.all() {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("cannot list cgroups: %v", err)
		}
		for _, entry := range entries {
			if id, ours := strings.CutPrefix(entry.Name(), r.prefix); ours && entry.IsDir() {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// Owner is the user that an agent runs as, if it is another one than the daemon.
type Owner struct{ UID, GID int }

// Leaves of a sandbox. In version 1 each costs a thread.
const (
	unifiedLeaves = 8
	legacyLeaves  = 4
)

// Make makes the cgroups of a sandbox with its limits. They are the owner's as far as an agent needs it; the limits are not. One thread says
// that the agent can start processes from one thread alone: in version 1 they share a leaf then.
// After an error something may be left, for Remove.
func (r *Realm) Make(id string, limits Limits, owner *Owner, oneThread bool) (Place, error) {
	sandbox, leaves, threads := r.Sandbox(id), unifiedLeaves, 0
	if r.dirs.Unified == "" {
		leaves, threads = legacyLeaves, 1
		if oneThread {
			leaves = 0
		}
		if limits.CPUs == 0 {
			sandbox.Legacy = maps.Clone(sandbox.Legacy)
			delete(sandbox.Legacy, "cpu")
		}
	}
	m := maker{limits: limits, owner: owner, threads: threads}
	place := Place{
		Dirs: sandbox.Child("steps"), Leaves: leaves,
		MemoryBytes: limits.MemoryBytes, Processes: limits.Processes, Throttled: limits.CPUs > 0,
	}
	m.make(sandbox, nil)
	m.own(sandbox, "cgroup.procs")
	if r.dirs.Unified != "" {
		m.enable(sandbox, "memory", "pids")
		if limits.CPUs > 0 {
			m.enable(sandbox, "cpu")
		}
		m.make(sandbox.Child("agent"), nil)
	}
	m.make(place.Dirs, m.settings(limits, (leaves+1)*threads))
	m.enable(place.Dirs, "memory", "pids")
	names := []string{rest}
	for number := range leaves {
		names = append(names, strconv.Itoa(number))
	}
	for _, name := range names {
		leaf := place.Child(name)
		m.make(leaf, m.settings(Limits{Processes: limits.Processes}, threads))
		m.own(leaf, "cgroup.procs", "tasks", "cgroup.kill", "memory.peak", "memory.max_usage_in_bytes")
	}
	if m.err != nil {
		return Place{}, fmt.Errorf("cannot make the cgroup of a sandbox: %w", m.err)
	}
	return place, nil
}

// Agent opens the cgroup that the agent of a sandbox is born into; nil: it needs none.
func (r *Realm) Agent(id string) (*os.File, error) {
	if r.dirs.Unified == "" {
		return nil, nil
	}
	return os.Open(r.Sandbox(id).Child("agent").Unified)
}

// maker makes directories and writes files until something fails.
type maker struct {
	limits  Limits
	owner   *Owner
	threads int
	err     error
}

func (m *maker) settings(limits Limits, threads int) []setting {
	if m.threads == 0 {
		return limits.unified()
	}
	return limits.legacy(threads)
}

// make makes a cgroup with its settings.
func (m *maker) make(dirs Dirs, settings []setting) {
	for _, dir := range dirs.all() {
		if m.err == nil {
			m.err = os.Mkdir(dir, 0o755)
		}
	}
	for _, s := range settings {
		dir := dirs.of(s.controller)
		if m.err != nil || (dir == "" && s.optional) {
			continue
		}
		if dir == "" {
			m.err = fmt.Errorf("the %s controller is not there", s.controller)
			return
		}
		if err := write(dir, s.file, s.value); err != nil && !s.optional {
			m.err = err
		}
	}
}

// enable lets the cgroups below use controllers. One that is not there is missed when its limit is set.
func (m *maker) enable(dirs Dirs, controllers ...string) {
	if m.err != nil || dirs.Unified == "" {
		return
	}
	for _, controller := range controllers {
		if slices.Contains(words(filepath.Join(dirs.Unified, "cgroup.controllers")), controller) {
			m.err = errors.Join(m.err, write(dirs.Unified, "cgroup.subtree_control", "+"+controller))
		}
	}
}

// own gives files to the owner, as far as they exist.
func (m *maker) own(dirs Dirs, files ...string) {
	if m.owner == nil {
		return
	}
	for _, dir := range dirs.all() {
		for _, file := range files {
			err := os.Chown(filepath.Join(dir, file), m.owner.UID, m.owner.GID)
			if err != nil && !errors.Is(err, fs.ErrNotExist) && m.err == nil {
				m.err = err
			}
		}
	}
}

func write(dir, file, value string) error {
	return os.WriteFile(filepath.Join(dir, file), []byte(value), 0)
}
