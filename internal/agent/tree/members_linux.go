package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Supported tells whether processes can be tagged on this system.
const Supported = true

// identity tells a process from a later one with the same id.
type identity struct {
	pid   int
	start uint64 // in clock ticks since boot
}

// member is a process as one look found it.
type member struct {
	identity
	parent  int
	session int
	zombie  bool
	listed  bool
	tag     Tag
}

// signal sends a signal, unless another process has the id by now. A process that has ended is no error: ending is what it is for.
func (m member) signal(sig syscall.Signal) {
	process, err := os.FindProcess(m.pid) // holds a pidfd: from here on the id cannot pass to another process
	if err != nil {
		return
	}
	defer process.Release() //nolint:errcheck // it never fails
	if now, err := readStat(m.pid); err == nil && now.identity == m.identity {
		_ = process.Signal(sig) // it has ended, or is not ours to signal; the next look tells
	}
}

// members looks through /proc.
func (s Set) members() ([]member, error) {
	pids, err := pids()
	if err != nil {
		return nil, err
	}
	family := s.families || s.root != 0 || s.above != 0 || s.sessions != nil
	listed := s.list()
	var all []member
	for _, pid := range pids {
		if pid == os.Getpid() {
			continue
		}
		tag, _ := tagOf(pid) // it has ended: readStat tells
		if !family && !s.selectsTag(tag) && !listed[pid] {
			continue
		}
		found, err := readStat(pid)
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
				continue
			}
			return nil, fmt.Errorf("cannot look at process %d: %w", pid, err)
		}
		found.tag, found.listed = tag, listed[pid]
		all = append(all, found)
	}
	return s.pick(all), nil
}

// list returns the ids that somebody else knows.
func (s Set) list() map[int]bool {
	ids := make(map[int]bool)
	if s.listed != nil {
		for _, pid := range s.listed() {
			ids[pid] = true
		}
	}
	return ids
}

func (s Set) selectsTag(tag Tag) bool {
	return tag != 0 && (tag == s.tag || tag.sandbox() == s.sandbox)
}

// pick returns those of all processes that belong to the set.
func (s Set) pick(all []member) []member {
	chosen := make(map[int]bool)
	parents := make(map[int]bool) // whose children belong to it
	if s.above != 0 {
		parents[s.above] = true
	}
	for _, m := range all {
		if m.listed || s.selectsTag(m.tag) || (s.root != 0 && m.pid == s.root) || slices.Contains(s.sessions, m.session) {
			chosen[m.pid] = true
			parents[m.pid] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, m := range all {
			if parents[m.parent] && !chosen[m.pid] {
				chosen[m.pid], parents[m.pid], grown = true, true, true
			}
		}
	}
	var picked []member
	for _, m := range all {
		if chosen[m.pid] && !m.zombie {
			picked = append(picked, m)
		}
	}
	return picked
}

// pids lists all processes.
func pids() ([]int, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("cannot list processes: %w", err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("cannot list processes: %w", err)
	}
	pids := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// Positions in /proc/PID/stat after the name, counted from the state; see proc_pid_stat(5).
const (
	statState   = 0
	statParent  = 1
	statSession = 3
	statThreads = 17
	statStart   = 19
)

// readStat reads a process's /proc/PID/stat.
func readStat(pid int) (member, error) {
	// The calls are made directly: os.ReadFile makes three times as many, and there may be thousands of processes.
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/stat", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return member{}, err
	}
	defer unix.Close(fd)
	var buffer [maxStat]byte
	n, err := unix.Read(fd, buffer[:])
	if err != nil {
		return member{}, err
	}
	return parseStat(pid, buffer[:n])
}

// maxStat has room for 52 numbers of 20 digits.
const maxStat = 2 << 10

func parseStat(pid int, stat []byte) (member, error) {
	// The name is in parentheses, and may contain any byte, parentheses too.
	name := bytes.LastIndexByte(stat, ')')
	if name < 0 {
		return member{}, errors.New("its stat file is not understood")
	}
	fields := bytes.Fields(stat[name+1:])
	if len(fields) <= statStart {
		return member{}, errors.New("its stat file is too short")
	}
	parent, err1 := strconv.Atoi(string(fields[statParent]))
	session, err2 := strconv.Atoi(string(fields[statSession]))
	threads, err3 := strconv.Atoi(string(fields[statThreads]))
	start, err4 := strconv.ParseUint(string(fields[statStart]), 10, 64)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return member{}, fmt.Errorf("its stat file is not understood: %v", err)
	}
	state := fields[statState][0]
	return member{
		identity: identity{pid: pid, start: start},
		parent:   parent,
		session:  session,
		// A process whose first thread has ended looks like a zombie, too; it lives as long as another thread does.
		zombie: (state == 'Z' || state == 'X') && threads <= 1,
	}, nil
}
