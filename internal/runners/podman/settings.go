package podman

import (
	"errors"
	"regexp"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Settings are the options of a runner: what both engines have, and what only Podman has.
type Settings struct {
	engine.Settings
	// PodName is that of a pod that exists, which sandboxes join. They share its network, and cannot have one of their own.
	PodName string `yaml:"pod_name"`
	// Rootless says whether Podman has to run without root's rights. Not given: the user's own is preferred, where there is one.
	Rootless *bool `yaml:"rootless"`
}

// DefaultSettings are those of a runner that has none.
func DefaultSettings() Settings { return Settings{Settings: engine.DefaultSettings()} }

var podName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

// Check names everything that is wrong with them.
func (s Settings) Check(rules engine.Rules) error {
	faults := []error{s.Settings.Check(rules)}
	switch {
	case s.PodName == "":
	case !podName.MatchString(s.PodName):
		faults = append(faults, errors.New("pod_name: is not a pod's name"))
	case len(s.Ports) > 0 || s.NetworkMode != "" || !rules.AllowNetwork:
		faults = append(faults, errors.New("pod_name: the network is the pod's; give ports, network_mode and allow_network: false to the pod instead"))
	}
	return errors.Join(faults...)
}
