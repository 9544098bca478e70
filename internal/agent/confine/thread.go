package confine

import "runtime"

// Thread is what steps are started from: an operating system's thread that is confined as a Plan says, or any thread, where the Plan
// confines nothing.
type Thread struct {
	plan   Plan
	work   chan func() // nil: any thread will do
	report report
}

// Confines tells whether what the thread starts is kept from anything.
func (t *Thread) Confines() bool { return t.work != nil }

// Do calls f on the thread, and returns when f does.
func (t *Thread) Do(f func()) {
	if t.work == nil {
		f()
		return
	}
	done := make(chan struct{})
	t.work <- func() {
		defer close(done)
		f()
	}
	<-done
}

// newThread starts a thread that lives as long as its process, if the Plan needs one.
func newThread(p Plan) *Thread {
	t := &Thread{plan: p}
	if !p.NeedsThread() {
		return t
	}
	t.work = make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range t.work {
			f()
		}
	}()
	return t
}
