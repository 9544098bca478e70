package main

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// durationFlag is a positive duration: 5m, 300s, 1.5s. Nil until it is given.
type durationFlag struct {
	value *durationpb.Duration
}

// String is the value as it was meant; empty if there is none.
func (f *durationFlag) String() string {
	if f.value == nil {
		return ""
	}
	return f.value.AsDuration().String()
}

// Set takes the value.
func (f *durationFlag) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is not a positive duration such as 5m, 300s or 1.5s", s)
	}
	f.value = durationpb.New(d)
	return nil
}

// Type is what help calls the value.
func (f *durationFlag) Type() string {
	return "duration"
}

// parseVars takes NAME=VALUE pairs. Values are strings.
func parseVars(pairs []string) (map[string]*structpb.Value, error) {
	vars := make(map[string]*structpb.Value, len(pairs))
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, &usageError{message: fmt.Sprintf("--var %q is not NAME=VALUE", pair), command: "clockworkctl execute"}
		}
		if !bundle.IsVarName(name) {
			return nil, &usageError{message: fmt.Sprintf("--var %s: a variable's name must match %s", pair, bundle.VarName), command: "clockworkctl execute"}
		}
		vars[name] = structpb.NewStringValue(value)
	}
	return vars, nil
}
