package render

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a way to say things.
type Format string

// The formats.
const (
	TTY   Format = "tty"
	Plain Format = "plain"
	JSON  Format = "json"
	JSONL Format = "jsonl"
)

// Formats are all formats, in the order in which help lists them.
var Formats = []Format{TTY, Plain, JSON, JSONL}

// ParseFormat takes the name of a format.
func ParseFormat(name string) (Format, error) {
	if format := Format(name); slices.Contains(Formats, format) {
		return format, nil
	}
	return "", fmt.Errorf("there is no output format %q; take one of %s", name, Names())
}

// Names lists the formats as help shows them.
func Names() string {
	names := make([]string, len(Formats))
	for i, format := range Formats {
		names[i] = string(format)
	}
	return strings.Join(names, "|")
}
