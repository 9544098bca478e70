package client_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/client/clienttest"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// exampleDaemon starts a daemon for one example: the real one, if CLOCKWORK_TEST_BIN names the directory of the binaries,
// else one that plays what the examples' two commands do.
func exampleDaemon() (address string, stop func()) {
	dir, err := os.MkdirTemp("/tmp", "cw")
	if err != nil {
		panic(err)
	}
	socket := filepath.Join(dir, "s")
	start := startReal
	if os.Getenv("CLOCKWORK_TEST_BIN") == "" {
		start = startFake
	}
	halt, err := start(socket, dir)
	if err != nil {
		panic(err)
	}
	return "unix://" + socket, func() {
		halt()
		_ = os.RemoveAll(dir)
	}
}

func startFake(socket, _ string) (func(), error) {
	daemon, err := clienttest.Start(socket, clienttest.Options{Script: func(run *clienttest.Run) {
		cmd := run.Request.GetBundle().GetSteps()[0].GetRun().GetCmd()
		if cmd[0] == "sleep" {
			clienttest.Hang(run)
			return
		}
		run.Accept()
		run.StartStep(0)
		run.Output(0, clockworkv1.Stream_STREAM_STDOUT, 0, strings.Join(cmd[1:], " ")+"\n")
		run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_SUCCESS)
		run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
	}})
	if err != nil {
		return nil, err
	}
	return daemon.Close, nil
}

func startReal(socket, dir string) (func(), error) {
	daemon := exec.Command(filepath.Join(os.Getenv("CLOCKWORK_TEST_BIN"), "clockworkd"),
		"--listen", "unix://"+socket, "--state-dir", filepath.Join(dir, "state"))
	if err := daemon.Start(); err != nil {
		return nil, err
	}
	halt := func() {
		_ = daemon.Process.Signal(syscall.SIGTERM)
		_ = daemon.Wait()
	}
	if err := awaitSocket(socket); err != nil {
		halt()
		return nil, err
	}
	return halt, nil
}

// awaitSocket waits until somebody listens, at most half a minute.
func awaitSocket(socket string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		_, err := os.Stat(socket)
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("%w at %s in time", client.ErrUnreachable, socket)
}
