package main

import (
	"time"
)

const (
	// shortOutage is how long a wait before an attempt to resume may be without a message: most breaks are mended at once.
	shortOutage = 500 * time.Millisecond
	// outageReminder is the least time between two messages about breaks.
	outageReminder = 15 * time.Second
)

// outages are the breaks of the stream of events. They belong to the goroutine that reads it.
type outages struct {
	since, told time.Time
}

// broke takes note of a break, and tells of it once it is not mended at once, and then from time to time.
func (a *app) broke(cause error, delay time.Duration) {
	now := time.Now()
	if a.outages.since.IsZero() {
		a.outages.since = now
	}
	a.messages.broken(cause)
	if delay > shortOutage && now.Sub(a.outages.told) > outageReminder {
		a.outages.told = now
		a.say("%v; trying to resume", cause)
	}
}

// resumed takes note that events come, and tells of it where there was a message of a break.
func (a *app) resumed() {
	if a.outages.since.IsZero() {
		return
	}
	if !a.outages.told.IsZero() {
		a.say("resumed after %s, nothing is missing", time.Since(a.outages.since).Round(100*time.Millisecond))
	}
	a.outages = outages{}
}
