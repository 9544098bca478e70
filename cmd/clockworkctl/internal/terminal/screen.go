package terminal

import (
	"bytes"
	"strconv"
	"strings"
)

// The control sequences that are written: ECMA-48 for the movements, DEC's private modes 7 (wrapping) and 25 (the cursor),
// and mode 2026, synchronized output, which terminals that do not know it ignore.
const (
	beginFrame = "\x1b[?2026h\x1b[?25l\x1b[?7l"
	endFrame   = "\x1b[?7h\x1b[?2026l"
	wrapping   = "\x1b[?7h"
	noWrapping = "\x1b[?7l"
	showCursor = "\x1b[?25h"
	eraseLine  = "\x1b[K"
	eraseBelow = "\x1b[J"
)

// Line is one line of a Screen.
type Line struct {
	// Text may contain colours, which it ends, and nothing else that a terminal obeys.
	Text string
	// Width is how many columns it takes.
	Width int
}

// Screen draws lines in place. The cursor stands on the line below them, invisible. It belongs to one goroutine.
type Screen struct {
	device Device
	drawn  []Line
	// columns is how wide the terminal was when they were drawn.
	columns int
	frame   bytes.Buffer
}

// NewScreen returns a screen on which nothing is drawn.
func NewScreen(device Device) *Screen {
	return &Screen{device: device}
}

// Draw replaces the lines, which must be fewer than the terminal's rows and narrower than it. What stands above is written
// above them first: whole lines, which scroll away like any other output. In the background it does nothing.
func (s *Screen) Draw(above string, lines []Line) error {
	if !s.device.Foreground() {
		return nil
	}
	s.device.Mute()
	columns, _ := s.device.Size()
	s.frame.Reset()
	s.frame.WriteString(beginFrame)
	s.top(columns)
	if above != "" || columns != s.columns {
		s.frame.WriteString(eraseBelow + wrapping + newlines(above) + noWrapping)
		s.drawn = nil
	}
	s.lines(lines)
	s.frame.WriteString(endFrame)
	s.drawn, s.columns = append(s.drawn[:0], lines...), columns
	return s.flush()
}

// Leave takes the lines off the screen, writes what is to stay in their place, and gives the terminal back. Draw may be
// called again.
func (s *Screen) Leave(text string) error {
	s.frame.Reset()
	if s.device.Foreground() {
		columns, _ := s.device.Size()
		s.top(columns)
		s.frame.WriteString(eraseBelow)
	}
	s.frame.WriteString(wrapping + newlines(text) + showCursor)
	s.drawn = nil
	err := s.flush()
	s.device.Unmute()
	return err
}

// top moves the cursor to where the first line begins. Lines that the terminal has wrapped meanwhile take more rows.
func (s *Screen) top(columns int) {
	rows := len(s.drawn)
	if columns > 0 && columns < s.columns && s.device.Wraps() {
		rows = 0
		for _, line := range s.drawn {
			rows += max(1, (line.Width+columns-1)/columns)
		}
	}
	s.frame.WriteByte('\r')
	if rows > 0 {
		s.frame.WriteString("\x1b[" + strconv.Itoa(rows) + "A")
	}
}

// lines writes what differs from what is drawn, and moves on below it.
func (s *Screen) lines(lines []Line) {
	for i, line := range lines {
		if i >= len(s.drawn) || s.drawn[i] != line {
			s.frame.WriteString(line.Text + eraseLine)
		}
		s.frame.WriteString("\r\n")
	}
	if len(lines) < len(s.drawn) {
		s.frame.WriteString(eraseBelow)
	}
}

func (s *Screen) flush() error {
	_, err := s.device.Write(s.frame.Bytes())
	return err
}

// newlines makes each line begin in the first column, whatever the terminal's modes are.
func newlines(text string) string {
	return strings.ReplaceAll(text, "\n", "\r\n")
}
