package config

import (
	"encoding"
	"fmt"
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"
)

// decoder sets Go values from YAML nodes. It goes on after a fault, and remembers where each value came from.
type decoder struct {
	// source is the file, environment variable or flag that is being decoded.
	source   string
	places   map[string]place
	problems Problems
}

// place is where a value comes from.
type place struct {
	source string
	line   int
}

func newDecoder(source string) *decoder {
	return &decoder{source: source, places: map[string]place{}}
}

// fault notes what is wrong with the value of a path.
func (d *decoder) fault(node *yaml.Node, path, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if path != "" {
		message = path + ": " + message
	}
	d.problems = append(d.problems, Problem{Source: d.source, Line: node.Line, Message: message})
}

// value decodes a node; null leaves the value as it is.
func (d *decoder) value(node *yaml.Node, into reflect.Value, path string) {
	node = resolved(node)
	d.places[path] = place{source: d.source, line: node.Line}
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return
	}
	switch target := into.Addr().Interface().(type) {
	case *Runner:
		d.runner(node, target, path)
	case *time.Duration:
		d.text(node, path, func(text string) (err error) {
			*target, err = parseDuration(text)
			return err
		})
	case encoding.TextUnmarshaler:
		d.text(node, path, func(text string) error { return target.UnmarshalText([]byte(text)) })
	default:
		d.kind(node, into, path)
	}
}

// text decodes what is written as one word and has a form of its own.
func (d *decoder) text(node *yaml.Node, path string, parse func(string) error) {
	if node.Kind != yaml.ScalarNode {
		d.fault(node, path, "must be a single value")
		return
	}
	if err := parse(node.Value); err != nil {
		d.fault(node, path, "%v", err)
	}
}

func (d *decoder) kind(node *yaml.Node, into reflect.Value, path string) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.value(node, into.Elem(), path)
	case reflect.Struct:
		d.mapping(node, into, path)
	case reflect.Slice:
		d.sequence(node, into, path)
	case reflect.Map:
		d.dictionary(node, into, path)
	default:
		d.scalar(node, into, path)
	}
}

func (d *decoder) mapping(node *yaml.Node, into reflect.Value, path string) {
	if node.Kind != yaml.MappingNode {
		d.fault(node, path, "must be a mapping")
		return
	}
	d.unknown(d.fields(pairs(node), into, path), path, keysOf(into.Type()))
}

func (d *decoder) sequence(node *yaml.Node, into reflect.Value, path string) {
	if node.Kind != yaml.SequenceNode {
		d.fault(node, path, "must be a list")
		return
	}
	into.SetZero()
	if len(node.Content) > 0 { // an empty list says no more than none
		into.Set(reflect.MakeSlice(into.Type(), len(node.Content), len(node.Content)))
	}
	for i, element := range node.Content {
		d.element(element, into.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (d *decoder) dictionary(node *yaml.Node, into reflect.Value, path string) {
	if node.Kind != yaml.MappingNode {
		d.fault(node, path, "must be a mapping")
		return
	}
	into.SetZero()
	if len(node.Content) > 0 { // an empty mapping says no more than none
		into.Set(reflect.MakeMap(into.Type()))
	}
	for _, entry := range d.once(pairs(node), path) {
		key, value := reflect.New(into.Type().Key()).Elem(), reflect.New(into.Type().Elem()).Elem()
		key.SetString(entry.key.Value)
		d.element(entry.value, value, join(path, entry.key.Value))
		into.SetMapIndex(key, value)
	}
}

// element decodes a member of a list or a dictionary, where null would stand for nothing sensible.
func (d *decoder) element(node *yaml.Node, into reflect.Value, path string) {
	before := len(d.problems)
	d.value(node, into, path)
	if resolved(node).ShortTag() == "!!null" && len(d.problems) == before {
		d.fault(node, path, "must not be empty")
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
