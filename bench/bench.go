package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// bench is what all measurements share.
type bench struct {
	options
	dir string
	log io.Writer
}

func newBench(o options, log io.Writer) (*bench, error) {
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, fmt.Errorf("cannot find %s: %w", o.bin, err)
	}
	o.bin = bin
	for _, name := range []string{"clockworkd", "clockworkctl", "clockwork-agent"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			return nil, fmt.Errorf("cannot find the project's binaries: %w; run make build", err)
		}
	}
	dir, err := os.MkdirTemp("", "cwb-") // short: sockets lie below it
	if err != nil {
		return nil, fmt.Errorf("cannot make a directory: %w", err)
	}
	return &bench{options: o, dir: dir, log: log}, nil
}

func (b *bench) close() {
	if err := os.RemoveAll(b.dir); err != nil {
		b.say("%v", err)
	}
}

// say tells whoever waits what goes on.
func (b *bench) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.log, "bench: "+format+"\n", args...) // nobody may listen
}

// program returns the path of one of the project's binaries.
func (b *bench) program(name string) string { return filepath.Join(b.bin, name) }
