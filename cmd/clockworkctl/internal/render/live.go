package render

import (
	"bytes"
	"errors"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// framePause is the time between two pictures.
const framePause = 100 * time.Millisecond

// outage is a break of the stream of events.
type outage struct {
	since time.Time
	cause error
}

// Live is a Renderer that shows an execution in place. What it has beyond a Renderer is safe for concurrent use.
type Live interface {
	Renderer

	// Above writes a line above the view, or returns false if nothing is shown (any more).
	Above(line string) bool
	// Broken says that the stream of events broke, and why. The next event ends that.
	Broken(cause error)
}

// live shows an execution in place, while it goes on. Events only change what is known; a goroutine of its own draws it,
// so that neither output nor a slow terminal makes the stream of events wait.
type live struct {
	Renderer

	device terminal.Device
	screen *terminal.Screen
	frame  frame
	close  chan struct{}
	drawer sync.WaitGroup

	mu       sync.Mutex
	up       bool
	progress *progress
	// above is what is to be written above the view before the next picture; text writes it.
	above  bytes.Buffer
	text   *textRenderer
	outage *outage
	// failed is the first error of the terminal.
	failed error
}

func newLive(fallback *textRenderer, screen Screen) *live {
	l := &live{
		Renderer: fallback,
		device:   screen.Device,
		screen:   terminal.NewScreen(screen.Device),
		frame:    frame{palette: fallback.palette, charset: charset{screen.UTF8}},
		close:    make(chan struct{}),
		progress: newProgress(),
	}
	l.text = newTextRenderer(&l.above, TTY, screen)
	l.text.page.charset = l.frame.charset
	return l
}

// Event is part of Renderer.
func (l *live) Event(event *clockworkv1.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.up && l.failed == nil {
		l.up = true
		l.drawer.Go(l.draw)
	}
	l.outage = nil
	l.progress.take(event)
	return errors.Join(l.lasting(event), l.failed)
}

// Broken is part of Live.
func (l *live) Broken(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.outage == nil {
		l.outage = &outage{since: time.Now()}
	}
	l.outage.cause = cause
}

// Above is part of Live.
func (l *live) Above(line string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up {
		l.above.WriteString(line + "\n")
	}
	return l.up
}

// Ended is part of Renderer. It leaves the summary, or, if the end was not seen, the last picture.
func (l *live) Ended() error {
	l.mu.Lock()
	up := l.up
	l.up = false
	l.mu.Unlock()
	if !up {
		return l.failed
	}
	close(l.close)
	l.drawer.Wait()
	if l.failed != nil {
		return l.failed
	}
	return l.screen.Leave(l.last())
}

// draw draws until the view is closed or the terminal is gone.
func (l *live) draw() {
	signals, release := l.device.Signals()
	defer release()
	pause := time.NewTicker(framePause)
	defer pause.Stop()
	for {
		err := l.picture()
		if err != nil {
			l.mu.Lock()
			l.failed = err
			l.mu.Unlock()
			return
		}
		select {
		case <-pause.C:
		case signal := <-signals:
			_ = l.screen.Leave("") // whatever the terminal says: the signal has its effect
			l.device.Obey(signal)
		case <-l.close:
			return
		}
	}
}

// picture draws what is known now.
func (l *live) picture() error {
	l.mu.Lock()
	if !l.device.Foreground() {
		l.mu.Unlock()
		return nil
	}
	l.frame.now = time.Now()
	l.frame.columns, l.frame.rows = l.device.Size()
	lines := l.frame.lines(l.progress, l.outage)
	above := l.above.String()
	l.above.Reset()
	l.mu.Unlock()
	return l.screen.Draw(above, lines)
}

// lasting writes above the view what is worth being kept, beyond the summary.
func (l *live) lasting(event *clockworkv1.Event) error {
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Accepted, *clockworkv1.Event_OutputDropped:
		return l.text.Event(event)
	case *clockworkv1.Event_StepStarted:
		l.text.names[kind.StepStarted.GetStepIndex()] = kind.StepStarted.GetName()
	case *clockworkv1.Event_Notice:
		if kind.Notice.StepIndex != nil || kind.Notice.GetPhase() == clockworkv1.Phase_PHASE_CLEANUP {
			return l.text.Event(event)
		}
	}
	return nil
}
