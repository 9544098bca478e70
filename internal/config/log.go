package config

import (
	"fmt"
	"slices"
	"strings"
)

// LogLevel is the least severe level that is logged: debug, info, warn or error.
type LogLevel string

// LogFormat is json, console, or auto: console on a terminal, else json.
type LogFormat string

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *LogLevel) UnmarshalText(text []byte) error {
	return oneOf((*string)(l), text, "debug", "info", "warn", "error")
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *LogFormat) UnmarshalText(text []byte) error {
	return oneOf((*string)(f), text, "auto", "json", "console")
}

func oneOf(into *string, text []byte, words ...string) error {
	if !slices.Contains(words, string(text)) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(words, ", "))
	}
	*into = string(text)
	return nil
}
