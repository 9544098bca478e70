package cgroup

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// open makes a sandbox in version 2, delegated to us or, on machines that use version 1, empty beside it. It is removed at the end.
func open(t *testing.T) *Pool {
	t.Helper()
	realm, err := Claim("test." + t.Name())
	if err != nil || realm.Version() != 2 {
		const beside = "/sys/fs/cgroup/unified"
		if !writable(beside) {
			t.Skip("this user may make no cgroups of version 2; run it as root")
		}
		realm = &Realm{dirs: Dirs{Unified: beside}, prefix: prefixOf("test." + t.Name())}
	}
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
	return pool
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
