package render

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Check is what came of checking a runner, and what the runner is.
type Check struct {
	Runner   *clockworkv1.Runner
	Response *clockworkv1.CheckRunnerResponse
}

type checksDocument struct {
	Runners []checkDocument `json:"runners"`
}

type checkDocument struct {
	Name         string                 `json:"name"`
	Usable       bool                   `json:"usable"`
	Findings     []checkFindingDocument `json:"findings"`
	Capabilities []capabilityDocument   `json:"capabilities"`
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
			for i, check := range checks {
				if i > 0 {
					page.Line("")
				}
				check.text(page)
			}
		},
	}
}

func (c Check) text(page *Page) {
	if c.Response.GetUsable() {
		page.Line("%s: %s", c.Runner.GetName(), page.palette.paint(green, "usable"))
	} else {
		page.Line("%s: %s", c.Runner.GetName(), page.palette.paint(red, "not usable"))
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
	if rows := capabilityRows(c.Runner.GetCapabilities()); len(rows) > 0 {
		page.Line("")
		page.Table([]string{"  CAPABILITY", "IN FORCE", "HOW, OR WHY NOT"}, rows)
	}
}

// capabilityRows gives what is to be done a row of its own: the sentences are long.
func capabilityRows(capabilities []*clockworkv1.Capability) (rows [][]string) {
	for _, capability := range capabilities {
		inForce := "no"
		if capability.GetAvailable() {
			inForce = "yes"
		}
		rows = append(rows, []string{"  " + capability.GetName(), inForce, orDash(capability.GetDetail())})
		if !capability.GetAvailable() && capability.GetRemedy() != "" {
			rows = append(rows, []string{"", "", "remedy: " + capability.GetRemedy()})
		}
	}
	return rows
}

func checkDocumentOf(check Check) checkDocument {
	return checkDocument{
		Name:   check.Runner.GetName(),
		Usable: check.Response.GetUsable(),
		Findings: each(check.Response.GetFindings(), func(f *clockworkv1.CheckFinding) checkFindingDocument {
			return checkFindingDocument{
				Name: f.GetName(), Passed: f.GetPassed(), Detail: f.GetDetail(), Remedy: f.GetRemedy(), Duration: seconds(f.GetDuration()),
			}
		}),
		Capabilities: each(check.Runner.GetCapabilities(), capabilityDocumentOf),
	}
}
