package agent

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/agent/rlimit"
)

// Launch is what `clockwork-agent serve` reads from its standard input, as one JSON object. It travels that way because neither
// arguments nor the environment of a process are private.
type Launch struct {
	// ID of the sandbox. Processes are tagged with it, see package tree.
	ID string `json:"id"`
	// Token that every call must carry; not empty.
	Token string `json:"token"`
	// RunDir is an absolute path, outside of the workspace, for the socket and the spool. It is created with mode 0700; one
	// that exists must belong to the agent's user and be closed to others. At most 90 bytes, for the sake of the socket's address.
	RunDir string `json:"run_dir"`
	// Workspace is the absolute path of the directory that files are written to and processes start in. It is created if missing.
	Workspace string `json:"workspace"`
	// Tmp becomes TMPDIR, and is created if missing. Empty: /tmp.
	Tmp string `json:"tmp,omitempty"`
	// Home becomes HOME, and is created if missing. Empty: the workspace.
	Home string `json:"home,omitempty"`
	// Env is laid over PATH, HOME, TMPDIR and LANG. Together they are the base environment of every process; nothing of the
	// agent's own environment is.
	Env map[string]string `json:"env,omitempty"`
	// TiedTo is the absolute paths of files and directories, outside of the workspace, without which the sandbox is of no use to anybody: when
	// one of them is gone while nobody is connected, the agent ends. RunDir with the socket in it always is among them.
	TiedTo []string `json:"tied_to,omitempty"`
	// Cgroups are those that were made for the sandbox's processes. None: they are in the agent's own, which is watched.
	Cgroups cgroup.Place `json:"cgroups,omitzero"`
	// AgentTasks is how many processes and threads the agent's own cgroup allows for the agent's sake, besides the limit that steps are told of.
	AgentTasks uint64 `json:"agent_tasks,omitempty"`
	// Limits are those of each process.
	Limits rlimit.Limits `json:"limits,omitzero"`
	// Confine is what steps are kept from.
	Confine confine.Plan `json:"confine,omitzero"`
}

// Ready is what `clockwork-agent serve` prints to its standard output, as one line of JSON, once it can be dialed.
type Ready struct {
	// Socket is the absolute path of the Unix socket that it listens on.
	Socket string `json:"socket"`
	// Incarnation is what Hello will say.
	Incarnation string `json:"incarnation"`
}

// The parts of the base environment that a Launch need not give.
const (
	defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	defaultLang = "C.UTF-8"
	defaultTmp  = "/tmp"
)

// BaseEnv returns the environment that every process starts from.
func (l Launch) BaseEnv() map[string]string {
	return overlay(map[string]string{
		"PATH":   defaultPath,
		"LANG":   defaultLang,
		"TMPDIR": cmp.Or(l.Tmp, defaultTmp),
		"HOME":   cmp.Or(l.Home, l.Workspace),
	}, l.Env)
}

// maxRunDir keeps a socket's address within the 103 bytes that every system has room for.
const maxRunDir = 90

// Check returns what is wrong with a Launch.
func (l Launch) Check() error {
	switch {
	case l.ID == "":
		return errors.New("cannot launch an agent without the sandbox's id")
	case l.Token == "":
		return errors.New("cannot launch an agent without a token")
	case len(l.RunDir) > maxRunDir:
		return fmt.Errorf("cannot launch an agent in %s: the path has more than %d bytes", l.RunDir, maxRunDir)
	}
	for name, dir := range map[string]string{"run_dir": l.RunDir, "workspace": l.Workspace} {
		if !filepath.IsAbs(dir) {
			return fmt.Errorf("cannot launch an agent: its %s %q is not an absolute path", name, dir)
		}
	}
	for name, dir := range map[string]string{"tmp": l.Tmp, "home": l.Home} {
		if dir != "" && !filepath.IsAbs(dir) {
			return fmt.Errorf("cannot launch an agent: its %s %q is not an absolute path", name, dir)
		}
	}
	for _, path := range l.TiedTo {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("cannot launch an agent: %q in tied_to is not an absolute path", path)
		}
	}
	if wrong := checkEnv(l.Env); wrong != "" {
		return errors.New("cannot launch an agent: " + wrong)
	}
	return l.Confine.Check()
}
