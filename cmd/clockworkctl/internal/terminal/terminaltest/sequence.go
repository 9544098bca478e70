package terminaltest

import (
	"regexp"
	"strconv"

	"github.com/clipperhouse/displaywidth"
)

// control is a control sequence (ECMA-48, 5.4): parameters and the last byte.
var control = regexp.MustCompile("^\x1b\\[([0-9;:?]*)([A-Za-z@])")

// sequence obeys a control sequence and returns its length; 0: its end has not come.
func (e *Emulator) sequence(p []byte) int {
	found := control.FindSubmatch(p)
	if found == nil {
		if len(p) > 32 {
			e.fault(string(p[:32]))
			return 1
		}
		return 0
	}
	parameters, last := string(found[1]), found[2][0]
	n, _ := strconv.Atoi(parameters)
	switch last {
	case 'm':
	case 'A':
		e.line = max(e.line-max(n, 1), e.top)
	case 'K':
		e.erase(e.line)
	case 'J':
		e.erase(e.line)
		for i := e.line + 1; i < len(e.rows); i++ {
			e.rows[i] = row{}
		}
	case 'h', 'l':
		e.mode(parameters, last == 'h')
	default:
		e.fault(string(found[0]))
	}
	return len(found[0])
}

// erase erases a row from the cursor on.
func (e *Emulator) erase(line int) {
	r := &e.rows[line]
	r.cells, r.wrapped = r.cells[:min(len(r.cells), e.column)], false
}

func (e *Emulator) mode(parameter string, set bool) {
	switch parameter {
	case "?7":
		e.noWrap = !set
	case "?25":
		e.hidden = !set
	case "?2026":
		e.frame = set
	default:
		e.fault("mode " + parameter)
	}
}

// runeWidth takes each character by itself, as simple terminals do: those of a family count three times.
func runeWidth(r rune) int {
	return displaywidth.Rune(r)
}
