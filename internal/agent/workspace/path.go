package workspace

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	// ErrPath says that a path is not one inside of the workspace.
	ErrPath = errors.New("not a path inside of the workspace")
	// ErrLink says that a link, or something else that is not a directory, is on the way.
	ErrLink = errors.New("something is in the way")
	// ErrFull says that the disk, or a quota, is full.
	ErrFull = errors.New("no room on the disk")
	// ErrLimit says that there is more to collect than was asked for.
	ErrLimit = errors.New("over the limit")
)

// Check accepts the path of something inside of the workspace, in its clean form: relative, without "..", not the workspace itself.
func Check(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: it is empty", ErrPath)
	case strings.ContainsRune(name, 0):
		return fmt.Errorf("%w: %q contains NUL", ErrPath, name)
	case path.Clean(name) != name || name == "." || !filepath.IsLocal(name):
		return fmt.Errorf("%w: %q", ErrPath, name)
	}
	return nil
}

// explain gives an error its kind.
func explain(doing, name string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("cannot %s %s: %w (%v)", doing, name, ErrFull, err)
	}
	return fmt.Errorf("cannot %s %s: %w", doing, name, err)
}
