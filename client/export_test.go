package client

import "time"

// WithDelays sets the first and the longest wait between two attempts to resume, which tests cannot afford as they are.
func WithDelays(initial, longest time.Duration) Option {
	return func(o *options) { o.resume.initial, o.resume.max = initial, longest }
}
