package render

import (
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Finding is one thing that doctor has looked at.
type Finding struct {
	// Area is where it looked: client, daemon or runner.
	Area string
	// Runner is the name of the runner, in that area.
	Runner string
	*clockworkv1.DaemonFinding
}

type doctorDocument struct {
	Problems int                     `json:"problems"`
	Warnings int                     `json:"warnings"`
	Findings []doctorFindingDocument `json:"findings"`
}

type doctorFindingDocument struct {
	Area   string `json:"area"`
	Runner string `json:"runner"`
	Name   string `json:"name"`
	State  string `json:"state"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

var findingColours = map[string]colour{"ok": green, "warning": yellow, "problem": red}

// Doctor shows what doctor has found, in the order given; what belongs to one area has to be together.
func Doctor(findings []Finding) View {
	document := doctorDocument{Findings: each(findings, doctorFindingDocumentOf)}
	names := 0
	for _, f := range document.Findings {
		names = max(names, width(f.Name))
		switch f.State {
		case "problem":
			document.Problems++
		case "warning":
			document.Warnings++
		}
	}
	return View{
		Document: document,
		Lines:    anys(document.Findings),
		Text: func(page *Page) {
			title := ""
			for _, f := range document.Findings {
				if next := strings.TrimSpace(f.Area + " " + f.Runner); next != title {
					page.area(title, next)
					title = next
				}
				page.finding(f, names)
			}
			page.Line("")
			page.Line("%s, %s", plural(document.Problems, "problem"), plural(document.Warnings, "warning"))
		},
	}
}

func (p *Page) area(last, next string) {
	if last != "" {
		p.Line("")
	}
	p.Line("%s", p.palette.paint(bold, next))
}

// finding writes a finding, and below it what is to be done about it; what is to be done about nothing is in documents alone.
func (p *Page) finding(f doctorFindingDocument, names int) {
	const states = len("warning")
	state := p.palette.paint(findingColours[f.State], f.State) + strings.Repeat(" ", max(0, states-len(f.State)))
	name := f.Name + strings.Repeat(" ", names-width(f.Name))
	p.Line("%s", strings.TrimRight("  "+state+"  "+name+"  "+oneLine(f.Detail), " "))
	if f.Remedy != "" && f.State != "ok" {
		p.Line("  %s  -> %s", strings.Repeat(" ", states), oneLine(f.Remedy))
	}
}

func doctorFindingDocumentOf(f Finding) doctorFindingDocument {
	return doctorFindingDocument{
		Area: f.Area, Runner: f.Runner, Name: f.GetName(), State: word(f.GetState(), "FINDING_STATE_"), Detail: f.GetDetail(), Remedy: f.GetRemedy(),
	}
}
