package client

import (
	"strings"
	"testing"
)

func TestTarget(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"unix:///run/clockwork/clockworkd.sock": "unix:///run/clockwork/clockworkd.sock",
		"tcp://localhost:7000":                  "dns:///localhost:7000",
		"tcp://[::1]:7000":                      "dns:///[::1]:7000",
		"":                                      "",
		"localhost:7000":                        "",
		"tcp://localhost":                       "",
		"tcp://:7000":                           "",
		"unix://relative":                       "",
		"http://localhost:7000":                 "",
		"unix:///" + strings.Repeat("x", 100):   "",
	} {
		got, err := target(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("target(%q) = %q, %v; want %q", address, got, err, want)
		}
	}
}

func TestDefaultAddress(t *testing.T) {
	t.Setenv(AddressVariable, "tcp://build.example.com:7000")
	if got, err := DefaultAddress(); err != nil || got != "tcp://build.example.com:7000" {
		t.Errorf("got %q, %v; want the variable's value", got, err)
	}
	t.Setenv(AddressVariable, "")
	got, err := DefaultAddress()
	if path, ok := SocketPath(got); err != nil || !ok || !strings.HasSuffix(path, "/clockworkd.sock") {
		t.Errorf("got %q, %v; want the user's own socket", got, err)
	}
}
