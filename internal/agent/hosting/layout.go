package hosting

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
)

const (
	socketName = "agent.sock"
	logName    = "agent.log"
)

// maxRunDir is what an agent's run directory may have, in bytes (agent.Launch).
const maxRunDir = 90

// layout is where the sandboxes of one owner have what belongs to them.
type layout struct{ work, owner, uid string }

func newLayout(o Order) layout {
	return layout{work: o.WorkDir, owner: o.Owner, uid: strconv.Itoa(os.Geteuid())}
}

// Socket is the path at which a sandbox's agent listens. uid is the host's user.
func Socket(workDir, owner, uid, id string) string {
	return layout{work: workDir, owner: owner, uid: uid}.socket(id)
}

func (l layout) all() string                { return filepath.Join(l.work, "sandboxes") }
func (l layout) owned() string              { return filepath.Join(l.all(), l.owner) }
func (l layout) sandbox(id string) string   { return filepath.Join(l.owned(), id) }
func (l layout) workspace(id string) string { return filepath.Join(l.sandbox(id), "workspace") }
func (l layout) tmp(id string) string       { return filepath.Join(l.sandbox(id), "tmp") }
func (l layout) home(id string) string      { return filepath.Join(l.sandbox(id), "home") }
func (l layout) record(id string) string    { return filepath.Join(l.sandbox(id), "sandbox.json") }
func (l layout) lock(id string) string      { return filepath.Join(l.sandbox(id), "lock") }
func (l layout) socket(id string) string    { return filepath.Join(l.runDir(id), socketName) }
func (l layout) log(id string) string       { return filepath.Join(l.runDir(id), logName) }
func (l layout) kept() string               { return filepath.Join(l.work, "kept") }
func (l layout) agents() string             { return filepath.Join(l.work, "agents") }
func (l layout) cache(name string) string   { return filepath.Join(l.work, "cache", name) }
func (l layout) keptAs(id string) string    { return filepath.Join(l.kept(), id) }
func (l layout) swept() string              { return filepath.Join(l.work, "swept") }
func (l layout) runDir(id string) string    { return filepath.Join(l.runBase(), digits(l.owner, id)) }

// runBase is below the work directory, or in a directory of this user's in /tmp where the path would be too long for a socket.
func (l layout) runBase() string {
	base := filepath.Join(l.work, "run")
	if len(base)+len("/")+nameDigits > maxRunDir {
		base = "/tmp/clockwork-" + l.uid
	}
	return base
}

// nameDigits is the length of a run directory's name.
const nameDigits = 16

// digits returns the first hexadecimal digits of a hash of an owner and an id.
func digits(owner, id string) string {
	sum := sha256.Sum256([]byte(owner + "\x00" + id))
	return hex.EncodeToString(sum[:])[:nameDigits]
}
