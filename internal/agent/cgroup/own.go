package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// controllers are those that are of use here.
var controllers = []string{"memory", "pids", "cpu"}

var errNone = errors.New("no cgroup file system with the memory or the pids controller is mounted")

// Own returns the cgroup of the calling process, as far as it is visible. In a container that is the container's.
func Own() (Dirs, error) {
	membership, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return Dirs{}, fmt.Errorf("cannot find out the own cgroup: %v", err)
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return Dirs{}, fmt.Errorf("cannot find out where cgroups are mounted: %v", err)
	}
	unified, legacy := locate(string(membership), string(mounts))
	if unified != "" && slices.ContainsFunc(words(filepath.Join(unified, "cgroup.controllers")), isOfUse) {
		return Dirs{Unified: unified}, nil
	}
	if legacy["memory"] != "" || legacy["pids"] != "" {
		return Dirs{Legacy: legacy}, nil
	}
	return Dirs{}, errNone
}

func isOfUse(controller string) bool { return slices.Contains(controllers, controller) }

// words returns what a file has between blanks; nothing if it cannot be read.
func words(name string) []string {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return strings.Fields(string(content))
}

// locate finds the directories of a process from its /proc/PID/cgroup, see cgroups(7), and its /proc/PID/mountinfo.
func locate(membership, mountinfo string) (unified string, legacy map[string]string) {
	legacy = make(map[string]string)
	mounts := parseMounts(mountinfo)
	for line := range strings.Lines(membership) {
		_, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		names, path, ok := strings.Cut(rest, ":")
		switch {
		case !ok || !strings.HasPrefix(path, "/"):
		case names == "":
			unified = find(mounts, "", path)
		default:
			for controller := range strings.SplitSeq(names, ",") {
				if dir := find(mounts, controller, path); isOfUse(controller) && dir != "" {
					legacy[controller] = dir
				}
			}
		}
	}
	return unified, legacy
}

// mount is a mounted cgroup file system.
type mount struct {
	root    string // what of the hierarchy is mounted
	at      string
	unified bool
	options []string
}

// find returns the directory of a path in a hierarchy; empty: it is not visible.
func find(mounts []mount, controller, path string) string {
	for _, m := range mounts {
		if m.unified != (controller == "") || (controller != "" && !slices.Contains(m.options, controller)) {
			continue
		}
		below, ok := strings.CutPrefix(path, strings.TrimSuffix(m.root, "/"))
		if ok && (below == "" || below[0] == '/') && !slices.Contains(strings.Split(below, "/"), "..") {
			return filepath.Join(m.at, below)
		}
	}
	return ""
}

// parseMounts reads the cgroup file systems out of a mountinfo, see proc_pid_mountinfo(5).
func parseMounts(mountinfo string) (mounts []mount) {
	const root, at, least = 3, 4, 6
	for line := range strings.Lines(mountinfo) {
		before, after, ok := strings.Cut(line, " - ")
		fields, kind := strings.Fields(before), strings.Fields(after)
		if !ok || len(fields) < least || len(kind) < 3 || (kind[0] != "cgroup" && kind[0] != "cgroup2") {
			continue
		}
		mounts = append(mounts, mount{
			root: fields[root], at: fields[at], unified: kind[0] == "cgroup2", options: strings.Split(kind[2], ","),
		})
	}
	return mounts
}
