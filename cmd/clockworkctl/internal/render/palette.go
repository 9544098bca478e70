package render

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// colour is the parameter of an SGR escape sequence (ECMA-48, 8.3.117).
type colour string

const (
	none   colour = ""
	bold   colour = "1"
	faint  colour = "2"
	red    colour = "31"
	green  colour = "32"
	yellow colour = "33"
	cyan   colour = "36"
)

// resetColours ends every colour.
const resetColours = "\x1b[0m"

// palette paints, or leaves everything as it is.
type palette struct {
	enabled bool
}

func (p palette) paint(c colour, s string) string {
	if !p.enabled || c == none {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + resetColours
}

var statusColours = map[string]colour{
	"success":   green,
	"failed":    red,
	"timeout":   red,
	"error":     red,
	"lost":      red,
	"cancelled": yellow,
	"skipped":   faint,
	"pending":   faint,
	"queued":    faint,
	"running":   cyan,
	"retrying":  yellow,
}

var streamColours = map[clockworkv1.Stream]colour{
	clockworkv1.Stream_STREAM_STDOUT: faint,
	clockworkv1.Stream_STREAM_STDERR: yellow,
}
