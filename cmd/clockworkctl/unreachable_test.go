package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/client"
)

// What to do depends on why nobody answers.
func TestRemedyOfAnUnreachableDaemon(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "s")
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{address: "unix://" + socket}
	denied := errors.Join(client.ErrUnreachable, syscall.EACCES)
	for want, err := range map[string]error{
		"see whether it runs":            client.ErrUnreachable,
		"or name a daemon that runs":     &startError{errors.New("there is no program")},
		"only the socket's owner may op": denied,
	} {
		failure := a.failureOf(err)
		if failure.Code != "unreachable" || failure.ExitCode != 3 || !strings.Contains(failure.Remedy, want) {
			t.Errorf("%v: %+v, want the remedy %q", err, failure, want)
		}
	}
	if err := os.Chmod(socket, 0o660); err != nil {
		t.Fatal(err)
	}
	wants(t, a.failureOf(denied).Remedy, "and the group", "usermod -aG")
	a.address = "unix:///nowhere/at/all"
	wants(t, a.failureOf(denied).Remedy, "may not enter the directory")
}
