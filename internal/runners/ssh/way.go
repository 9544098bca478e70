package ssh

import (
	"context"
	"fmt"

	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

// Way is how to get to a host: through these stations, the last of which it is.
type Way []Station

// Station is a host on the way.
type Station struct {
	// Address is host:port.
	Address string
	User    string
	// Alias is what to look for among the known hosts instead of the address, if it is not empty.
	Alias       string
	Credentials login.Credentials
	Keys        trust.Keys
}

// Hops reads keys and known hosts.
func (w Way) Hops(context.Context) ([]link.Hop, error) {
	hops := make([]link.Hop, len(w))
	for i, station := range w {
		judge, err := station.Keys.For(station.Address, station.Alias)
		if err != nil {
			return nil, &link.RefusedError{Err: err}
		}
		methods, done, err := station.Credentials.Methods()
		if err != nil {
			for _, hop := range hops[:i] {
				hop.Done()
			}
			return nil, &link.RefusedError{Err: fmt.Errorf("cannot log in to %s: %w", station.Address, err)}
		}
		hops[i] = link.Hop{
			Address: station.Address, User: station.User, Auth: methods, Done: done, HostKey: judge.Callback, Algorithms: judge.Algorithms,
		}
	}
	return hops, nil
}
