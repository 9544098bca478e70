package local

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	socketName = "agent.sock"
	logName    = "agent.log"
	recordName = "sandbox.json"
	// agentsName is where the agent of another user has its socket: below the directory with the record, which that user must not write.
	agentsName = "a"

	sandboxesName = "sandboxes" // in the daemon's state directory; holds a directory per runner
)

// A short name is that of its owner, a dash, and that of the sandbox; each a prefix of a hash in hexadecimal digits.
const (
	ownerDigits     = 8
	sandboxDigits   = 12
	shortNameLength = ownerDigits + len("-") + sandboxDigits
)

// layout is where the sandboxes of one runner of one daemon have what belongs to them.
type layout struct {
	daemonDir  string // the daemon's, with stateDir below
	stateDir   string // holds a directory per sandbox, and nothing else
	runtimeDir string // holds a directory per sandbox, of other owners too
	owner      string
	secret     []byte
	foreign    bool // agents are another user's
}

func newLayout(o Options) layout {
	return layout{
		daemonDir:  o.StateDir,
		stateDir:   filepath.Join(o.StateDir, sandboxesName, o.RunnerName),
		runtimeDir: o.RuntimeDir,
		owner:      digits(ownerDigits, o.DaemonID, o.RunnerName),
		secret:     o.Secret,
		foreign:    o.User != nil,
	}
}

// digits returns the first hexadecimal digits of a hash of all parts.
func digits(n int, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])[:n]
}

func (l layout) sandboxDir(id string) string { return filepath.Join(l.stateDir, id) }
func (l layout) workspace(id string) string  { return filepath.Join(l.sandboxDir(id), "workspace") }
func (l layout) tmp(id string) string        { return filepath.Join(l.sandboxDir(id), "tmp") }
func (l layout) home(id string) string       { return filepath.Join(l.sandboxDir(id), "home") }
func (l layout) runDir(id string) string     { return filepath.Join(l.runtimeDir, l.shortName(id)) }
func (l layout) socket(id string) string     { return filepath.Join(l.agentDir(id), socketName) }
func (l layout) log(id string) string        { return filepath.Join(l.runDir(id), logName) }
func (l layout) record(id string) string     { return filepath.Join(l.runDir(id), recordName) }

// agentDir is the agent's own.
func (l layout) agentDir(id string) string {
	if l.foreign {
		return filepath.Join(l.runDir(id), agentsName)
	}
	return l.runDir(id)
}

func (l layout) shortName(id string) string {
	return l.owner + "-" + digits(sandboxDigits, l.owner, id)
}

// token returns what a sandbox's agent asks of its callers. It follows from the id, so it is stored nowhere.
func (l layout) token(id string) string {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte(id)) // a hash does not fail
	return hex.EncodeToString(mac.Sum(nil))
}

var validID = regexp.MustCompile(`^[a-z0-9-]{1,36}$`)

// checkID keeps ids from being paths.
func checkID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("cannot use %q as a sandbox id: it needs 1 to 36 of a-z, 0-9 and '-'", id)
	}
	return nil
}

// exists tells whether there is anything of a sandbox.
func (l layout) exists(id string) (bool, error) {
	for _, dir := range []string{l.sandboxDir(id), l.runDir(id)} {
		_, err := os.Lstat(dir)
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("cannot look for sandbox %s: %v", id, err)
		}
	}
	return false, nil
}

// list returns the ids of all sandboxes of which there is anything.
func (l layout) list() ([]string, error) {
	var ids []string
	for name, err := range names(l.stateDir) {
		if err != nil {
			return nil, fmt.Errorf("cannot list sandboxes: %v", err)
		}
		if validID.MatchString(name) {
			ids = append(ids, name)
		}
	}
	for name, err := range names(l.runtimeDir) {
		if err != nil {
			return nil, fmt.Errorf("cannot list sandboxes: %v", err)
		}
		if !strings.HasPrefix(name, l.owner+"-") {
			continue
		}
		// One without a readable record has a directory in stateDir, which is made earlier and removed later.
		r, err := readRecord(filepath.Join(l.runtimeDir, name, recordName))
		if err == nil && validID.MatchString(r.ID) && l.shortName(r.ID) == name {
			ids = append(ids, r.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// names lists the names in a directory; one that is missing is empty.
func names(dir string) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			yield("", err)
			return
		}
		for _, entry := range entries {
			if !yield(entry.Name(), nil) {
				return
			}
		}
	}
}
