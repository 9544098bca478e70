package main

import (
	"context"

	"github.com/clockworkd/clockwork/internal/runners/docker"
	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/podman"
)

// detect returns the types of runners that work here without being configured, in the order in which they are offered.
func detect(ctx context.Context) (types []string) {
	for _, candidate := range []struct{ name, host string }{{"docker", docker.Host()}, {"podman", podman.Host()}} {
		if engine.Listens(ctx, candidate.host) {
			types = append(types, candidate.name)
		}
	}
	return types
}
