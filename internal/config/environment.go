package config

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// environment is the variables that are read. CLOCKWORK_ADDRESS is not among them: it tells a client where its daemon is.
var environment = []struct {
	name string
	key  string
	into func(*Config) any
}{
	// Several addresses are separated by commas.
	{"CLOCKWORK_LISTEN", "listen", func(c *Config) any { return &c.Listen }},
	{"CLOCKWORK_STATE_DIR", "state_dir", func(c *Config) any { return &c.StateDir }},
	{"CLOCKWORK_RUNTIME_DIR", "runtime_dir", func(c *Config) any { return &c.RuntimeDir }},
	{"CLOCKWORK_DEFAULT_RUNNER", "default_runner", func(c *Config) any { return &c.DefaultRunner }},
	{"CLOCKWORK_LOG_LEVEL", "log.level", func(c *Config) any { return &c.Log.Level }},
	{"CLOCKWORK_LOG_FORMAT", "log.format", func(c *Config) any { return &c.Log.Format }},
}

// environment decodes the variables that are set to something.
func (d *decoder) environment(getenv func(string) string, c *Config) {
	for _, variable := range environment {
		text := getenv(variable.name)
		if text == "" {
			continue
		}
		d.source = variable.name
		into := reflect.ValueOf(variable.into(c)).Elem()
		node := textNode(text)
		if into.Kind() == reflect.Slice {
			node = listNode(strings.Split(text, ","))
		}
		d.value(node, into, variable.key)
	}
}

// textNode is a string as a file would give it, but without a line.
func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

func listNode(texts []string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, text := range texts {
		list.Content = append(list.Content, textNode(strings.TrimSpace(text)))
	}
	return list
}
