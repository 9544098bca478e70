package runners

import (
	"errors"
	"fmt"
	"slices"
)

// CapabilityNames returns the names of all capabilities that drivers tell, and so of all that a runner may require.
func CapabilityNames() []string { return slices.Clone(capabilityNames) }

var capabilityNames = []string{
	"network_isolation", "file_write_isolation", "file_read_isolation", "process_isolation", "user_isolation",
	"no_new_privileges", "system_call_filter", "private_tmp",
	"measures", "memory_limit", "cpu_limit", "process_limit", "open_file_limit", "file_size_limit",
	"process_tracking", "executable_workspace", "restart_survival",
}

// ErrRequired is why a runner has no sandboxes that lacks a capability it requires.
var ErrRequired = errors.New("the runner requires a capability that its sandboxes do not have")

// lacking names the capabilities that are required and not in force, each with its remedy.
func (d Description) lacking(required []string) error {
	var faults []error
	for _, name := range required {
		i := slices.IndexFunc(d.Capabilities, func(c Capability) bool { return c.Name == name })
		switch {
		case i < 0:
			faults = append(faults, fmt.Errorf("%w: %s, of which its driver says nothing; choose a runner of another type", ErrRequired, name))
		case !d.Capabilities[i].Available:
			faults = append(faults, fmt.Errorf("%w: %s: %s; %s", ErrRequired, name, d.Capabilities[i].Detail, d.Capabilities[i].Remedy))
		}
	}
	return errors.Join(faults...)
}
