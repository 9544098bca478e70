package link

import (
	"errors"
	"math/rand/v2"
	"time"
)

// The pauses between attempts grow from the first to the second: of those that fail, and of those that are refused. Who locks accounts
// after some failures counts in minutes.
const (
	shortestPause = 100 * time.Millisecond
	longestPause  = 3 * time.Second

	shortestRefusal = 10 * time.Second
	longestRefusal  = 5 * time.Minute
)

// briefLife is how long a connection has to live to count as a success.
const briefLife = time.Second

// gate says when the next attempt to connect may begin.
type gate struct {
	pause time.Duration // before the newest attempt that failed; 0: it did not
	until time.Time
	fault error // of the newest attempt, if it failed
}

// opened notes a success.
func (g *gate) opened() { *g = gate{} }

// failed notes a failure.
func (g *gate) failed(err error, now time.Time) {
	shortest, longest := shortestPause, longestPause
	if isRefused(err) {
		shortest, longest = shortestRefusal, longestRefusal
	}
	g.pause = min(max(2*g.pause, shortest), longest)
	g.until = now.Add(g.pause/2 + rand.N(g.pause/2))
	g.fault = err
}

// refused tells whether it is too early to ask again a host that has refused.
func (g *gate) refused(now time.Time) bool { return isRefused(g.fault) && now.Before(g.until) }

func isRefused(err error) bool {
	_, refused := errors.AsType[*RefusedError](err)
	return refused
}
