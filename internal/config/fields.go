package config

import (
	"reflect"
	"slices"
)

// fields decodes the pairs whose keys are fields of a struct, and returns the others.
func (d *decoder) fields(all []pair, into reflect.Value, path string) []pair {
	var others []pair
	known := fieldsOf(into.Type())
	for _, entry := range d.once(all, path) {
		if field, ok := known[entry.key.Value]; ok {
			d.value(entry.value, into.FieldByIndex(field.Index), join(path, entry.key.Value))
		} else {
			others = append(others, entry)
		}
	}
	return others
}

// once notes the keys that are given a second time, and leaves those out.
func (d *decoder) once(all []pair, path string) []pair {
	first := map[string]int{}
	return slices.DeleteFunc(all, func(entry pair) bool {
		line, again := first[entry.key.Value]
		if again {
			d.fault(entry.key, path, "key %q is given in line %d already", entry.key.Value, line)
		} else {
			first[entry.key.Value] = entry.key.Line
		}
		return again
	})
}

// unknown notes the keys that nothing has.
func (d *decoder) unknown(keys []pair, path string, known []string) {
	for _, entry := range keys {
		if candidate, ok := nearest(entry.key.Value, known); ok {
			d.fault(entry.key, path, "unknown key %q; did you mean %q?", entry.key.Value, candidate)
		} else {
			d.fault(entry.key, path, "unknown key %q", entry.key.Value)
		}
	}
}

// fieldsOf returns the fields of a struct that YAML can set, those of embedded structs included.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for _, field := range reflect.VisibleFields(t) {
		if key := field.Tag.Get("yaml"); key != "" && key != "-" {
			fields[key] = field
		}
	}
	return fields
}

// keysOf returns the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, field := range reflect.VisibleFields(t) {
		if key := field.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return slices.Clip(keys)
}
