package terminaltest

import (
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// row is one row of cells. A wide character takes a cell and an empty one after it.
type row struct {
	cells []string
	// wrapped tells that the line goes on in the next row.
	wrapped bool
}

// Emulator is a terminal.Device. It is safe for concurrent use.
type Emulator struct {
	mu sync.Mutex
	// rows are all rows that were ever used; the last ones are on the screen.
	rows          []row
	top           int
	line, column  int
	width, height int
	pending       []byte

	noWrap, hidden, frame bool
	muted, background     bool
	faults                []string
	bytes                 int
	signals               chan os.Signal
	obeyed                []os.Signal
}

// New returns an empty terminal.
func New(columns, rows int) *Emulator {
	return &Emulator{width: columns, height: rows, rows: make([]row, 1), signals: make(chan os.Signal, 1)}
}

// Write takes everything.
func (e *Emulator) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bytes += len(p)
	e.pending = append(e.pending, p...)
	for len(e.pending) > 0 {
		n := e.next(e.pending)
		if n == 0 {
			break
		}
		e.pending = e.pending[n:]
	}
	return len(p), nil
}

// next obeys the next character or sequence, and returns its length; 0: its end has not come.
func (e *Emulator) next(p []byte) int {
	switch b := p[0]; {
	case b == '\r':
		e.column = 0
	case b == '\n':
		e.down()
	case b == 0x1b:
		return e.sequence(p)
	case b < ' ' || b == 0x7f:
		e.fault(string(b))
	case !utf8.FullRune(p):
		return 0
	default:
		r, size := utf8.DecodeRune(p)
		e.put(r)
		return size
	}
	return 1
}

func (e *Emulator) fault(what string) {
	e.faults = append(e.faults, what)
}

// down moves to the next row, and scrolls at the end of the screen.
func (e *Emulator) down() {
	e.line++
	for len(e.rows) <= e.line {
		e.rows = append(e.rows, row{})
	}
	e.top = max(e.top, e.line-e.height+1)
}

// put writes a character where the cursor is.
func (e *Emulator) put(r rune) {
	columns := runeWidth(r)
	if columns == 0 {
		e.combine(r)
		return
	}
	if e.column+columns > e.width {
		if e.noWrap {
			e.column = e.width - columns
		} else {
			e.rows[e.line].wrapped = true
			e.down()
			e.column = 0
		}
	}
	cells := &e.rows[e.line].cells
	for len(*cells) < e.column+columns {
		*cells = append(*cells, " ")
	}
	(*cells)[e.column] = string(r)
	if columns == 2 {
		(*cells)[e.column+1] = ""
	}
	e.column += columns
}

func (e *Emulator) combine(r rune) {
	if cells := e.rows[e.line].cells; e.column > 0 && e.column <= len(cells) {
		cells[e.column-1] += string(r)
	}
}

// Resize changes the window. Lines are wrapped anew, and what has scrolled away comes back where there is room.
func (e *Emulator) Resize(columns, rows int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var again []row
	cursor := 0
	for first := 0; first < len(e.rows); {
		var whole []string
		last := first
		for ; last < len(e.rows); last++ {
			if last == e.line {
				cursor = len(again) + (len(whole)+e.column)/columns
			}
			whole = append(whole, e.rows[last].cells...)
			if !e.rows[last].wrapped {
				break
			}
		}
		again = append(again, split(whole, columns)...)
		first = last + 1
	}
	e.rows, e.line, e.width, e.height = again, cursor, columns, rows
	e.column = min(e.column, columns-1)
	e.top = max(0, e.line-rows+1)
}

func split(cells []string, columns int) []row {
	var rows []row
	for piece := range slices.Chunk(cells, columns) {
		rows = append(rows, row{cells: slices.Clone(piece), wrapped: true})
	}
	if len(rows) == 0 {
		return []row{{}}
	}
	rows[len(rows)-1].wrapped = false
	return rows
}

// Screen is what is seen, without blanks at the ends of lines and of the screen.
func (e *Emulator) Screen() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return text(e.rows[e.top:min(len(e.rows), e.top+e.height)])
}

// All is what is seen after all that has scrolled away.
func (e *Emulator) All() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return text(e.rows)
}

func text(rows []row) string {
	var lines []string
	for _, r := range rows {
		lines = append(lines, strings.TrimRight(strings.Join(r.cells, ""), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}
