package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// maxOver and minOver are how many steps that are over are shown where there is room: the view stays small, for the
	// summary names them again, and what is taller than the window cannot be taken off it when that shrinks.
	maxOver = 10
	minOver = 3
	// minDetail is the least number of columns that are worth being used for a step's last line.
	minDetail = 4
)

// row is what one line says: of a step, or of what the execution waits for.
type row struct {
	status, name, elapsed string
	detail                piece
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
