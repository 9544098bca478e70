package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// maxOver and minOver are how many steps that are over are shown where there is room: the view stays small, for the
	// summary names them again, and what is taller than the window cannot be taken off it when that shrinks.
	maxOver = 10
	minOver = 3
	// clockWidth is how many columns an elapsed time takes: "12m34s".
	clockWidth = 6
	// minDetail is the least number of columns that are worth being used for a step's last line.
	minDetail = 4
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

// row is what one line says: of a step, or of what the execution waits for.
type row struct {
	status, name, elapsed string
	detail                piece
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

// visible chooses the rows for which there is room: what runs, then what went wrong, then what ended last.
func (f *frame) visible(p *progress) []row {
	room := f.rows - 2 // the heading, and the cursor below
	var rows []row
	if p.idle() && (p.notice != nil || len(p.steps) == 0) {
		rows = append(rows, f.waiting(p))
	}
	for _, step := range p.running {
		rows = append(rows, f.step(step))
	}
	if len(rows) > room {
		hidden := len(rows) - max(room-1, 0)
		rows = append(rows[:max(room-1, 0)], row{name: fmt.Sprintf("and %d more", hidden)})
		return rows[:max(min(len(rows), room), 0)]
	}
	over := slices.SortedStableFunc(newestFirst(p.over), func(a, b *stepProgress) int { return cmp.Compare(rank(a), rank(b)) })
	wanted := min(max(f.rows/2-len(rows), minOver), maxOver, room-len(rows), len(over))
	for _, step := range over[:max(wanted, 0)] {
		rows = append(rows, f.step(step))
	}
	return rows
}

func newestFirst(steps []*stepProgress) func(yield func(*stepProgress) bool) {
	return func(yield func(*stepProgress) bool) {
		for _, step := range slices.Backward(steps) {
			if !yield(step) {
				return
			}
		}
	}
}

// rank orders what is over: what a person wants to see first has the lowest.
func rank(step *stepProgress) int {
	switch step.result.GetStatus() {
	case clockworkv1.StepStatus_STEP_STATUS_SUCCESS:
		return 1
	case clockworkv1.StepStatus_STEP_STATUS_SKIPPED:
		return 2
	default:
		return 0
	}
}

// waiting is the row of what the execution waits for while no step runs.
func (f *frame) waiting(p *progress) row {
	if p.notice == nil {
		return row{name: "sandbox", elapsed: clock(f.now.Sub(p.waiting)), detail: piece{"waiting for one", faint}}
	}
	return row{name: phaseName(p.notice.GetPhase()), elapsed: clock(f.now.Sub(p.waiting)), detail: piece{f.name(p.notice.GetMessage()), none}}
}

// step is the row of a step.
func (f *frame) step(s *stepProgress) row {
	r := row{status: s.status(), name: f.name(s.name), elapsed: clock(s.elapsed(f.now))}
	switch {
	case s.result != nil && s.result.GetStartTime() == nil:
		r.elapsed = "" // it never started
		fallthrough
	case s.result != nil && s.result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_SUCCESS:
		r.detail = piece{strings.TrimSuffix(r.status+": "+f.name(ending(s.result)), ": "), statusColours[r.status]}
	case s.retry != nil && s.result == nil:
		wait := max(s.due.Sub(f.now), 0)
		r.detail = piece{fmt.Sprintf("attempt %d in %s: %s", s.retry.GetAttempt(), clock(wait), f.name(s.retry.GetReason())), yellow}
	default:
		r.detail = piece{f.printable(s.tail.last()), faint}
		if r.detail.text == "" && s.result == nil {
			r.detail.text = f.printable([]byte(s.command)) // until it says something itself
		}
		if s.attempt > 1 {
			r.detail.text = fmt.Sprintf("attempt %d: %s", s.attempt, r.detail.text)
		}
	}
	return r
}

// pieces are a row in columns: symbol, name, elapsed time, detail. Where there is no room for a detail it is left out.
func (f *frame) pieces(r row, names int) []piece {
	name := f.clip(r.name, names)
	pieces := []piece{
		{f.symbol(r.status, f.now) + " ", statusColours[cmp.Or(r.status, "running")]},
		{name + strings.Repeat(" ", names-width(name)), none},
		{fmt.Sprintf(" %*s", clockWidth, r.elapsed), none},
	}
	if room := f.columns - 1 - 2 - names - 1 - clockWidth - 2; room >= minDetail {
		pieces = append(pieces, piece{"  " + f.clip(r.detail.text, room), r.detail.colour})
	}
	return pieces
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
