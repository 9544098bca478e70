package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

const (
	// lookInterval is how often the agent looks whether anybody can still need it. A look costs a few system calls.
	lookInterval = 5 * time.Second
	// unusedLimit is how long a sandbox in which nothing was ever started waits for somebody to connect. A daemon that comes back
	// replaces such sandboxes anyway.
	unusedLimit = 10 * time.Minute
	// usedLimit is the same for all others. It is for those that no daemon knows any more, since its state was lost: their
	// environment cannot tell. Whoever comes back finds what has run meanwhile, even if that was in a week's time.
	usedLimit = 7 * 24 * time.Hour
)

// custody is how an agent finds out that it is an orphan: that no daemon can reach it any more, or none ever will.
type custody struct {
	absence func() time.Duration
	used    func() bool
	runDir  ownFile
	socket  ownFile
	tiedTo  []string
}

func newCustody(server *agent.Server, launch agent.Launch) (*custody, error) {
	runDir, err := own(launch.RunDir)
	if err != nil {
		return nil, err
	}
	socket, err := own(filepath.Join(launch.RunDir, socketName))
	if err != nil {
		return nil, err
	}
	return &custody{absence: server.Absence, used: server.Used, runDir: runDir, socket: socket, tiedTo: launch.TiedTo}, nil
}

// wait returns why the agent is an orphan, once it is; or an empty text when done is closed.
func (c *custody) wait(done <-chan struct{}) (reason string) {
	ticker := time.NewTicker(lookInterval)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return ""
		case <-ticker.C:
			if reason := c.orphaned(); reason != "" {
				return reason
			}
		}
	}
}

// orphaned returns why nobody needs the agent any more; empty: somebody may. A daemon whose connection has just broken may be about to make
// it anew, so nobody is missed before one interval has passed.
func (c *custody) orphaned() string {
	absence := c.absence()
	switch {
	case absence < lookInterval:
		return ""
	case !c.used() && absence >= unusedLimit:
		return fmt.Sprintf("nobody has connected for %v, and nothing was ever started", unusedLimit)
	case absence >= usedLimit:
		return fmt.Sprintf("nobody has connected for %v", usedLimit)
	case !c.runDir.isThere() || !c.socket.isThere():
		return "nobody can connect any more: " + c.socket.path + " is gone"
	}
	for _, path := range c.tiedTo {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path + " is gone"
		}
	}
	return ""
}

// cleanUp removes the run directory of an orphan, unless that is another one by now.
func (c *custody) cleanUp() error {
	if !c.runDir.isThere() {
		return nil
	}
	return os.RemoveAll(c.runDir.path)
}

// ownFile is a file or directory that may be removed, or exchanged for another one of the same name.
type ownFile struct {
	path string
	info fs.FileInfo
}

func own(path string) (ownFile, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return ownFile{}, fmt.Errorf("cannot find what the agent itself has made: %w", err)
	}
	return ownFile{path, info}, nil
}

// isThere tells whether it is still the one that it was. One that cannot be looked at now is taken to be.
func (f ownFile) isThere() bool {
	now, err := os.Lstat(f.path)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	return os.SameFile(now, f.info)
}
