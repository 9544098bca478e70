package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// residentField is the position of the resident set in /proc/PID/statm, in pages; see proc_pid_statm(5).
const residentField = 1

// resident returns the resident set of a process, in MiB.
func resident(pid int) (float64, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data))
	if len(fields) <= residentField {
		return 0, errors.New("cannot understand /proc/PID/statm")
	}
	pages, err := strconv.Atoi(fields[residentField])
	return float64(pages) * float64(os.Getpagesize()) / mebibyte, err
}

// footprints returns the resident sets of processes.
func footprints(pids []int) (map[int]float64, error) {
	all := make(map[int]float64, len(pids))
	for _, pid := range pids {
		size, err := resident(pid)
		if err != nil {
			return nil, fmt.Errorf("cannot measure process %d: %w", pid, err)
		}
		all[pid] = size
	}
	return all, nil
}

// agents returns the agents that the daemon started, at least one. A daemon that has just executed something makes a new one ready.
func (d *daemon) agents() ([]int, error) {
	entries, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, entry := range entries {
		stat, err := os.ReadFile(entry)
		if err != nil {
			continue // it has ended
		}
		pid, rest, _ := strings.Cut(string(stat), " (")
		name, rest, _ := strings.Cut(rest, ") ")
		fields := strings.Fields(rest) // state, parent, …
		if len(fields) < 2 || name != "clockwork-agent" || fields[1] != strconv.Itoa(d.cmd.Process.Pid) {
			continue
		}
		n, err := strconv.Atoi(pid)
		if err != nil {
			return nil, err
		}
		pids = append(pids, n)
	}
	if len(pids) == 0 {
		return nil, errors.New("cannot find an agent of the daemon")
	}
	return pids, nil
}

// sampling is how often the memory of a process is looked at while something happens.
const sampling = 2 * time.Millisecond

// peaks looks at processes until it is stopped. The kernel's own high-water mark would do, but it can be reset by root alone.
type peaks struct {
	done    chan struct{}
	running sync.WaitGroup
	highest map[int]float64
}

func watchPeaks(pids []int) *peaks {
	p := &peaks{done: make(chan struct{}), highest: make(map[int]float64)}
	p.running.Go(func() {
		tick := time.NewTicker(sampling)
		defer tick.Stop()
		for {
			for _, pid := range pids {
				if size, err := resident(pid); err == nil { // a sandbox that has served is destroyed
					p.highest[pid] = max(p.highest[pid], size)
				}
			}
			select {
			case <-tick.C:
			case <-p.done:
				return
			}
		}
	})
	return p
}

// stop returns the highest value of each process.
func (p *peaks) stop() map[int]float64 {
	close(p.done)
	p.running.Wait()
	return p.highest
}
