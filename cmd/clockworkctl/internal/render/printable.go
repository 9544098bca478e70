package render

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// charset is which characters a terminal shows.
type charset struct {
	utf8 bool
}

// printable is a line of output as text that moves nothing: no control sequences, colours neither, no tabs, nothing that
// turns the direction of writing; what is not text is replaced.
func (c charset) printable(line []byte) string {
	var guarded bytes.Buffer
	_, _ = Guard(&guarded).Write(line)
	var text strings.Builder
	for rest := guarded.Bytes(); len(rest) > 0; {
		if rest[0] == 0x1b { // of sequences the guard has left only colours
			rest = rest[bytes.IndexByte(rest, 'm')+1:]
			continue
		}
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		switch {
		case r == '\t':
			text.WriteString("    ")
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029':
		case c.utf8:
			text.WriteRune(r)
		default:
			text.WriteByte(ascii(r))
		}
	}
	return text.String()
}

// name is what others have named or said, on one line.
func (c charset) name(s string) string {
	return c.printable([]byte(oneLine(s)))
}

func ascii(r rune) byte {
	if r >= utf8.RuneSelf {
		return '?'
	}
	return byte(r)
}

// ellipsis stands for what was cut off.
func (c charset) ellipsis() string {
	if c.utf8 {
		return "…"
	}
	return "~"
}

// clip shortens text to a number of columns.
func (c charset) clip(text string, columns int) string {
	if columns <= 0 {
		return ""
	}
	return displaywidth.TruncateString(text, columns, c.ellipsis())
}

// width is how many columns a text takes.
func width(text string) int {
	return displaywidth.String(text)
}
