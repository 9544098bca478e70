package render

import (
	"io"
	"unicode/utf8"
)

// Guard passes on what only prints: text, tabs, line ends, and the colours of SGR sequences (ECMA-48, 8.3.117). Everything else that
// a terminal obeys is left out: the cursor's movements, titles, the clipboard, bells. What has no end stops at the line's.
func Guard(out io.Writer) io.Writer {
	return &guard{out: out}
}

// maxSGR bounds, in bytes, what is kept back of a sequence until it is known to be SGR.
const maxSGR = 64

type guard struct {
	out  io.Writer
	read func(g *guard, b byte)
	// held is the begin of a sequence or of a rune that is still to be judged, due how many bytes the rune lacks.
	held []byte
	due  int
	line []byte
}

// Write takes all of p.
func (g *guard) Write(p []byte) (int, error) {
	g.line = g.line[:0]
	for _, b := range p {
		if b == '\n' {
			g.endLine()
		}
		if g.read == nil {
			g.text(b)
		} else {
			g.read(g, b)
		}
	}
	if _, err := g.out.Write(g.line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ground forgets the sequence that was being read.
func (g *guard) ground() {
	g.read, g.held, g.due = nil, g.held[:0], 0
}

// endLine gives up what was being read; bytes that only look like the begin of a rune are text.
func (g *guard) endLine() {
	if g.due > 0 {
		g.line = append(g.line, g.held...)
	}
	g.ground()
}

// The introducers of ECMA-48 in their 8-bit form, which is also the code of the rune.
const (
	dcs = 0x90
	sos = 0x98
	csi = 0x9b
	osc = 0x9d
	pm  = 0x9e
	apc = 0x9f
)

func (g *guard) text(b byte) {
	switch {
	case b == '\n' || b == '\t' || b == '\r' || b >= ' ' && b < 0x7f:
		g.line = append(g.line, b)
	case b == 0x1b:
		g.read = (*guard).escape
	case b >= 0x80 && b < 0xa0:
		g.control(b)
	case b >= 0xc0:
		g.held, g.due, g.read = append(g.held[:0], b), runeLength(b)-1, (*guard).rune
	case b >= 0xa0: // no rune begins so
		g.line = append(g.line, b)
	}
}

// runeLength is how many bytes a rune has that begins with b.
func runeLength(b byte) int {
	switch {
	case b >= 0xf0:
		return 4
	case b >= 0xe0:
		return 3
	default:
		return 2
	}
}

// rune reads what follows the first byte of a rune: the controls from U+0080 to U+009F are obeyed like their 8-bit forms.
func (g *guard) rune(b byte) {
	if b&0xc0 != 0x80 {
		g.line = append(g.line, g.held...)
		g.ground()
		g.text(b)
		return
	}
	g.held = append(g.held, b)
	if g.due--; g.due > 0 {
		return
	}
	whole, _ := utf8.DecodeRune(g.held)
	if whole >= 0x80 && whole < 0xa0 {
		g.ground()
		g.control(byte(whole))
		return
	}
	g.line = append(g.line, g.held...)
	g.ground()
}

// control reads on after an 8-bit control.
func (g *guard) control(b byte) {
	switch b {
	case csi:
		g.read = (*guard).csi
	case dcs, sos, osc, pm, apc:
		g.read = (*guard).str
	}
}

// escape reads what follows ESC: an introducer in its 7-bit form, intermediate bytes, or the last byte.
func (g *guard) escape(b byte) {
	switch {
	case b >= 0x40 && b < 0x60:
		g.ground()
		g.control(b + 0x40)
	case b >= 0x20 && b < 0x30:
	case b == 0x1b:
	default:
		g.ground()
	}
}

// csi reads parameters, intermediate bytes and the last byte of a control sequence.
func (g *guard) csi(b byte) {
	switch {
	case b == 'm' && len(g.held) < maxSGR && isSGR(g.held):
		g.line = append(g.line, "\x1b["...)
		g.line = append(append(g.line, g.held...), 'm')
		g.ground()
	case b >= 0x40 && b < 0x7f:
		g.ground()
	case b == 0x1b:
		g.ground()
		g.read = (*guard).escape
	case len(g.held) < maxSGR:
		g.held = append(g.held, b)
	}
}

// isSGR tells whether the parameters are numbers; others with the same last byte set modes.
func isSGR(parameters []byte) bool {
	for _, b := range parameters {
		if b < '0' || b > ';' {
			return false
		}
	}
	return true
}

// str reads a string that is for the terminal, up to BEL or ST.
func (g *guard) str(b byte) {
	switch b {
	case 0x07, 0x9c, 0x18, 0x1a:
		g.ground()
	case 0x1b:
		g.read = (*guard).escape // of ST only "\" is left, which escape drops
	}
}
