package render

import "time"

// spinners turn while something runs, one picture every spinnerStep.
var (
	spinner      = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}
	spinnerASCII = []string{"|", "/", "-", "\\"}
)

const spinnerStep = 100 * time.Millisecond

// symbols begin the line of a step; the second one is for terminals that know only ASCII. All are one column wide.
var symbols = map[string][2]string{
	"success":   {"✓", "+"},
	"failed":    {"✗", "x"},
	"timeout":   {"✗", "x"},
	"error":     {"✗", "x"},
	"lost":      {"✗", "x"},
	"cancelled": {"⊘", "!"},
	"skipped":   {"-", "-"},
	"retrying":  {"↻", "~"},
}

// symbol is the one of a status; what has none is at it.
func (c charset) symbol(status string, now time.Time) string {
	pair, ok := symbols[status]
	switch {
	case ok && c.utf8:
		return pair[0]
	case ok:
		return pair[1]
	case c.utf8:
		return turn(spinner, now)
	default:
		return turn(spinnerASCII, now)
	}
}

func turn(pictures []string, now time.Time) string {
	return pictures[int(now.UnixMilli()/spinnerStep.Milliseconds())%len(pictures)]
}
