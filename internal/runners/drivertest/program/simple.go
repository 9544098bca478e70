package program

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func exit(_ context.Context, p *Process, args []string) int {
	code, err := strconv.Atoi(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	return code
}

func printAll(_ context.Context, p *Process, args []string) int {
	for _, arg := range args {
		stream, text, _ := strings.Cut(arg, "=")
		to := p.Stdout
		if stream == "err" {
			to = p.Stderr
		}
		if _, err := io.WriteString(to, text); err != nil {
			return p.fail(1, "cannot print: %v", err)
		}
	}
	return 0
}

func env(_ context.Context, p *Process, _ []string) int {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.Env)) {
		fmt.Fprintf(&b, "%s=%s\n", name, p.Env[name])
	}
	return p.out(b.String())
}

func pwd(_ context.Context, p *Process, _ []string) int { return p.out(p.Dir) }

// path resolves a file's name as the system would.
func (p *Process) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.Dir, name)
}

func cat(_ context.Context, p *Process, args []string) int {
	content, err := os.ReadFile(p.path(args[0]))
	if err != nil {
		return p.fail(1, "%v", err)
	}
	return p.out(string(content))
}

func mode(_ context.Context, p *Process, args []string) int {
	info, err := os.Lstat(p.path(args[0]))
	if err != nil {
		return p.fail(1, "%v", err)
	}
	return p.out(fmt.Sprintf("%04o", info.Mode().Perm()))
}

func write(_ context.Context, p *Process, args []string) int {
	name := p.path(args[0])
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return p.fail(1, "%v", err)
	}
	if err := os.WriteFile(name, []byte(args[1]), 0o644); err != nil {
		return p.fail(1, "%v", err)
	}
	return 0
}

func big(ctx context.Context, p *Process, args []string) int {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return p.fail(2, "%v", err)
	}
	if _, err := io.Copy(p.Stdout, io.LimitReader(contextReader{ctx, Pattern()}, n)); err != nil {
		return p.fail(1, "cannot print: %v", err)
	}
	return 0
}

// contextReader is a reader that ends with a context.
type contextReader struct {
	done interface{ Err() error }
	io.Reader
}

// Read reads, unless the context is done.
func (r contextReader) Read(b []byte) (int, error) {
	if err := r.done.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// Pattern is an endless text in which every line of 8 bytes is its number.
func Pattern() io.Reader { return &pattern{} }

const wordLength = 8 // seven hexadecimal digits and a newline

type pattern struct{ position int64 }

// Read fills b.
func (r *pattern) Read(b []byte) (int, error) {
	const digits = "0123456789abcdef"
	for i := range b {
		word, place := r.position/wordLength, r.position%wordLength
		b[i] = '\n'
		if place < wordLength-1 {
			b[i] = digits[word>>(4*(wordLength-2-place))&0xf]
		}
		r.position++
	}
	return len(b), nil
}

func sleep(ctx context.Context, p *Process, args []string) int {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	if pause(ctx, d) != nil {
		return 1
	}
	return 0
}

func when(ctx context.Context, p *Process, args []string) int {
	for {
		if _, err := os.Lstat(p.path(args[0])); err == nil {
			return p.become(ctx, args[1:])
		}
		if pause(ctx, 5*time.Millisecond) != nil {
			return 1
		}
	}
}

func sequence(ctx context.Context, p *Process, args []string) int {
	for len(args) > 0 {
		end := slices.Index(args, ",")
		if end < 0 {
			end = len(args)
		}
		if code := p.become(ctx, args[:end]); code != 0 {
			return code
		}
		args = args[min(end+1, len(args)):]
	}
	return 0
}

// become goes on as another command.
func (p *Process) become(ctx context.Context, args []string) int {
	p.Args = args
	return Main(ctx, p)
}

// pause waits, or returns early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func chmod(_ context.Context, p *Process, args []string) int {
	bits, err := strconv.ParseUint(args[0], 8, 9)
	if err != nil {
		return p.fail(2, "%v", err)
	}
	if err := os.Chmod(p.path(args[1]), os.FileMode(bits)); err != nil {
		return p.fail(1, "%v", err)
	}
	return 0
}
