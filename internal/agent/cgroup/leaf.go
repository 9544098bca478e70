package cgroup

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// leaf is a cgroup that processes are born into, or that they are in anyway.
type leaf struct {
	enter  entrance // nil: they are in it anyway
	listed *os.File // lists its processes; nil: they are not to be told from others
	killer *os.File // nil: the kernel has no cgroup.kill

	kills, refused gauge
	usage          gauge
	population     gauge
	vacant         uint64 // what population says when nobody is in it
	peak           peak
	throttled      gauge
	throttledUnit  time.Duration

	shared *claims // nil: it serves one process with all that it starts
}

// open opens the files that count; a file that is not there counts nothing. The CPU limit, if there is any, is that of limited.
func (d Dirs) open(limited Dirs) *leaf {
	l := &leaf{throttledUnit: time.Microsecond}
	if d.IsZero() {
		return l
	}
	if d.Unified != "" {
		l.kills = openGauge(d.Unified, "memory.events", "oom_kill")
		l.usage = openGauge(d.Unified, "memory.current", "")
		l.peak = openPeak(d.Unified, "memory.peak")
		l.throttled = openGauge(limited.Unified, "cpu.stat", "throttled_usec")
		l.population = openGauge(d.Unified, "cgroup.events", "populated")
		l.killer, _ = os.OpenFile(filepath.Join(d.Unified, "cgroup.kill"), os.O_WRONLY, 0) // nil from an older kernel
	} else {
		l.kills = openGauge(d.of("memory"), "memory.oom_control", "oom_kill")
		l.usage = openGauge(d.of("memory"), "memory.usage_in_bytes", "")
		l.peak = openPeak(d.of("memory"), "memory.max_usage_in_bytes")
		l.throttled, l.throttledUnit = openGauge(limited.of("cpu"), "cpu.stat", "throttled_time"), time.Nanosecond
		l.population, l.vacant = openGauge(d.of("pids"), "pids.current", ""), 1 // the thread that forks
	}
	l.listed, _ = os.Open(filepath.Join(d.all()[0], "cgroup.procs")) // nil in a cgroup that others have hidden
	l.refused = openGauge(d.of("pids"), "pids.events", "max")
	return l
}

// maxListed bounds the list of processes, in bytes.
const maxListed = 4 << 20

// pids lists the processes, as the caller's PID namespace numbers them. In version 1 the caller is among them.
func (l *leaf) pids() (pids []int) {
	if l.listed == nil {
		return nil
	}
	list, err := io.ReadAll(io.NewSectionReader(l.listed, 0, maxListed))
	if err != nil {
		return nil
	}
	for word := range strings.FieldsSeq(string(list)) {
		if pid, err := strconv.Atoi(word); err == nil && pid > 0 { // 0 is one in another PID namespace
			pids = append(pids, pid)
		}
	}
	return pids
}

// isEmpty tells whether nobody but the caller is in it.
func (l *leaf) isEmpty() bool {
	if !l.population.isZero() {
		return l.population.read() <= l.vacant
	}
	return !slices.ContainsFunc(l.pids(), func(pid int) bool { return pid != os.Getpid() })
}

// kill kills all processes at once, where the kernel can.
func (l *leaf) kill() {
	if l.killer != nil {
		_, _ = l.killer.WriteString("1") // who kills them one by one finds out
	}
}

// peak is the file that has the most memory that was used at once.
type peak struct {
	gauge
	resets bool
}

// openPeak tries once whether the kernel can begin anew to look for the peak: in version 2 since Linux 6.12, for who holds the file open.
func openPeak(dir, name string) peak {
	if dir == "" {
		return peak{}
	}
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR, 0)
	if err != nil {
		return peak{gauge: openGauge(dir, name, "")}
	}
	p := peak{gauge: gauge{file: file, fd: int(file.Fd())}}
	p.resets = p.reset()
	return p
}

// reset begins anew.
func (p peak) reset() bool {
	_, err := p.file.WriteAt([]byte("0"), 0)
	return err == nil
}

// entrance lets a process be born into a leaf.
type entrance interface {
	// start calls fork so that the process it starts with these attributes is in the leaf.
	start(attr *syscall.SysProcAttr, fork func() (int, error)) (int, error)
}

// limitOf reads a limit; 0: there is none.
func limitOf(dir, name string) uint64 {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil || dir == "" {
		return 0
	}
	limit, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 64)
	if err != nil || limit > unlimited {
		return 0
	}
	return limit
}

// unlimited is below what version 1 says when there is no limit: the largest multiple of a page in 63 bits.
const unlimited = 1 << 62
