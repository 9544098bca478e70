package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
)

func TestWrapFull(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		full bool
	}{
		{nil, false},
		{io.ErrUnexpectedEOF, false},
		{syscall.EIO, false},
		{&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, true},
		{fmt.Errorf("cannot write: %w", syscall.EDQUOT), true},
		{fmt.Errorf("%w: once is enough", ErrFull), true},
	} {
		err := wrapFull(t.TempDir(), test.err)
		if errors.Is(err, ErrFull) != test.full || (err == nil) != (test.err == nil) {
			t.Errorf("%v becomes %v", test.err, err)
		}
	}
}
