package ssh

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// ownerDigits is the length of an owner's name on the host (hosting.Order).
const ownerDigits = 16

// owner is the name under which the sandboxes of this runner of this daemon lie on the host.
func (o Options) owner() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{o.DaemonID, o.RunnerName}, "\x00")))
	return hex.EncodeToString(sum[:])[:ownerDigits]
}

// token returns what a sandbox's agent asks of its callers. It follows from the id, so it is stored nowhere.
func (o Options) token(id string) string {
	mac := hmac.New(sha256.New, o.Secret)
	mac.Write([]byte(id)) // a hash does not fail
	return hex.EncodeToString(mac.Sum(nil))
}
