package cgroup

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// gauge is a number in a file of a cgroup that is read again and again. The zero gauge reads 0.
type gauge struct {
	file *os.File
	fd   int
	key  string // of the line that has the number; empty: the file has nothing else
}

// openGauge opens a file of a directory. One that is not there, because the kernel does not have it, makes a zero gauge.
func openGauge(dir, name, key string) gauge {
	if dir == "" {
		return gauge{}
	}
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return gauge{}
	}
	g := gauge{file: file, fd: int(file.Fd()), key: key}
	if _, ok := g.look(); !ok {
		_ = file.Close() // nothing was written to it
		return gauge{}
	}
	return g
}

// isZero tells whether there is nothing to read.
func (g gauge) isZero() bool { return g.file == nil }

func (g gauge) read() uint64 {
	number, _ := g.look()
	return number
}

// maxGauge has room for every file that is read; the longest is cpu.stat.
const maxGauge = 1 << 10

func (g gauge) look() (uint64, bool) {
	if g.file == nil {
		return 0, false
	}
	var buffer [maxGauge]byte
	n, err := syscall.Pread(g.fd, buffer[:], 0) // the call is made directly so that the buffer stays on the stack
	if err != nil {
		return 0, false
	}
	return parseGauge(buffer[:n], g.key)
}

// parseGauge reads "123\n", or the line "key 123\n" of several. "max" is no number.
func parseGauge(content []byte, key string) (uint64, bool) {
	if key != "" {
		found := false
		for line := range bytes.Lines(content) {
			if rest, ok := bytes.CutPrefix(line, []byte(key+" ")); ok {
				content, found = rest, true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	number, err := strconv.ParseUint(string(bytes.TrimSpace(content)), 10, 64)
	return number, err == nil
}
