package attempt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// signal takes PID:START, for in another namespace another process may have the id. START is the 22nd field of proc_pid_stat(5).
func signal(process string) error {
	pid, start, _ := strings.Cut(process, ":")
	id, err := strconv.Atoi(pid)
	if err != nil {
		return err
	}
	if err := unix.Kill(id, 0); err != nil {
		return err
	}
	const startPosition = 19 // after the name, which may contain any byte
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) <= startPosition || fields[startPosition] != start {
		return errors.New("that is another process")
	}
	return nil
}

func gain(string) error {
	if on, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err == nil && on == 0 {
		return nil
	}
	return errors.New("no_new_privs is set")
}

// systemCall makes a call with arguments that the kernel does not take. Only a filter says that it is not permitted.
func systemCall(name string) error {
	numbers := map[string]uintptr{"keyctl": unix.SYS_KEYCTL, "move_mount": unix.SYS_MOVE_MOUNT}
	number, known := numbers[name]
	if !known {
		return fmt.Errorf("cannot call %s", name)
	}
	const invalid = ^uintptr(0)
	_, _, failed := unix.RawSyscall(number, invalid, 0, 0)
	if failed == unix.EPERM {
		return failed
	}
	return nil
}
