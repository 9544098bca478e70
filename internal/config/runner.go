package config

import (
	"reflect"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Runner is a configured, named instance of a driver: the options that all drivers have in common. Decode gives the driver's own.
type Runner struct {
	// Name is unique and matches [a-z0-9][a-z0-9-]*, at most 63 bytes.
	Name string `yaml:"name"`
	// Type names the driver.
	Type string `yaml:"type"`
	// Preset names what stands for several options at once, see presets.yaml; the runner's own keys win over it. Empty: none.
	Preset string            `yaml:"preset"`
	Labels map[string]string `yaml:"labels"`

	// Timeout bounds one attempt of a step that names no timeout. 0: it is not bounded.
	Timeout time.Duration `yaml:"timeout"`
	// Retries is how often a step that says nothing of it is tried again, 0 to 99.
	Retries int `yaml:"retries"`
	// RetryDelay is the wait before the first of them.
	RetryDelay time.Duration `yaml:"retry_delay"`

	EnvironmentVars map[string]string `yaml:"environment_vars"`
	// WorkingDirectory is where steps start that name no cwd, relative to the workspace; empty: the workspace.
	WorkingDirectory string         `yaml:"working_directory"`
	ResourceLimits   ResourceLimits `yaml:"resource_limits"`
	AllowNetwork     bool           `yaml:"allow_network"`
	AllowFileWrite   bool           `yaml:"allow_file_write"`

	// Require lists the capabilities without which the runner has no sandboxes.
	Require []string `yaml:"require"`

	// Grace is the time between SIGTERM and SIGKILL. 0: SIGKILL at once.
	Grace time.Duration `yaml:"grace"`
	// The timeouts of the phases are positive.
	QueueTimeout     time.Duration `yaml:"queue_timeout"`
	ProvisionTimeout time.Duration `yaml:"provision_timeout"`
	UploadTimeout    time.Duration `yaml:"upload_timeout"`
	CollectTimeout   time.Duration `yaml:"collect_timeout"`

	Pool Pool `yaml:"pool"`

	// Allowed is what the daemon allows all its runners.
	Allowed Privileges `yaml:"-"`

	own ownKeys
}

// ResourceLimits bounds what a sandbox may use. 0 does not limit.
type ResourceLimits struct {
	Memory Size `yaml:"memory"`
	// CPUs is the share of processors: 1.5 is one and a half of them.
	CPUs      float64 `yaml:"cpus"`
	Processes int     `yaml:"processes"`
	OpenFiles int     `yaml:"open_files"`
	// FileSize bounds each single file that a step writes.
	FileSize Size `yaml:"file_size"`
}

// Pool says how many sandboxes a runner keeps.
type Pool struct {
	// Warm is how many idle sandboxes are kept ready.
	Warm int `yaml:"warm"`
	// Max is how many may exist at once, at least 1.
	Max int `yaml:"max"`
	// IdleTimeout is how long an idle sandbox beyond Warm is kept; positive.
	IdleTimeout time.Duration `yaml:"idle_timeout"`
}

// ownKeys is what the YAML of a runner says besides the common options.
type ownKeys struct {
	source string
	path   string
	pairs  []pair
	// decoded is what Decode has set last; copies of a Runner share it.
	decoded *any
}

// Decode sets the driver's own options. It takes a pointer to a struct whose fields carry yaml tags and hold the
// defaults. A field is a string, bool, number, time.Duration or encoding.TextUnmarshaler, a struct of such, or a pointer, slice or map
// with strings as keys to such; embedded structs count as part of the outer one. A key that neither has is a fault.
// Faults are returned as Problems.
func (r Runner) Decode(options any) error {
	d := newDecoder(r.own.source)
	target := reflect.ValueOf(options).Elem()
	unknown := d.fields(r.own.pairs, target, r.own.path)
	d.unknown(unknown, r.own.path, slices.Concat(keysOf(target.Type()), keysOf(reflect.TypeFor[Runner]())))
	if len(d.problems) == 0 && r.own.decoded != nil {
		*r.own.decoded = options
	}
	return d.problems.asError()
}

// runner decodes an element of runners; the keys that are not common are kept.
func (d *decoder) runner(node *yaml.Node, into *Runner, path string) {
	*into = defaultRunner()
	if node.Kind != yaml.MappingNode {
		d.fault(node, path, "must be a mapping with a name and a type")
		return
	}
	d.preset(pairs(node), into, path)
	own := d.fields(pairs(node), reflect.ValueOf(into).Elem(), path)
	into.own = ownKeys{source: d.source, path: path, pairs: own, decoded: new(any)}
}
