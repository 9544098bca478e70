package render

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Check is what came of checking a runner.
type Check struct {
	Runner   string
	Response *clockworkv1.CheckRunnerResponse
}

type checksDocument struct {
	Runners []checkDocument `json:"runners"`
}

type checkDocument struct {
	Name     string                 `json:"name"`
	Usable   bool                   `json:"usable"`
	Findings []checkFindingDocument `json:"findings"`
}

type checkFindingDocument struct {
	Name     string  `json:"name"`
	Passed   bool    `json:"passed"`
	Detail   string  `json:"detail"`
	Remedy   string  `json:"remedy"`
	Duration decimal `json:"duration"`
}

// Checks shows what came of checking runners.
func Checks(checks []Check) View {
	documents := each(checks, checkDocumentOf)
	return View{
		Document: checksDocument{documents},
		Lines:    anys(documents),
		Text: func(page *Page) {
			for _, check := range checks {
				check.text(page)
			}
		},
	}
}

func (c Check) text(page *Page) {
	if c.Response.GetUsable() {
		page.Line("%s: %s", c.Runner, page.palette.paint(green, "usable"))
	} else {
		page.Line("%s: %s", c.Runner, page.palette.paint(red, "not usable"))
	}
	for _, finding := range c.Response.GetFindings() {
		mark := page.palette.paint(green, "ok    ")
		if !finding.GetPassed() {
			mark = page.palette.paint(red, "FAILED")
		}
		line := "  " + mark + " " + finding.GetName() + " (" + span(finding.GetDuration().AsDuration()) + ")"
		if finding.GetDetail() != "" {
			line += ": " + finding.GetDetail()
		}
		page.Line("%s", line)
		if !finding.GetPassed() && finding.GetRemedy() != "" {
			page.Line("         %s", finding.GetRemedy())
		}
	}
}

func checkDocumentOf(check Check) checkDocument {
	return checkDocument{
		Name:   check.Runner,
		Usable: check.Response.GetUsable(),
		Findings: each(check.Response.GetFindings(), func(f *clockworkv1.CheckFinding) checkFindingDocument {
			return checkFindingDocument{
				Name: f.GetName(), Passed: f.GetPassed(), Detail: f.GetDetail(), Remedy: f.GetRemedy(), Duration: seconds(f.GetDuration()),
			}
		}),
	}
}
