package ssh

import (
	"context"
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners"
)

// host is what is known of the host, as long as nothing shows that it is wrong.
type host struct {
	facts

	// agent is the program for the host, and lies at path there; call is how it is run, as words of a shell.
	agent binaries.Binary
	path  string
	call  string
}

// hostOf returns what is known of the host, with the agent's program on it. One at a time finds out.
func (d *Driver) hostOf(ctx context.Context, progress func(string)) (*host, error) {
	unlock, err := d.locks.Lock(ctx, "") // which is no sandbox's id
	if err != nil {
		return nil, err
	}
	defer unlock()
	if known := d.host.Load(); known != nil {
		return known, nil
	}
	found, err := d.probe(ctx)
	if err != nil {
		return nil, err
	}
	h := &host{facts: found}
	if h.agent, err = d.options.Agents.Find(h.os, h.arch); err != nil {
		return nil, &refusal{err}
	}
	if err := d.install(ctx, h, progress); err != nil {
		return nil, err
	}
	d.host.Store(h)
	return h, nil
}

// forget has the host probed anew before it is used again: something there is not as it was.
func (d *Driver) forget() { d.host.Store(nil) }

// facts is what a probe found.
type facts struct {
	os, arch string // as Go names them
	uid      string
	workDir  string // absolute and without links
	// execDir is where programs can be run from; empty: nowhere. Then loader is an interpreter that can run one from memory.
	execDir   string
	loader    string
	gunzip    bool
	languages []runners.Language
}

// words are the names that uname(1) uses, as Go has them.
var words = map[string]string{
	"Linux": "linux", "Darwin": "darwin", "FreeBSD": "freebsd",
	"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64",
}

// word translates; what it does not know is as good as any.
func word(said string) string {
	if known, ok := words[said]; ok {
		return known
	}
	return strings.ToLower(said)
}

// judge refuses a work directory that is not the user's own.
func (f *facts) judge(listing string) error {
	fields := strings.Fields(listing)
	if len(fields) < 3 || len(fields[0]) < 10 {
		return &refusal{fmt.Errorf("cannot use %s on the host: ls says %q of it", f.workDir, listing)}
	}
	mode, owner := fields[0], fields[2]
	switch {
	case mode[0] != 'd':
		return &refusal{fmt.Errorf("cannot use %s on the host: it is not a directory", f.workDir)}
	case owner != f.uid:
		return &refusal{fmt.Errorf("cannot use %s on the host: it belongs to user %s, not to user %s; choose another remote_work_dir", f.workDir, owner, f.uid)}
	case mode[5] == 'w' || mode[8] == 'w':
		return &refusal{fmt.Errorf("cannot use %s on the host: others may write to it; take that right from them (chmod go-w %s), "+
			"or choose another remote_work_dir", f.workDir, quote(f.workDir))}
	}
	return nil
}
