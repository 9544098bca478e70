package runners

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"google.golang.org/protobuf/types/known/durationpb"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// cleanupTimeout bounds the end of a probe, which also follows when the probe's context is done.
const cleanupTimeout = time.Minute

// Trial is a program that has to succeed in a sandbox.
type Trial struct {
	// Name and Remedy become those of the finding; Detail its detail, if it succeeds. If not, that is what it says on standard error.
	Name, Detail, Remedy string
	Argv                 []string
}

// Probe is what a driver's Check comes down to: it creates a sandbox, runs a program in it that has to succeed, then the trials, all of them,
// and destroys it. remedy is what to do if the sandbox cannot be created.
func Probe(ctx context.Context, driver Driver, argv []string, remedy string, trials ...Trial) []Finding {
	id := uuid.Must(uuid.NewV7()).String()
	var sandbox *Sandbox
	var findings []Finding
	try := func(name, remedy string, f func() (detail string, err error)) {
		if len(findings) > 0 && !findings[len(findings)-1].Passed {
			return
		}
		findings = append(findings, find(name, remedy, f))
	}
	try("create a sandbox", remedy, func() (string, error) {
		var err error
		sandbox, err = driver.Create(ctx, Spec{ID: id, Progress: func(string) {}})
		if err != nil {
			return "", err
		}
		hello := sandbox.Agent.Hello()
		return fmt.Sprintf("agent %s answers on %s/%s", hello.Version, hello.OS, hello.Arch), nil
	})
	try("run a program", "see whether the sandbox allows to run "+argv[0], func() (string, error) {
		return runProbe(ctx, sandbox, "probe", argv)
	})
	if sandbox != nil && findings[len(findings)-1].Passed {
		for _, trial := range trials {
			findings = append(findings, find(trial.Name, trial.Remedy, func() (string, error) {
				_, err := runProbe(ctx, sandbox, trial.Name, trial.Argv)
				return trial.Detail, err
			}))
		}
	}
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	destroyed := find("destroy the sandbox", "remove what the error names by hand", func() (string, error) {
		if sandbox != nil {
			_ = sandbox.Agent.Close() // it is not used again
		}
		return "nothing of it is left", driver.Destroy(cleanup, id)
	})
	if sandbox != nil { // else there is nothing to show
		findings = append(findings, destroyed)
	}
	return findings
}

// find does something and tells what came of it.
func find(name, remedy string, f func() (detail string, err error)) Finding {
	start := time.Now()
	detail, err := f()
	finding := Finding{Name: name, Passed: err == nil, Detail: detail, Duration: time.Since(start)}
	if err != nil {
		finding.Detail, finding.Remedy = err.Error(), remedy
	}
	return finding
}

func runProbe(ctx context.Context, sandbox *Sandbox, id string, argv []string) (string, error) {
	var said complaint
	exit, err := sandbox.Agent.Run(ctx, &agentv1.Start{
		ProcessId: id, Argv: argv, Timeout: durationpb.New(time.Minute),
	}, &said)
	if err != nil {
		return "", err
	}
	defer exit.Forget()
	switch {
	case exit.GetStartError() != "":
		return "", errors.New(exit.GetStartError())
	case len(said) > 0 && exit.GetExitCode() != 0:
		return "", errors.New(strings.ToValidUTF8(strings.TrimSpace(string(said)), "?"))
	case exit.ExitCode == nil || exit.GetExitCode() != 0:
		return "", fmt.Errorf("%s ended with exit code %d, signal %d", strings.Join(argv, " "), exit.GetExitCode(), exit.GetSignal())
	}
	return fmt.Sprintf("%s succeeded after %v", strings.Join(argv, " "), exit.GetDuration().AsDuration().Round(time.Microsecond)), nil
}

// complaint is the beginning of what a process says on standard error.
type complaint []byte

// maxComplaint bounds it, in bytes.
const maxComplaint = 4 << 10

// Started does nothing.
func (*complaint) Started(*agentv1.Started) error { return nil }

// Output keeps what there is room for.
func (c *complaint) Output(output *agentv1.Output) error {
	if output.GetStream() == agentv1.Stream_STREAM_STDERR {
		data := output.GetData()
		*c = append(*c, data[:min(len(data), maxComplaint-len(*c))]...)
	}
	return nil
}
