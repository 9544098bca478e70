package engine

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/docker/docker/client"
)

// Dialer opens a connection to an engine's API.
type Dialer func(ctx context.Context) (net.Conn, error)

// dialTimeout bounds how long a connection to an engine may take to open.
const dialTimeout = 10 * time.Second

// NewClient returns a client for an engine that is reached by a dialer. It does not dial yet; the API's version is agreed upon
// by the first call.
func NewClient(dial Dialer) (*client.Client, error) {
	dialContext := func(ctx context.Context, _, _ string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, dialTimeout)
		defer cancel()
		return dial(ctx)
	}
	transport := &http.Transport{DialContext: dialContext, DisableCompression: true, MaxIdleConns: 8, IdleConnTimeout: time.Minute}
	return client.NewClientWithOpts(
		client.WithHTTPClient(&http.Client{Transport: transport}),
		client.WithHost("http://engine"), // every connection goes to the one that the dialer knows
		client.WithDialContext(dialContext),
		client.WithAPIVersionNegotiation(),
	)
}
