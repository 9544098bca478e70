package config

import (
	"math"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// scalar decodes strings, booleans and numbers. What YAML reads as another type than the option has is a fault, not converted:
// a version 1.10 that is meant as a string would become 1.1.
func (d *decoder) scalar(node *yaml.Node, into reflect.Value, path string) {
	switch {
	case into.Kind() == reflect.String:
		d.string(node, into, path)
	case into.Kind() == reflect.Bool:
		if !isScalar(node, "!!bool") || node.Decode(into.Addr().Interface()) != nil {
			d.fault(node, path, "must be true or false")
		}
	case into.CanInt() || into.CanUint():
		if !isScalar(node, "!!int") || node.Decode(into.Addr().Interface()) != nil {
			d.fault(node, path, "must be an integer")
		}
	case into.CanFloat():
		var number float64
		if !isScalar(node, "!!int", "!!float") || node.Decode(&number) != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			d.fault(node, path, "must be a number")
			return
		}
		into.SetFloat(number)
	default:
		panic("config: cannot decode into a " + into.Type().String())
	}
}

func (d *decoder) string(node *yaml.Node, into reflect.Value, path string) {
	switch {
	case isScalar(node, "!!str"):
		into.SetString(node.Value)
	case node.Kind == yaml.ScalarNode:
		d.fault(node, path, "must be a string: write %q, with the quotes", node.Value)
	default:
		d.fault(node, path, "must be a string")
	}
}

func isScalar(node *yaml.Node, tags ...string) bool {
	if node.Kind != yaml.ScalarNode {
		return false
	}
	for _, tag := range tags {
		if node.ShortTag() == tag {
			return true
		}
	}
	return false
}
