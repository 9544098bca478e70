package rlimit

import (
	"os"
	"strconv"
	"strings"
)

// children lists the processes that a process's first thread has started, see proc_tid_children(5). One that has begun just now has no other thread.
func children(pid int) (pids []int) {
	list, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/task/" + strconv.Itoa(pid) + "/children")
	if err != nil {
		return nil // it has ended
	}
	for word := range strings.FieldsSeq(string(list)) {
		if child, err := strconv.Atoi(word); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}
