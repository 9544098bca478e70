package main

import (
	"context"
	"os/exec"
	"time"
)

// measureStart measures how soon the daemon answers, and how soon the client has nothing more to do.
func measureStart(ctx context.Context, b *bench) ([]Figure, error) {
	var ready, version samples
	for range b.rounds {
		d, err := b.start(ctx, localRunner)
		if err != nil {
			return nil, err
		}
		ready = append(ready, milliseconds(d.ready))
		if err := d.stop(); err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := exec.CommandContext(ctx, b.program("clockworkctl"), "version").Run(); err != nil {
			return nil, err
		}
		version = append(version, milliseconds(time.Since(begin)))
	}
	return []Figure{
		bounded("clockworkd ready", "ms", ready, atMost(150)),
		bounded("clockworkctl version", "ms", version, atMost(20)),
	}, nil
}
