// Command worker is the program that the steps of the soak test run: worker WORK, where WORK is a work.Work in JSON.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/test/soak/work"
)

// broken is the exit code of a worker that cannot do its work; no work asks for it.
const broken = 70

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		code = broken
	}
	os.Exit(code) //nolint:forbidigo // this is main
}

func run(args []string) (int, error) {
	if len(args) == 2 && args[0] == "linger" {
		signal.Ignore(syscall.SIGTERM)
		<-time.After(time.Hour)
		return 0, nil
	}
	if len(args) != 1 {
		return 0, fmt.Errorf("%d arguments, want one", len(args))
	}
	var todo work.Work
	if err := json.Unmarshal([]byte(args[0]), &todo); err != nil {
		return 0, err
	}
	number, err := todo.Begin()
	if err != nil {
		return 0, err
	}
	if todo.Stubborn {
		signal.Ignore(syscall.SIGTERM)
	}
	if todo.Child {
		if err := leaveChild(todo); err != nil {
			return 0, err
		}
	}
	if err := output(todo); err != nil {
		return 0, err
	}
	if err := keep(todo); err != nil {
		return 0, err
	}
	code := todo.ExitCode(number)
	return code, todo.End(number, code)
}

// keep writes the file that the work asks for. The workspace may lie on the disk that the test fills: then it waits for room.
func keep(todo work.Work) error {
	if todo.Keeps == "" {
		return nil
	}
	stdout, _ := todo.Output()
	for {
		err := os.WriteFile(todo.Keeps, stdout, 0o600)
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		<-time.After(50 * time.Millisecond)
	}
}

// leaveChild starts a child that outlives its parent. Its arguments tell whose it is.
func leaveChild(todo work.Work) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(program, "linger", todo.Key)
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if todo.Holds {
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
	}
	return child.Start()
}

// output writes both outputs, a piece of each in turn, and pauses in the middle of them.
func output(todo work.Work) error {
	stdout, stderr := todo.Output()
	half := func(data []byte) ([]byte, []byte) { return data[:len(data)/2], data[len(data)/2:] }
	out1, out2 := half(stdout)
	err1, err2 := half(stderr)
	if err := alternate(out1, err1); err != nil {
		return err
	}
	<-time.After(todo.Lasts)
	return alternate(out2, err2)
}

func alternate(stdout, stderr []byte) error {
	const piece = 10_000
	for len(stdout)+len(stderr) > 0 {
		for _, stream := range []struct {
			rest *[]byte
			to   io.Writer
		}{{&stdout, os.Stdout}, {&stderr, os.Stderr}} {
			n := min(piece, len(*stream.rest))
			if _, err := stream.to.Write((*stream.rest)[:n]); err != nil {
				return err
			}
			*stream.rest = (*stream.rest)[n:]
		}
	}
	return nil
}
