package cgroup

import (
	"maps"
	"path/filepath"
	"slices"
)

// Dirs are the directories of one cgroup: one in version 2, or one for each controller in version 1. The zero Dirs are no cgroup.
type Dirs struct {
	// Unified is the directory in version 2; empty: this is version 1.
	Unified string `json:"unified,omitempty"`
	// Legacy has the directories in version 1 by controller: memory, pids, cpu.
	Legacy map[string]string `json:"legacy,omitempty"`
}

// IsZero tells whether there is no cgroup.
func (d Dirs) IsZero() bool { return d.Unified == "" && len(d.Legacy) == 0 }

// Child returns the directories of a cgroup below.
func (d Dirs) Child(name string) Dirs {
	if d.Unified != "" {
		return Dirs{Unified: filepath.Join(d.Unified, name)}
	}
	child := Dirs{Legacy: make(map[string]string, len(d.Legacy))}
	for controller, dir := range d.Legacy {
		child.Legacy[controller] = filepath.Join(dir, name)
	}
	return child
}

// of returns the directory that has a controller's files; empty: there is none.
func (d Dirs) of(controller string) string {
	if d.Unified != "" {
		return d.Unified
	}
	return d.Legacy[controller]
}

// all returns every directory once: controllers may be mounted together.
func (d Dirs) all() []string {
	if d.Unified != "" {
		return []string{d.Unified}
	}
	return slices.Compact(slices.Sorted(maps.Values(d.Legacy)))
}
