package link

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// Options are how a Link behaves. All are needed.
type Options struct {
	// Hops tells the way, anew for each attempt: what it is made of may have changed.
	Hops func(ctx context.Context) ([]Hop, error)
	// ConnectTimeout bounds each hop: the connection, the handshake and the login.
	ConnectTimeout time.Duration
	// KeepaliveInterval is how long a peer may be silent before it is asked for a sign of life, KeepaliveTimeout how long that may take.
	KeepaliveInterval time.Duration
	KeepaliveTimeout  time.Duration
	// MaxConnections bounds the connections at once.
	MaxConnections int
	Log            *zap.Logger
}
