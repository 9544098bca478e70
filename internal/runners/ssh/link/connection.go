package link

import (
	"time"

	"golang.org/x/crypto/ssh"
)

// connection is one of a Link's. The Link's mutex guards its fields, except client.
type connection struct {
	client *ssh.Client
	born   time.Time
	// sessions are those that the server has not ended.
	sessions int
	// full is set when the server has refused another session, until one ends.
	full bool
}
