package engine

import (
	"context"
	"strings"
	"time"
)

// detectTimeout bounds the search for an engine at the start of the daemon, which must be quick.
const detectTimeout = 50 * time.Millisecond

// Listens tells whether an engine listens at a socket of this machine that this user may open. Whether it works shows when it is used:
// one that hangs holds nobody up here.
func Listens(ctx context.Context, host string) bool {
	if !strings.HasPrefix(host, "unix://") {
		return false
	}
	dial, err := DialHost(host, TLS{}, "")
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, detectTimeout)
	defer cancel()
	conn, err := dial(ctx)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was sent
	return true
}
