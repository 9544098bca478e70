package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Settings are the options that a runner in the configuration may have besides the common ones.
type Settings struct {
	// Host is the engine's address, see DialHost. Empty: as the engine's own clients find it.
	Host string `yaml:"host"`
	// TLS is for a tcp:// host. Empty: as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say.
	TLS TLS `yaml:"tls"`
	// Image is what containers are made from.
	Image      string     `yaml:"image"`
	PullPolicy PullPolicy `yaml:"pull_policy"`
	// RegistryConfig is the path of the file with the registries' credentials. Empty: as the engine's own clients find it.
	RegistryConfig string `yaml:"registry_config"`
	// User is who the steps run as, as user or user:group, by name or number. Empty: as the image says.
	User string `yaml:"user"`
	// Entrypoint is run once, with the agent's command as its arguments, which it must exec. Empty: none; the image's is not used.
	Entrypoint []string `yaml:"entrypoint"`
	// ReadOnly makes the root file system read-only. The workspace is in a volume then.
	ReadOnly bool `yaml:"read_only"`
	// Volumes are mounted: by a host's absolute path, which the daemon must allow, or by a volume's name.
	Volumes map[string]Target `yaml:"volumes"`
	// Ports are published: by [address:]port of the host, 0 for any, the port in the container.
	Ports map[string]Port `yaml:"ports"`
	// NetworkMode is the engine's: bridge, none, host, container:NAME or a network's name. Empty: the engine's default.
	NetworkMode string `yaml:"network_mode"`
	// Privileged gives all rights of the engine's host, where the daemon allows it.
	Privileged bool `yaml:"privileged"`
	// GPUs are given to each container.
	GPUs GPUs `yaml:"gpus"`
}

// DefaultSettings are those of a runner that has none. The image is one that nobody is surprised by.
func DefaultSettings() Settings {
	return Settings{Image: "ubuntu:latest", PullPolicy: PullIfNotPresent}
}

// Rules are what the daemon allows its runners, and what of their common options matters here.
type Rules struct {
	AllowPrivileged bool
	// AllowHostMounts are paths of the host below which volumes may lie.
	AllowHostMounts []string
	AllowNetwork    bool
	// MaxSandboxes is how many there may be at once.
	MaxSandboxes int
}

// Check names everything that is wrong with them.
func (s Settings) Check(rules Rules) error {
	var faults []error
	refuse := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if strings.TrimSpace(s.Image) == "" {
		refuse("image: is empty; say what containers are made from")
	}
	if s.Privileged && !rules.AllowPrivileged {
		refuse("privileged: the daemon does not allow it; allow_privileged: true beside runners would, and gives steps the rights of the engine's host")
	}
	if s.NetworkMode != "" && s.NetworkMode != "none" && !rules.AllowNetwork {
		refuse("network_mode: is %s, but allow_network is false", s.NetworkMode)
	}
	for _, source := range slices.Sorted(maps.Keys(s.Volumes)) {
		if err := checkSource(source, rules.AllowHostMounts); err != nil {
			faults = append(faults, fmt.Errorf("volumes: %w", err))
		}
	}
	faults = append(faults, s.checkPorts(rules), s.TLS.check())
	return errors.Join(faults...)
}

func (s Settings) checkPorts(rules Rules) error {
	if len(s.Ports) == 0 {
		return nil
	}
	var faults []error
	for _, published := range slices.Sorted(maps.Keys(s.Ports)) {
		binding, err := parseBinding(published)
		if err != nil {
			faults = append(faults, fmt.Errorf("ports: %w", err))
		} else if binding.HostPort != "0" && rules.MaxSandboxes > 1 {
			faults = append(faults, fmt.Errorf("ports: %s can be taken once only: set pool.max to 1, or take any port with 0", published))
		}
	}
	if !rules.AllowNetwork || s.NetworkMode == "none" || s.NetworkMode == "host" {
		faults = append(faults, errors.New("ports: cannot be published without a network of the container's own"))
	}
	return errors.Join(faults...)
}
