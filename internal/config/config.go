package config

import "time"

// Config is the daemon's configuration, with defaults filled in and every rule of this package kept.
type Config struct {
	// File is the path it was read from; empty if there was none.
	File string `yaml:"-"`

	// Listen holds at least one address.
	Listen []Address `yaml:"listen"`
	// StateDir is the absolute path of what survives a restart: journal, output, daemon id.
	StateDir string `yaml:"state_dir"`
	// RuntimeDir is the absolute path of what survives a restart of the daemon, but not of the host: sockets.
	RuntimeDir string `yaml:"runtime_dir"`
	// DefaultRunner is the name of one of Runners.
	DefaultRunner string `yaml:"default_runner"`
	// Runners holds at least one, in the order of the file.
	Runners []Runner `yaml:"runners"`
	Privileges
	// DrainTimeout is how long running executions may go on once the daemon was told to stop.
	DrainTimeout time.Duration `yaml:"drain_timeout"`

	// Policy says what the findings of rules weigh, by the names of the rules: off, warning or deny.
	Policy map[string]string `yaml:"policy"`

	Limits    Limits    `yaml:"limits"`
	Retention Retention `yaml:"retention"`
	Log       Log       `yaml:"log"`
	TCP       TCP       `yaml:"tcp"`
	Metrics   Metrics   `yaml:"metrics"`
}

// Privileges are what the daemon allows its runners, besides what every one may do.
type Privileges struct {
	// AllowPrivileged lets runners give steps the rights of the machine that they run on.
	AllowPrivileged bool `yaml:"allow_privileged"`
	// AllowHostMounts are absolute paths: runners may mount what lies below them into sandboxes.
	AllowHostMounts []string `yaml:"allow_host_mounts"`
}

// Limits bounds what the daemon takes on.
type Limits struct {
	BundleSize       Size `yaml:"bundle_size"`
	ArtifactSize     Size `yaml:"artifact_size"`
	Artifacts        int  `yaml:"artifacts"`
	Steps            int  `yaml:"steps"`
	PathLength       int  `yaml:"path_length"`
	QueuedExecutions int  `yaml:"queued_executions"`
	// ParallelSteps is how many steps of one execution run at once.
	ParallelSteps int `yaml:"parallel_steps"`
	// Watchers is how many streams of events may be open at once.
	Watchers int `yaml:"watchers"`
	// StallTimeout is how long the reader of a stream may take nothing before the stream is ended.
	StallTimeout time.Duration `yaml:"stall_timeout"`
}

// Retention says how much of the past is kept. 0 does not limit.
type Retention struct {
	MaxAge   time.Duration `yaml:"max_age"`
	MaxCount int           `yaml:"max_count"`
	MaxBytes Size          `yaml:"max_bytes"`
}

// Log says what is logged to standard error, and how.
type Log struct {
	Level  LogLevel  `yaml:"level"`
	Format LogFormat `yaml:"format"`
}

// TCP says who may use TCP listeners: clients with a certificate or, on loopback, everybody on this host.
type TCP struct {
	// InsecureLoopback allows loopback listeners without TLS. Whoever has a process on this host may then use the daemon.
	InsecureLoopback bool `yaml:"insecure_loopback"`
	// Certificate and Key are paths of PEM files: what the daemon shows.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// ClientCA is the path of a PEM file: who signs the certificates that clients must show.
	ClientCA string `yaml:"client_ca"`
}

// TLS tells whether TCP listeners are secured.
func (t TCP) TLS() bool { return t.Certificate != "" }

// Metrics says what is served over HTTP: metrics, the health of the daemon and, if wanted, profiles.
type Metrics struct {
	// Listen is a TCP address on loopback; its zero value serves nothing.
	Listen Address `yaml:"listen"`
	// Profiles adds /debug/pprof: what the daemon spends its time and memory on.
	Profiles bool `yaml:"profiles"`
}
