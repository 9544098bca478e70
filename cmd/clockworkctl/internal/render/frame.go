package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"
)

const (
	// clockWidth is how many columns an elapsed time takes: "12m34s".
	clockWidth = 6
	// narrow is the number of columns below which the heading says less.
	narrow = 40
)

// frame is one picture of the live view.
type frame struct {
	charset

	palette       palette
	now           time.Time
	columns, rows int
}

// piece is text in one colour.
type piece struct {
	text   string
	colour colour
}

// lines are the picture: what the execution does, then its steps. They leave the last column and the last row free.
func (f *frame) lines(p *progress, broken *outage) []terminal.Line {
	rows := f.visible(p)
	names := 0
	for _, r := range rows {
		names = max(names, width(r.name))
	}
	names = min(names, (f.columns-1)*2/5)
	lines := []terminal.Line{f.heading(p, broken)}
	for _, r := range rows {
		lines = append(lines, f.line(f.pieces(r, names)...))
	}
	return lines
}

// heading says how far the execution is, or why nothing is known of it at present.
func (f *frame) heading(p *progress, broken *outage) terminal.Line {
	if broken != nil {
		return f.line(piece{"! disconnected ", yellow}, piece{clock(f.now.Sub(broken.since)), none}, piece{"  " + f.name(broken.cause.Error()) + "; trying to resume", none})
	}
	status := "queued"
	switch {
	case p.record.ended:
		status = ExecutionStatus(p.execution.GetStatus())
	case len(p.steps) > 0:
		status = "running"
	}
	done, gap, noun := strconv.Itoa(len(p.over)), "  ", " steps"
	if p.total > 0 {
		done += "/" + strconv.Itoa(int(p.total))
	}
	if f.columns < narrow {
		gap, noun = " ", ""
	}
	return f.line(
		piece{f.symbol(status, f.now) + " " + status, statusColours[status]},
		piece{gap + done + noun + gap + clock(f.now.Sub(p.accepted)), none},
		piece{troubles(p.over), red},
	)
}

// troubles counts what became of steps that are over and did not succeed.
func troubles(over []*stepProgress) string {
	counts := map[string]int{}
	for _, step := range over {
		counts[step.status()]++
	}
	var text strings.Builder
	for _, status := range []string{"failed", "timeout", "error", "lost", "cancelled", "skipped"} {
		if n := counts[status]; n > 0 {
			fmt.Fprintf(&text, ", %d %s", n, status)
		}
	}
	return text.String()
}

// line puts pieces together, as far as there is room for them.
func (f *frame) line(pieces ...piece) terminal.Line {
	var text strings.Builder
	used := 0
	for _, p := range pieces {
		part := f.clip(p.text, f.columns-1-used)
		used += width(part)
		text.WriteString(f.palette.paint(p.colour, part))
	}
	return terminal.Line{Text: text.String(), Width: used}
}

// clock is an elapsed time that a person sees grow, at most clockWidth columns wide for four days.
func clock(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}
