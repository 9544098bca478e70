package descriptors_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/internal/descriptors"
)

func TestCloseOnExec(t *testing.T) {
	t.Parallel()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	inherited, err := syscall.Dup(int(file.Fd())) // a duplicate is not close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(inherited)

	descriptors.CloseOnExec()

	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(inherited), syscall.F_GETFD, 0)
	if errno != 0 || flags&syscall.FD_CLOEXEC == 0 {
		t.Errorf("flags %#x, %v", flags, errno)
	}
}
