package config

import (
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Changed returns the paths of the keys in which two configurations differ, in the order of the fields: "log.level", "runners".
func Changed(before, after *Config) []string {
	return changed(reflect.ValueOf(*before), reflect.ValueOf(*after), "")
}

func changed(before, after reflect.Value, path string) []string {
	var paths []string
	for _, key := range keysOf(before.Type()) {
		index := fieldsOf(before.Type())[key].Index
		b, a := before.FieldByIndex(index), after.FieldByIndex(index)
		switch b.Interface().(type) {
		case Limits, Retention, Log, TCP, Metrics:
			paths = append(paths, changed(b, a, join(path, key))...)
		default:
			if !same(b.Interface(), a.Interface()) {
				paths = append(paths, join(path, key))
			}
		}
	}
	return paths
}

func same(before, after any) bool {
	b, isRunners := before.([]Runner)
	if a, areRunners := after.([]Runner); isRunners && areRunners {
		return slices.EqualFunc(b, a, Runner.same)
	}
	return reflect.DeepEqual(before, after)
}

// same compares what a runner says, not where in the file.
func (r Runner) same(other Runner) bool {
	text, otherText := r.own.text(), other.own.text()
	r.own, other.own = ownKeys{}, ownKeys{}
	return text == otherText && reflect.DeepEqual(r, other)
}

func (o ownKeys) text() string {
	mapping := &yaml.Node{Kind: yaml.MappingNode}
	for _, entry := range o.pairs {
		mapping.Content = append(mapping.Content, entry.key, entry.value)
	}
	text, err := yaml.Marshal(mapping)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
