package config

import (
	_ "embed"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed presets.yaml
var presetsText []byte

// presets returns the mappings that presets stand for, by name, and the names in their order.
func presets() (all map[string]*yaml.Node, names []string) {
	node, problems := document("presets.yaml", presetsText)
	if len(problems) > 0 {
		panic(problems)
	}
	all = map[string]*yaml.Node{}
	for _, entry := range pairs(node) {
		all[entry.key.Value] = entry.value
		names = append(names, entry.key.Value)
	}
	return all, names
}

// preset lays the preset that a runner names, if it names one, over the defaults.
func (d *decoder) preset(own []pair, into *Runner, path string) {
	i := slices.IndexFunc(own, func(entry pair) bool { return entry.key.Value == "preset" })
	if i < 0 || own[i].value.Kind != yaml.ScalarNode || own[i].value.Value == "" {
		return // what is wrong with the value is told where it is decoded
	}
	all, names := presets()
	chosen, known := all[own[i].value.Value]
	if !known {
		d.fault(own[i].value, join(path, "preset"), "unknown preset %q; it is one of %s", own[i].value.Value, strings.Join(names, ", "))
		return
	}
	of := newDecoder("presets.yaml")
	of.unknown(of.fields(pairs(chosen), reflect.ValueOf(into).Elem(), ""), "", nil)
	if len(of.problems) > 0 {
		panic(of.problems)
	}
}
