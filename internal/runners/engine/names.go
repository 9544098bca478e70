package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
)

// The labels of everything that belongs to a sandbox.
const (
	labelDaemon  = "clockwork.daemon"
	labelRunner  = "clockwork.runner"
	labelSandbox = "clockwork.sandbox"
)

// Where things lie in a container.
const (
	programDir  = "/.clockwork"
	programPath = programDir + "/clockwork-agent"
	runMount    = "/.clockwork-run"
	runDir      = runMount + "/agent"
	socketPath  = runDir + "/agent.sock"
	boxMount    = "/clockwork"
	boxName     = "box"
	boxDir      = boxMount + "/" + boxName
	workspace   = boxDir + "/workspace"
	tmpDir      = boxDir + "/tmp"
	homeDir     = boxDir + "/home"
)

// owner tells the sandboxes of one runner of one daemon from all others.
type owner struct {
	daemon, runner string
	secret         []byte
}

// labels are those of what belongs to a sandbox.
func (o owner) labels(id string) map[string]string {
	return map[string]string{labelDaemon: o.daemon, labelRunner: o.runner, labelSandbox: id}
}

// containerName is for people; the labels decide.
func (o owner) containerName(id string) string { return "clockwork-" + o.runner + "-" + id }

// token returns what a sandbox's agent asks of its callers. It follows from the id, so it is stored nowhere.
func (o owner) token(id string) string {
	mac := hmac.New(sha256.New, o.secret)
	mac.Write([]byte(id)) // a hash does not fail
	return hex.EncodeToString(mac.Sum(nil))
}

var validID = regexp.MustCompile(`^[a-z0-9-]{1,36}$`)

// checkID keeps ids from being anything else in names and filters.
func checkID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("cannot use %q as a sandbox id: it needs 1 to 36 of a-z, 0-9 and '-'", id)
	}
	return nil
}
