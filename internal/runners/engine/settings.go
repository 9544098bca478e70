package engine

import (
	"errors"
	"fmt"
	"strings"
)

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

// Settings are the options that a runner in the configuration may have besides the common ones.
type Settings struct {
	// Host is the engine's address: unix:///path or tcp://host:port. Empty: as the engine's own clients find it.
	Host string `yaml:"host"`
	// Image is what containers are made from.
	Image      string     `yaml:"image"`
	PullPolicy PullPolicy `yaml:"pull_policy"`
	// User is who the steps run as, as user or user:group, by name or number. Empty: as the image says.
	User string `yaml:"user"`
	// Entrypoint is run once, with the agent's command as its arguments, which it must exec. Empty: none; the image's is not used.
	Entrypoint []string `yaml:"entrypoint"`
	// ReadOnly makes the root file system read-only. The workspace is in a volume then.
	ReadOnly bool `yaml:"read_only"`
}

// DefaultSettings are those of a runner that has none.
func DefaultSettings() Settings { return Settings{PullPolicy: PullIfNotPresent} }

// Check names everything that is wrong with them.
func (s Settings) Check() error {
	var faults []error
	if strings.TrimSpace(s.Image) == "" {
		faults = append(faults, errors.New("image is missing: say what containers are made from"))
	}
	return errors.Join(faults...)
}
