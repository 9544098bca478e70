package engine

import (
	"fmt"
	"time"

	"github.com/docker/docker/pkg/jsonmessage"
)

// meterInterval is how often a pull is reported.
const meterInterval = time.Second

// pullMeter sums up what an engine reports of each layer of an image, and passes it on now and then.
type pullMeter struct {
	name     string
	progress func(string)
	layers   map[string]layer
	last     time.Time
}

// layer is how far a layer is, in bytes.
type layer struct{ current, total int64 }

func newPullMeter(name string, progress func(string)) *pullMeter {
	return &pullMeter{name: name, progress: progress, layers: make(map[string]layer), last: time.Now()}
}

// note takes what is reported of one layer. While it is unpacked, it is there already.
func (m *pullMeter) note(message jsonmessage.JSONMessage) {
	if message.ID == "" || message.Progress == nil || message.Status != "Downloading" {
		return
	}
	m.layers[message.ID] = layer{current: message.Progress.Current, total: message.Progress.Total}
	if now := time.Now(); now.Sub(m.last) >= meterInterval {
		m.last = now
		m.progress(m.String())
	}
}

func (m *pullMeter) done() { m.progress("pulled " + m.name) }

// String says how far the pull is.
func (m *pullMeter) String() string {
	var sum layer
	for _, l := range m.layers {
		sum.current += l.current
		sum.total += l.total
	}
	const mib = 1 << 20
	return fmt.Sprintf("pulling %s: %.1f of %.1f MiB in %d layers", m.name, float64(sum.current)/mib, float64(sum.total)/mib, len(m.layers))
}
