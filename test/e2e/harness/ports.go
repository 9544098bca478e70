package harness

import (
	"net"
	"strconv"
	"testing"
)

// FreePort returns a TCP port of the loopback interface on which nobody listened a moment ago.
func FreePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("a TCP listener has the address %v", listener.Addr())
	}
	return strconv.Itoa(address.Port)
}
