package agent

import (
	"maps"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/workspace"
)

// maxID bounds a process's id, in bytes.
const maxID = 200

// command judges a process before it is started, and completes it by the base environment.
func (s *Server) command(start *agentv1.Start) (process.Command, error) {
	if err := judge(start); err != nil {
		return process.Command{}, err
	}
	timeout, err := duration("timeout", start.GetTimeout())
	if err != nil {
		return process.Command{}, err
	}
	grace, err := duration("grace", start.GetGrace())
	if err != nil {
		return process.Command{}, err
	}
	return process.Command{
		ID:      start.GetProcessId(),
		Argv:    start.GetArgv(),
		Env:     overlay(s.config.Env, start.GetEnv()),
		Dir:     start.GetCwd(),
		Timeout: timeout,
		Grace:   grace,
	}, nil
}

// judge finds what no system could start.
func judge(start *agentv1.Start) error {
	invalid := func(what string) error {
		return status.Errorf(codes.InvalidArgument, "cannot start process %q: %s", start.GetProcessId(), what)
	}
	if id := start.GetProcessId(); id == "" || len(id) > maxID {
		return invalid("its id is empty or too long")
	}
	if len(start.GetArgv()) == 0 || start.GetArgv()[0] == "" {
		return invalid("it has no program")
	}
	for _, argument := range start.GetArgv() {
		if strings.ContainsRune(argument, 0) {
			return invalid("an argument contains NUL")
		}
	}
	if err := checkEnv(start.GetEnv()); err != "" {
		return invalid(err)
	}
	if start.GetCwd() != "" && start.GetCwd() != "." {
		if err := workspace.Check(start.GetCwd()); err != nil {
			return invalid("its working directory is " + err.Error())
		}
	}
	if start.GetStdoutOffset() != 0 || start.GetStderrOffset() != 0 {
		return status.Errorf(codes.OutOfRange, "cannot resume process %q: it was never started here", start.GetProcessId())
	}
	return nil
}

// checkEnv says what is wrong with an environment; nothing: it is right.
func checkEnv(env map[string]string) string {
	for name, value := range env {
		switch {
		case name == "" || strings.ContainsAny(name, "=\x00"):
			return "an environment variable's name is empty or contains = or NUL"
		case strings.ContainsRune(value, 0):
			return "the environment variable " + name + " contains NUL"
		}
	}
	return ""
}

// overlay lays one environment over another.
func overlay(base, over map[string]string) map[string]string {
	env := make(map[string]string, len(base)+len(over))
	maps.Copy(env, base)
	maps.Copy(env, over)
	return env
}
