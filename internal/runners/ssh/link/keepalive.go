package link

import (
	"context"
	"time"

	"golang.org/x/crypto/ssh"
)

// keepaliveRequest is one that OpenSSH's own client sends: every server answers it, if only to say that it does not know it
// (ssh_config(5), ServerAliveInterval).
const keepaliveRequest = "keepalive@openssh.com"

// keepAlive asks a silent peer for a sign of life, and closes the connection if none comes. It returns when the connection has ended. The
// library's request has no deadline, so it is raced against a timer.
func keepAlive(ctx context.Context, client *ssh.Client, heard *hearing, o Options) {
	ended := make(chan struct{})
	go func() { // it ends with the client, which this function closes at the latest
		_ = client.Wait()
		close(ended)
	}()
	defer func() { _ = client.Close(); <-ended }()
	timer := time.NewTimer(o.KeepaliveInterval)
	defer timer.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if silence := heard.silence(); silence < o.KeepaliveInterval {
			timer.Reset(o.KeepaliveInterval - silence)
			continue
		}
		if !alive(ctx, client, heard, o.KeepaliveTimeout) {
			return
		}
		timer.Reset(o.KeepaliveInterval)
	}
}

// alive tells whether a peer gives a sign of life within a time. Any will do: a busy line may hold the answer back.
func alive(ctx context.Context, client *ssh.Client, heard *hearing, within time.Duration) bool {
	answered := make(chan error, 1)
	go func() { // it ends with an answer or with the client, which is closed if there is none
		_, _, err := client.SendRequest(keepaliveRequest, true, nil)
		answered <- err
	}()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case err := <-answered:
		return err == nil
	case <-timer.C:
		return heard.silence() < within
	case <-ctx.Done():
		return false
	}
}
