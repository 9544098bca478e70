package config

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

// Sources is what a configuration is made of. Later fields win over earlier ones.
type Sources struct {
	// File is the path of a YAML file; empty: none.
	File string
	// Getenv reads the environment, as os.Getenv does. The variables are those of the table in environment.go.
	Getenv func(string) string
	// Listen and StateDir are the values of the flags of these names; empty: not given.
	Listen   []string
	StateDir string
	// Drivers holds the known types of runners. Each function decodes the driver's own options of a runner, to find what is wrong with them.
	Drivers map[string]func(Runner) error
	// Detected are the types of runners, besides local, that this machine can have without being told more. They are there where no runner
	// is configured.
	Detected []string
	// Capabilities are the names that a runner can require.
	Capabilities []string
	// CheckPolicy says what is wrong with a policy; only the policy knows its rules.
	CheckPolicy func(map[string]string) error
}

//go:embed defaults.yaml
var defaults []byte

//go:embed runner_defaults.yaml
var runnerDefaults []byte

// Load lays defaults, file, environment and flags over each other and checks the outcome. It creates nothing. Faults are returned as
// Problems, all at once; another error says that the file cannot be read or that the user's directories cannot be told.
func Load(sources Sources) (*Config, error) {
	var file []byte
	if sources.File != "" {
		var err error
		if file, err = os.ReadFile(sources.File); err != nil {
			return nil, fmt.Errorf("cannot read the configuration: %w; name a file that this user may read", err)
		}
	}
	return load(sources, file)
}

func load(sources Sources, file []byte) (*Config, error) {
	c := &Config{File: sources.File}
	d := newDecoder("")
	d.layer("defaults.yaml", defaults, c)
	d.layer(sources.File, file, c)
	d.environment(sources.Getenv, c)
	d.flags(sources, c)
	if err := c.fillUserDirs(); err != nil {
		return nil, err
	}
	if len(c.Runners) == 0 {
		c.Runners = []Runner{localRunner()}
		for _, name := range sources.Detected {
			c.Runners = append(c.Runners, detectedRunner(name))
		}
	}
	d.check(c, sources)
	if c.DefaultRunner == "" {
		c.DefaultRunner = c.Runners[0].Name
	}
	return c, d.problems.asError()
}

// layer decodes a YAML document over what is there: what it does not name stays.
func (d *decoder) layer(source string, data []byte, into any) {
	d.source = source
	node, problems := document(source, data)
	d.problems = append(d.problems, problems...)
	if node != nil && !isScalar(node, "!!null") {
		d.mapping(node, reflect.ValueOf(into).Elem(), "")
	}
}

func (d *decoder) flags(sources Sources, c *Config) {
	d.source = "--listen"
	if len(sources.Listen) > 0 {
		d.value(listNode(sources.Listen), reflect.ValueOf(&c.Listen).Elem(), "listen")
	}
	d.source = "--state-dir"
	if sources.StateDir != "" {
		// A path on the command line is relative to where the command is given.
		path, err := filepath.Abs(sources.StateDir)
		if err != nil {
			d.problems = append(d.problems, Problem{Source: d.source, Message: err.Error()})
		}
		d.value(textNode(path), reflect.ValueOf(&c.StateDir).Elem(), "state_dir")
	}
}

func defaultRunner() Runner {
	var r Runner
	newDecoder("").layer("runner_defaults.yaml", runnerDefaults, &r)
	return r
}

// localRunner is the one of a daemon that was told of none.
func localRunner() Runner {
	r := defaultRunner()
	r.Name, r.Type = "local", "local"
	return r
}

// detectedRunner is one that nobody asked for: it keeps nothing ready, so that nothing is pulled or started for it before it is used.
func detectedRunner(name string) Runner {
	r := defaultRunner()
	r.Name, r.Type, r.Pool.Warm = name, name, 0
	return r
}
