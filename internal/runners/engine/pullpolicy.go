package engine

import "fmt"

// PullPolicy says when an image is pulled.
type PullPolicy string

// The pull policies.
const (
	PullAlways       PullPolicy = "always"
	PullIfNotPresent PullPolicy = "if-not-present"
	PullNever        PullPolicy = "never"
)

// UnmarshalText accepts the pull policies.
func (p *PullPolicy) UnmarshalText(text []byte) error {
	switch policy := PullPolicy(text); policy {
	case PullAlways, PullIfNotPresent, PullNever:
		*p = policy
		return nil
	}
	return fmt.Errorf("%q is not a pull policy: it is one of %s, %s, %s", text, PullAlways, PullIfNotPresent, PullNever)
}
