package bundle

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// VarName is the pattern that a variable's name matches, from its begin to its end.
const VarName = "[A-Za-z_][A-Za-z0-9_]*"

var varName = regexp.MustCompile("^" + VarName + "$")

// IsVarName tells whether a variable may have this name.
func IsVarName(name string) bool {
	return varName.MatchString(name)
}

// vars renders the variables, overrides merged, as environment values.
func (n *normaliser) vars(given, overrides map[string]*structpb.Value) map[string]string {
	at := root.field("vars")
	rendered := map[string]string{}
	if n.tooMany(at, len(given), n.limits.Vars, "variables") {
		return rendered
	}
	n.render(rendered, given, at, "")
	if n.tooMany(at, len(overrides), n.limits.Vars, "overrides") {
		return rendered
	}
	n.render(rendered, overrides, at, "the override ")
	n.tooMany(at, len(rendered), n.limits.Vars, "variables with the overrides")
	return rendered
}

// render adds variables to what is rendered already; in the messages, origin tells whose they are.
func (n *normaliser) render(rendered map[string]string, vars map[string]*structpb.Value, at jsonPath, origin string) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		value, why := renderValue(vars[name])
		switch {
		case !IsVarName(name):
			why = "has a name that must match " + VarName
		case isNull(vars[name]):
			continue
		case why == "":
			why = n.argument(value, len(name)+len("=")+len(value)+1)
		}
		if why != "" {
			n.fault(at.field(name), "%s%s", origin, why)
			continue
		}
		rendered[name] = value
	}
}

// isNull tells whether a value is as good as absent. Some clients send null as a value without a kind.
func isNull(value *structpb.Value) bool {
	_, null := value.GetKind().(*structpb.Value_NullValue)
	return null || value.GetKind() == nil
}

// renderValue returns how a process sees a variable, or why it cannot.
func renderValue(value *structpb.Value) (text, why string) {
	switch v := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		return v.StringValue, ""
	case *structpb.Value_BoolValue:
		return strconv.FormatBool(v.BoolValue), ""
	case *structpb.Value_NumberValue:
		if isInteger(v.NumberValue) {
			return strconv.FormatInt(int64(v.NumberValue), 10), ""
		}
		return "", "must be an integer of at most 2^53 in magnitude; give another number as a string"
	default:
		return "", "must be a string, a boolean or an integer"
	}
}

// env checks the environment of one step.
func (n *normaliser) env(env map[string]string, at jsonPath) map[string]string {
	if n.tooMany(at, len(env), n.limits.Vars, "variables") {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		value := env[name]
		why := n.argument(value, len(name)+len("=")+len(value)+1)
		if name == "" || strings.ContainsAny(name, "=\x00") {
			why = `has a name that must not be empty and must not contain "=" or a NUL byte`
		}
		if why != "" {
			n.fault(at.field(name), "%s", why)
		}
	}
	return maps.Clone(env)
}
