package cgroup

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// open makes a sandbox in version 2, delegated to us or, on machines that use version 1, empty beside it. It is removed at the end.
func open(t *testing.T) *Pool {
	t.Helper()
	pool, _ := openRealm(t)
	return pool
}

// openRealm does the same in a place of its own.
func openRealm(t *testing.T) (*Pool, *Realm) {
	t.Helper()
	parent := "/sys/fs/cgroup/unified"
	if realm, err := Claim("test"); err == nil && realm.Version() == 2 {
		parent = realm.dirs.Unified
	}
	parent = filepath.Join(parent, "test."+rand.Text())
	if err := os.Mkdir(parent, 0o755); err != nil { //nolint:gosec // as all cgroups
		t.Skipf("this user may make no cgroups of version 2; run it as root: %v", err)
	}
	t.Cleanup(func() {
		if err := removeDir(parent); err != nil {
			t.Error(err)
		}
	})
	realm := &Realm{dirs: Dirs{Unified: parent}, prefix: prefixOf("test")}
	place, err := realm.Make("sandbox", Limits{}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := realm.List(); err != nil || !slices.Equal(ids, []string{"sandbox"}) {
		t.Errorf("List = %q, %v", ids, err)
	}
	t.Cleanup(func() {
		sandbox := realm.Sandbox("sandbox")
		sandbox.Kill()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sandbox.Remove(ctx); err != nil {
			t.Error(err)
		}
	})
	pool, err := Open(place, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pool, realm
}

// start starts a shell in a stay.
func start(t *testing.T, s *Stay, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	_, err := s.Start(cmd.SysProcAttr, func() (int, error) { return 0, cmd.Start() })
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestAProcessIsBornIntoItsLeaf(t *testing.T) {
	t.Parallel()
	pool := open(t)
	first, second := pool.Begin(), pool.Begin()
	cmd := start(t, first, "sleep 1000 & exec sleep 1000")
	for len(first.PIDs()) < 2 { // the shell has to get so far
		continue
	}
	if pids := first.PIDs(); !slices.Contains(pids, cmd.Process.Pid) || len(second.PIDs()) != 0 || slices.Contains(pids, os.Getpid()) {
		t.Errorf("the leaves have %v and %v, want %d with its child in the first", pids, second.PIDs(), cmd.Process.Pid)
	}
	first.Kill()
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL { //nolint:errcheck // it is one
		t.Errorf("it ended as %v, want killed", cmd.ProcessState)
	}
	for first.End(Killed); !first.Leave(); {
		continue // its child is about to be gone
	}
	if first.PIDs() != nil {
		t.Error("a stay that is over still lists processes")
	}
}

func TestLeavesAreUsedInTurnsAndThenShared(t *testing.T) {
	t.Parallel()
	pool := open(t)
	var stays []*Stay
	used := make(map[*leaf]bool)
	for range unifiedLeaves {
		s := pool.Begin()
		used[s.leaf] = true
		stays = append(stays, s)
	}
	if len(used) != unifiedLeaves {
		t.Errorf("%d stays have %d leaves", unifiedLeaves, len(used))
	}
	if s := pool.Begin(); s.Exclusive() || s.PIDs() != nil {
		t.Error("there was one leaf too many")
	}
	stays[3].End(Well)
	stays[5].End(Well)
	if s := pool.Begin(); s.leaf != stays[3].leaf {
		t.Error("the leaf that was free for longer is not used first")
	}
}

func TestWhatIsLeftHoldsTheLeaf(t *testing.T) {
	t.Parallel()
	pool := open(t)
	s := pool.Begin()
	cmd := start(t, s, "sleep 1000 &")
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s.End(Well)
	if s.Leave() || len(s.PIDs()) == 0 {
		t.Error("the leaf is given back with somebody in it")
	}
	s.Kill()
	for !s.Leave() {
		continue // it is about to be gone
	}
}

func TestRemainsAreRemovedWhenNobodyIsInThem(t *testing.T) {
	t.Parallel()
	pool, realm := openRealm(t)
	s := pool.Begin()
	cmd := start(t, s, "exec sleep 1000")
	if err := realm.RemoveRemains(0); err != nil || !realm.Sandbox("sandbox").Exists() {
		t.Errorf("RemoveRemains: %v; or it has removed a sandbox that is used", err)
	}
	s.Kill()
	if err := cmd.Wait(); err == nil {
		t.Error("it has ended by itself")
	}
	if err := realm.RemoveRemains(time.Hour); err != nil || !realm.Sandbox("sandbox").Exists() {
		t.Errorf("RemoveRemains: %v; or it has removed one that is about to be used", err)
	}
	for realm.Sandbox("sandbox").Exists() { // the process is about to be gone
		if err := realm.RemoveRemains(0); err != nil {
			t.Fatal(err)
		}
	}
}
