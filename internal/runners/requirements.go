package runners

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Requirements are what a request asks of a runner. What is zero is not asked for.
type Requirements struct {
	// Name picks the runner. It must meet the other requirements too.
	Name string
	// Isolation is the weakest that will do.
	Isolation Isolation
	// RemoteHost is the host that the runner connects to, in any case of letters.
	RemoteHost string
	// KubernetesNamespace is the namespace that the runner uses.
	KubernetesNamespace string
	// Labels must all be among the runner's, with these values.
	Labels map[string]string
}

// describes tells whether meeting the requirements depends on a runner's description.
func (r Requirements) describes() bool {
	return r.Isolation != 0 || r.RemoteHost != "" || r.KubernetesNamespace != ""
}

// any tells whether anything but a name is asked for.
func (r Requirements) any() bool { return r.describes() || len(r.Labels) > 0 }

// String lists what is asked for besides the name.
func (r Requirements) String() string {
	var all []string
	if r.Isolation != 0 {
		all = append(all, fmt.Sprintf("isolation %v or stronger", r.Isolation))
	}
	if r.RemoteHost != "" {
		all = append(all, "remote host "+r.RemoteHost)
	}
	if r.KubernetesNamespace != "" {
		all = append(all, "Kubernetes namespace "+r.KubernetesNamespace)
	}
	for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
		all = append(all, fmt.Sprintf("label %s=%s", key, r.Labels[key]))
	}
	return strings.Join(all, ", ")
}

// missingLabel tells why labels do not meet the requirements; empty if they do.
func (r Requirements) missingLabel(labels map[string]string) string {
	for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
		switch value, found := labels[key]; {
		case !found:
			return fmt.Sprintf("has no label %s", key)
		case value != r.Labels[key]:
			return fmt.Sprintf("has the label %s=%s", key, value)
		}
	}
	return ""
}

// mismatch tells why a description does not meet the requirements; empty if it does.
func (r Requirements) mismatch(d Description) string {
	switch {
	case d.Isolation < r.Isolation:
		return fmt.Sprintf("its isolation is %v", d.Isolation)
	case r.RemoteHost != "" && d.RemoteHost == "":
		return "connects to no remote host"
	case r.RemoteHost != "" && !strings.EqualFold(d.RemoteHost, r.RemoteHost):
		return "its remote host is " + d.RemoteHost
	case r.KubernetesNamespace != "" && d.KubernetesNamespace == "":
		return "uses no Kubernetes namespace"
	case r.KubernetesNamespace != "" && d.KubernetesNamespace != r.KubernetesNamespace:
		return "its Kubernetes namespace is " + d.KubernetesNamespace
	default:
		return ""
	}
}
