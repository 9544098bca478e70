package program

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// pageSize is at most that of the system.
const pageSize = 4 << 10

func allocate(_ context.Context, p *Process, args []string) int {
	size, err := strconv.Atoi(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	const piece = 1 << 20
	var kept [][]byte
	for ; size > 0; size -= piece {
		memory := make([]byte, min(size, piece))
		for i := 0; i < len(memory); i += pageSize {
			memory[i] = 1
		}
		kept = append(kept, memory)
	}
	if kept[0][0] != 1 { // so that it is needed until here
		return 1
	}
	return 0
}

func grow(_ context.Context, p *Process, args []string) int {
	size, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return p.fail(2, "%v", err)
	}
	signal.Ignore(syscall.SIGXFSZ) // a Go program would crash; so it is told by an error
	file, err := os.Create(p.path(args[0]))
	if err != nil {
		return p.fail(2, "%v", err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte{1}, size-1); err != nil {
		return p.fail(1, "%v", err)
	}
	return 0
}

func openMany(_ context.Context, p *Process, args []string) int {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	files := make([]*os.File, count) // all are open at once
	for i := range files {
		if files[i], err = os.Open(p.path(".")); err != nil {
			return p.fail(1, "%v", err)
		}
	}
	runtime.KeepAlive(files)
	return 0
}

func spin(_ context.Context, p *Process, args []string) int {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	for end := time.Now().Add(d); time.Now().Before(end); {
		continue
	}
	return 0
}

// bombSize is more than any limit that is tried.
const bombSize = 200

// bomb always fails. Where it finds no room itself, its children may have: they need room for threads, die without it, and make room by that.
func bomb(_ context.Context, p *Process, _ []string) int {
	for range bombSize {
		if code := p.spawn([]string{"sleep", "1h"}, true); code != 0 {
			return code
		}
	}
	return 1
}

func waitFor(_ context.Context, p *Process, args []string) int {
	code, err := p.System.Wait(args)
	if err != nil {
		return p.fail(1, "%v", err)
	}
	return code
}
