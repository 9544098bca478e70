package relay

import (
	"net"
	"time"
)

// piece is what came at once, and when it is to arrive.
type piece struct {
	data []byte
	due  time.Time
}

// carry passes on what one end says to the other, each piece after the delay, and the end with it.
func (r *Relay) carry(to, from net.Conn) {
	pieces := make(chan piece, 1024) // more than a connection's buffers hold
	done := make(chan struct{})
	go func() { // it ends with from, at the end of which carry waits for it
		defer close(pieces)
		for {
			buffer := make([]byte, 32<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				r.mu.Lock()
				due := time.Now().Add(r.delay)
				r.mu.Unlock()
				select {
				case pieces <- piece{buffer[:n], due}:
				case <-done:
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range pieces {
		if wait := time.Until(p.due); wait > 0 {
			<-time.After(wait)
		}
		r.awaitWhole()
		if _, err := to.Write(p.data); err != nil {
			break
		}
	}
	close(done)
	r.awaitWhole()
	_, _ = to.Close(), from.Close() // what one end has ended is over for both
	for range pieces {              // nobody reads them; the reader ends with its connection
	}
}

// awaitWhole returns when the line is not silent.
func (r *Relay) awaitWhole() {
	for {
		r.mu.Lock()
		state, moved := r.state, r.moved
		r.mu.Unlock()
		if state != silent {
			return
		}
		<-moved
	}
}
