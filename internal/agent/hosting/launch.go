package hosting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

// launchTimeout bounds the time from the start of an agent until it listens.
const launchTimeout = time.Minute

// launch starts a sandbox's agent in a session of its own and returns what it says when it listens.
func (c command) launch() (agent.Ready, error) {
	order, err := json.Marshal(c.describe())
	if err != nil {
		return agent.Ready{}, fmt.Errorf("cannot write the agent's launch: %v", err)
	}
	log, err := os.OpenFile(c.log(c.ID), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return agent.Ready{}, fmt.Errorf("cannot open the agent's log: %w", err)
	}
	defer log.Close()
	cmd, err := serve()
	if err != nil {
		return agent.Ready{}, err
	}
	cmd.Dir, cmd.Stdin, cmd.Stderr = "/", bytes.NewReader(order), log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		return agent.Ready{}, fmt.Errorf("cannot open a pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return agent.Ready{}, fmt.Errorf("cannot start the agent: %w", err)
	}
	if err := (record{ID: c.ID, Label: c.Label, Agent: cmd.Process.Pid}).write(c.record(c.ID)); err != nil {
		return agent.Ready{}, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	late := time.AfterFunc(launchTimeout, func() { _ = cmd.Process.Kill() }) // it may have ended just now
	defer late.Stop()
	var ready agent.Ready
	if err := json.NewDecoder(io.LimitReader(answers, 64<<10)).Decode(&ready); err != nil {
		return agent.Ready{}, errors.Join(fmt.Errorf("cannot start the agent: %s", c.complaint()), cmd.Process.Kill(), cmd.Wait())
	}
	return ready, nil // who nobody waits for is init's when this process has ended
}

// serve is the command that is the agent, detached from the session as far as this host demands.
func serve() (*exec.Cmd, error) {
	words, err := login{uid: os.Geteuid(), ask: ask}.wrap()
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		program, err := self()
		return &exec.Cmd{Path: program, Args: []string{os.Args[0], "serve"}, Env: []string{}}, err
	}
	program, err := os.Executable() // what wraps it is another program, and needs to find it
	if err != nil {
		return nil, fmt.Errorf("cannot find the agent's own program: %w", err)
	}
	words = append(words, program, "serve")
	return exec.Command(words[0], words[1:]...), nil
}

// complaint returns the end of the agent's log.
func (c command) complaint() string {
	log, err := os.ReadFile(c.log(c.ID))
	if err != nil || len(log) == 0 {
		return "it ended before it was ready, and said nothing"
	}
	return "it says: " + strings.ToValidUTF8(string(bytes.TrimSpace(log[max(0, len(log)-1024):])), "?")
}

// describe is what the agent is told.
func (c command) describe() agent.Launch {
	l := agent.Launch{
		ID: c.ID, Token: c.Token, RunDir: c.runDir(c.ID), Workspace: c.workspace(c.ID), Tmp: c.tmp(c.ID),
		TiedTo: []string{c.sandbox(c.ID)},
	}
	l.Home, l.Env = c.environment()
	return l
}
