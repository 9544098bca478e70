package config

import (
	"encoding"
	"fmt"
	"reflect"
	"time"
)

// Effective returns every option of a runner as it is in force, by its key, for people to see: the defaults, the preset and the runner's own keys laid
// over each other. Durations and sizes are text as they are written in a file; of a secret it is where it lies. Those of its driver alone
// are among them once Decode has succeeded. Values are string, bool, int64, float64, []any and map[string]any.
func (r Runner) Effective() map[string]any {
	all := map[string]any{}
	effective(reflect.ValueOf(r), all)
	if r.own.decoded != nil && *r.own.decoded != nil {
		effective(reflect.ValueOf(*r.own.decoded).Elem(), all)
	}
	return all
}

// effective adds the fields of a struct that YAML can set.
func effective(options reflect.Value, to map[string]any) {
	for key, field := range fieldsOf(options.Type()) {
		to[key] = shown(options.FieldByIndex(field.Index))
	}
}

// shown is a value in the few types that every encoding has.
func shown(value reflect.Value) any {
	switch v := value.Interface().(type) {
	case time.Duration:
		return v.String()
	case fmt.Stringer:
		return v.String()
	case encoding.TextMarshaler:
		text, err := v.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	switch {
	case value.Kind() == reflect.Pointer && value.IsNil():
		return nil
	case value.Kind() == reflect.Pointer:
		return shown(value.Elem())
	case value.Kind() == reflect.Struct:
		all := map[string]any{}
		effective(value, all)
		return all
	case value.Kind() == reflect.Slice:
		all := make([]any, value.Len())
		for i := range all {
			all[i] = shown(value.Index(i))
		}
		return all
	case value.Kind() == reflect.Map:
		all := map[string]any{}
		for key, element := range value.Seq2() {
			all[key.String()] = shown(element)
		}
		return all
	default:
		return scalarOf(value)
	}
}

func scalarOf(value reflect.Value) any {
	switch {
	case value.CanInt():
		return value.Int()
	case value.CanUint():
		return int64(value.Uint())
	case value.CanFloat():
		return value.Float()
	case value.Kind() == reflect.Bool:
		return value.Bool()
	default:
		return value.String()
	}
}
