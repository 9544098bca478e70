package cgroup

import (
	"maps"
	"os"
	"strings"
	"testing"
)

const (
	hostMounts = `24 1 0:21 / /proc rw shared:1 - proc none rw
30 24 0:26 / /sys/fs/cgroup/unified rw - cgroup2 none rw,nsdelegate
31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup none rw,memory
32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup none rw,cpu,cpuacct
33 24 0:29 / /sys/fs/cgroup/pids rw - cgroup none rw,pids
34 24 0:30 / /elsewhere/pids rw - cgroup none rw,pids
`
	containerMounts = `51 40 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup none rw,memory
52 40 0:29 /docker/abc /sys/fs/cgroup/pids ro - cgroup none rw,pids
`
)

func TestLocate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		membership, mounts, unified string
		legacy                      map[string]string
	}{
		"version 2": {
			membership: "0::/user.slice/session-2.scope\n", mounts: hostMounts,
			unified: "/sys/fs/cgroup/unified/user.slice/session-2.scope",
		},
		"version 1, two controllers mounted together": {
			membership: "5:cpu,cpuacct:/a\n4:memory:/b:c\n3:pids:/\n2:freezer:/\n1:name=systemd:/\n0::/\n", mounts: hostMounts,
			unified: "/sys/fs/cgroup/unified",
			legacy: map[string]string{
				"cpu": "/sys/fs/cgroup/cpu,cpuacct/a", "memory": "/sys/fs/cgroup/memory/b:c", "pids": "/sys/fs/cgroup/pids",
			},
		},
		"a container without a namespace of its own": {
			membership: "4:memory:/docker/abc\n3:pids:/docker/abc/below\n", mounts: containerMounts,
			legacy: map[string]string{"memory": "/sys/fs/cgroup/memory", "pids": "/sys/fs/cgroup/pids/below"},
		},
		"cgroups outside of what is mounted": {membership: "4:memory:/docker/abcdef\n3:pids:/\n", mounts: containerMounts},
		"cgroups outside of the namespace":   {membership: "0::/../other\n", mounts: hostMounts},
		"nothing":                            {},
	} {
		unified, legacy := locate(c.membership, c.mounts)
		if unified != c.unified || !maps.Equal(legacy, c.legacy) {
			t.Errorf("%s: locate = %q, %v; want %q, %v", name, unified, legacy, c.unified, c.legacy)
		}
	}
}

func FuzzLocate(f *testing.F) {
	f.Add("0::/a\n4:memory:/b\n", hostMounts)
	f.Add("", containerMounts)
	f.Fuzz(func(t *testing.T, membership, mounts string) {
		unified, legacy := locate(membership, mounts)
		legacy[""] = unified
		for controller, dir := range legacy {
			if strings.Contains(dir, "/../") {
				t.Errorf("%q is in %q", controller, dir)
			}
		}
	})
}

func TestOwnIsThere(t *testing.T) {
	t.Parallel()
	own, err := Own()
	if err != nil {
		t.Skip(err) // a machine without cgroups has nothing to find
	}
	for _, dir := range own.all() {
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
	}
}

func TestParseGauge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content, key string
		want         uint64
		ok           bool
	}{
		{"123\n", "", 123, true},
		{"max\n", "", 0, false},
		{"", "", 0, false},
		{"low 0\noom 1\noom_kill 7\n", "oom_kill", 7, true},
		{"oom_kill_disable 0\nunder_oom 0\n", "oom_kill", 0, false},
	} {
		if got, ok := parseGauge([]byte(c.content), c.key); got != c.want || ok != c.ok {
			t.Errorf("parseGauge(%q, %q) = %d, %v; want %d, %v", c.content, c.key, got, ok, c.want, c.ok)
		}
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	var c claims
	c.begin()
	if got := c.end(3, 5, Well); got != 2 {
		t.Errorf("who is alone has %d, want all 2", got)
	}
	c.begin()
	c.begin()
	c.begin()
	if got := c.end(5, 7, Well); got != 0 {
		t.Errorf("one that ended well beside others has %d, want 0", got)
	}
	if got := c.end(5, 7, Killed); got != 1 {
		t.Errorf("one that was killed beside others has %d, want 1", got)
	}
	c.begin()
	if got := c.end(7, 7, Badly); got != 0 {
		t.Errorf("one that began after the last kill has %d, want 0", got)
	}
	if got := c.end(5, 7, Badly); got != 1 {
		t.Errorf("the last one has %d, want the 1 that is left", got)
	}
}
