package tree

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Wear gives the calling process a tag, which every process inherits that it starts from then on. Where it cannot, because somebody lowered
// the hard limit or the kernel does not keep it, the error says so.
func Wear(tag Tag) error {
	var limit unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_RTTIME, nil, &limit); err != nil {
		return fmt.Errorf("cannot read RLIMIT_RTTIME: %v", err)
	}
	limit.Cur = uint64(tag)
	if err := unix.Prlimit(0, unix.RLIMIT_RTTIME, &limit, nil); err != nil {
		return fmt.Errorf("cannot set RLIMIT_RTTIME below its hard limit of %d: %v", limit.Max, err)
	}
	if got, err := tagOf(0); err != nil || got != tag {
		return fmt.Errorf("cannot set RLIMIT_RTTIME: the kernel does not keep it (%v)", err)
	}
	return nil
}

// tagOf reads a process's tag; 0 if it has none.
func tagOf(pid int) (Tag, error) {
	var limit unix.Rlimit
	err := unix.Prlimit(pid, unix.RLIMIT_RTTIME, nil, &limit)
	if errors.Is(err, unix.EPERM) {
		return tagInProc(pid)
	}
	return toTag(limit.Cur), err
}

// tagInProc is the slower way, which is open to everybody.
func tagInProc(pid int) (Tag, error) {
	limits, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/limits")
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(limits, []byte("Max realtime timeout"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0, nil
	}
	value, err := strconv.ParseUint(string(fields[0]), 10, 64)
	if err != nil { // "unlimited"
		return 0, nil //nolint:nilerr // no number means no tag
	}
	return toTag(value), nil
}

func toTag(value uint64) Tag {
	if value>>(sandboxBits+numberBits) != tagBase>>(sandboxBits+numberBits) {
		return 0
	}
	return Tag(value)
}
