package client

import (
	"crypto/tls"
	"time"

	"google.golang.org/grpc"
)

// Option changes how a Client connects.
type Option func(*options)

type options struct {
	tls    *tls.Config
	grpc   []grpc.DialOption
	resume resumption
}

// WithTLS makes a tcp:// connection use TLS; one to a Unix socket does not need it. A configuration with certificates authenticates the
// client, too.
// Without this option the connection is plain, which a daemon accepts on Unix sockets and, where allowed, on loopback.
func WithTLS(config *tls.Config) Option {
	return func(o *options) { o.tls = config.Clone() }
}

// WithGRPC adds options of gRPC: credentials for each call, interceptors.
func WithGRPC(opts ...grpc.DialOption) Option {
	return func(o *options) { o.grpc = append(o.grpc, opts...) }
}

// WithPatience sets how long a broken stream of events tries to resume before it gives up with ErrUnreachable.
// The time counts from the break and begins anew with each event received. Default: 2 minutes.
func WithPatience(patience time.Duration) Option {
	return func(o *options) { o.resume.patience = patience }
}

// WithResumeNotice has notice called whenever a stream of events broke and will be tried again after delay. It is called
// by the goroutine that reads the events, which goes on when it returns.
func WithResumeNotice(notice func(cause error, delay time.Duration)) Option {
	return func(o *options) { o.resume.notice = notice }
}
