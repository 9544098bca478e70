package agent_test

import (
	"bytes"
	"io"
	"os/exec"
	"strconv"
	"testing"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// BenchmarkStep compares a step with its yardstick.
func BenchmarkStep(b *testing.B) {
	b.Run("agent", func(b *testing.B) {
		client := start(b, binary(b)).connect(b)
		for i := 0; b.Loop(); i++ {
			exit := run(b, client, &agentv1.Start{ProcessId: strconv.Itoa(i), Argv: []string{"/bin/true"}}).exit
			if exit.GetExitCode() != 0 {
				b.Fatal(exit)
			}
			exit.Forget()
		}
	})
	b.Run("os-exec", func(b *testing.B) {
		for b.Loop() {
			cmd := exec.Command("/bin/true")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStart is from the agent's start until it can be dialed.
func BenchmarkStart(b *testing.B) {
	b.Run("agent", func(b *testing.B) {
		path := binary(b)
		for b.Loop() {
			s := start(b, path)
			b.StopTimer()
			if err := s.cmd.Process.Kill(); err != nil {
				b.Fatal(err)
			}
			<-s.exited
			b.StartTimer()
		}
	})
	b.Run("os-exec", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command(binary(b), "version").Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type discard struct{}

func (discard) Started(*agentv1.Started) error { return nil }
func (discard) Output(*agentv1.Output) error   { return nil }

// BenchmarkOutput compares a step's output with a pipe's.
func BenchmarkOutput(b *testing.B) {
	const size = 256 << 20
	command := []string{"/bin/dd", "if=/dev/zero", "bs=1M", "count=256", "status=none"}
	b.Run("agent", func(b *testing.B) {
		client := start(b, binary(b)).connect(b)
		b.SetBytes(size)
		for i := 0; b.Loop(); i++ {
			exit, err := client.Run(within(b), &agentv1.Start{ProcessId: strconv.Itoa(i), Argv: command}, discard{})
			if err != nil || exit.GetStdoutBytes() != size {
				b.Fatal(exit, err)
			}
			exit.Forget()
		}
	})
	b.Run("os-exec", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Stdout = struct{ io.Writer }{io.Discard}
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
