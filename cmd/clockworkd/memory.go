package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// memoryCheck is how often an idle daemon looks at its memory.
	memoryCheck = 5 * time.Second
	// memorySlack is how much more than at the last look it holds on to before it gives memory back.
	memorySlack = 16 << 20
)

// trimMemory gives back to the system what large bundles and outputs have left behind, once no execution runs. Go alone does that
// over minutes, and only down to twice what is in use.
func (d *daemon) trimMemory(ctx context.Context) {
	ticker := time.NewTicker(memoryCheck)
	defer ticker.Stop()
	least := heldMemory()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if d.executor.Live() == 0 && heldMemory() > least+memorySlack {
			runtime.GC() // what pools keep survives one collection
			debug.FreeOSMemory()
			least = heldMemory()
		}
	}
}

// heldMemory is how many bytes of heap the process has from the system, see package runtime/metrics.
func heldMemory() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(samples)
	var held uint64
	for _, sample := range samples {
		held += sample.Value.Uint64()
	}
	return held
}
