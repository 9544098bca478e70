package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// explain says why a program could not be started, and what to do about it.
func (s *Spawner) explain(program string, spec process.Spec, err error) error {
	switch {
	case !isDir(spec.Dir):
		return fmt.Errorf("cannot start %s: its working directory %s does not exist any more", program, spec.Dir)
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		return explainMissing(program)
	case errors.Is(err, syscall.EACCES):
		return explainDenied(program)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("cannot start %s: %w; a script needs a first line like #!/bin/sh, a program must be built for this system", program, err)
	case errors.Is(err, syscall.E2BIG):
		size := 0
		for _, text := range append(environ(spec.Env), spec.Argv...) {
			size += len(text)
		}
		return fmt.Errorf("cannot start %s: %w: arguments and environment have %d bytes; pass large values in files", program, err, size)
	case errors.Is(err, syscall.EAGAIN):
		return fmt.Errorf("cannot start %s: %w: %s is reached; end what earlier steps have left running, or raise it", program, err, s.processLimit())
	case errors.Is(err, syscall.ENOMEM) && s.cgroups.Memory > 0:
		return fmt.Errorf("cannot start %s: %w: the memory limit of %d bytes is reached", program, err, s.cgroups.Memory)
	}
	return fmt.Errorf("cannot start %s: %w", program, err)
}

func (s *Spawner) processLimit() string {
	if s.cgroups.Processes > 0 {
		return fmt.Sprintf("the limit of %d processes", s.cgroups.Processes)
	}
	return "the limit of processes"
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// explainMissing tells a missing program from one whose interpreter is missing; the error is the same for both.
func explainMissing(program string) error {
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("cannot start %s: %w", program, errors.Unwrap(err))
	}
	interpreter := shebang(program)
	switch {
	case strings.HasSuffix(interpreter, "\r"):
		return fmt.Errorf("cannot start %s: its first line ends in a carriage return; save it with Unix line ends", program)
	case interpreter != "":
		return fmt.Errorf("cannot start %s: its interpreter %s does not exist", program, interpreter)
	}
	return fmt.Errorf("cannot start %s: the loader that it is linked for does not exist; link it statically or for this system's C library", program)
}

// explainDenied says what permission is missing.
func explainDenied(program string) error {
	info, err := os.Stat(program)
	switch {
	case err != nil:
		return fmt.Errorf("cannot start %s: %w", program, errors.Unwrap(err))
	case info.IsDir():
		return fmt.Errorf("cannot start %s: it is a directory", program)
	case info.Mode()&0o111 == 0:
		return fmt.Errorf("cannot start %s: %w: its mode %04o does not let anybody execute it; give it 0755", program, fs.ErrPermission, info.Mode().Perm())
	}
	if interpreter := shebang(program); interpreter != "" && executable(interpreter) != nil {
		return fmt.Errorf("cannot start %s: %w: its interpreter %s may not be executed", program, fs.ErrPermission, interpreter)
	}
	return fmt.Errorf("cannot start %s: %w: its mode is %04o; its owner or group may be another one, or its file system mounted noexec",
		program, fs.ErrPermission, info.Mode().Perm())
}

// shebang returns the interpreter that a script's first line names; nothing if it names none. The kernel reads 256 bytes of it.
func shebang(program string) string {
	file, err := os.Open(program)
	if err != nil {
		return ""
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, 256))
	if err != nil {
		return ""
	}
	rest, ok := bytes.CutPrefix(head, []byte("#!"))
	if !ok {
		return ""
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	name, _, _ := strings.Cut(strings.TrimLeft(string(line), " \t"), " ")
	name, _, _ = strings.Cut(name, "\t")
	return name
}
