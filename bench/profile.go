package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

// profileSeconds is how long the daemon is looked at.
const profileSeconds = 10

// freePort returns an address on loopback that nobody listens on just now.
func freePort(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("cannot find a free port: %w", err)
	}
	return listener.Addr().String(), listener.Close()
}

// writeProfile has the daemon execute steps and writes what it spent its time on to a file.
func (b *bench) writeProfile(ctx context.Context, d *daemon) error {
	profiled := make(chan error, 1)
	go func() {
		profiled <- download(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", d.web, profileSeconds), b.profile)
	}()
	for {
		select {
		case err := <-profiled:
			if err == nil {
				b.say("local: go tool pprof -top %s", b.profile)
			}
			return err
		default:
			if _, err := d.execute(ctx, local, repeat(stepsPerRound, program)...); err != nil {
				return err
			}
		}
	}
}

// download writes what an address answers to a file.
func download(ctx context.Context, address, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("cannot get a profile: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("cannot get a profile: %s", response.Status)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("cannot keep a profile: %w", err)
	}
	defer file.Close()
	if _, err := io.Copy(file, response.Body); err != nil {
		return fmt.Errorf("cannot keep a profile: %w", err)
	}
	return file.Close()
}
