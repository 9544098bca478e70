package engine

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/docker/docker/api/types"
)

// watchKey is where a context says who wants to know of the connections that are dialed for it.
type watchKey struct{}

// watch ends the connection of a call that nobody waits for any more: the library reads the engine's answer to a call that takes over
// its connection without regard to the call's context.
type watch struct {
	mu   sync.Mutex
	conn net.Conn
}

// note is called by the dialer.
func (w *watch) note(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = conn
}

// hurry makes reads and writes that are under way return.
func (w *watch) hurry() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn != nil {
		_ = w.conn.SetDeadline(time.Unix(1, 0)) // what cannot be hurried ends with the connection
	}
}

// hijack makes a call that takes over its connection. When ctx is done before the call is, it fails.
func hijack(ctx context.Context, call func(context.Context) (types.HijackedResponse, error)) (types.HijackedResponse, error) {
	w := &watch{}
	stop := context.AfterFunc(ctx, w.hurry)
	stream, err := call(context.WithValue(ctx, watchKey{}, w))
	switch {
	case stop() && err == nil:
		return stream, nil
	case err == nil:
		stream.Close()
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return types.HijackedResponse{}, err
}
