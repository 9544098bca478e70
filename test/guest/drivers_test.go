package guest_test

import (
	"testing"

	"github.com/clockworkd/clockwork/test/guest"
)

// The local driver keeps the contract where cgroups are version 2, as root and as an ordinary user, each with a delegated cgroup.
func TestLocalDriver(t *testing.T) {
	for _, user := range []string{"root", guest.Tester} {
		t.Run(user, func(t *testing.T) {
			guest.Connect(t).Test(t, guest.Test{Package: "internal/runners/local", User: user, Properties: []string{"Delegate=yes"}})
		})
	}
}
