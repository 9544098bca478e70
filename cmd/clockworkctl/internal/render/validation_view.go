package render

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

type validationDocument struct {
	Valid        bool            `json:"valid"`
	Faults       []Fault         `json:"faults"`
	Verdict      verdictDocument `json:"verdict"`
	BundleDigest string          `json:"bundle_digest"`
	Runner       string          `json:"runner"`
	RunnerReason string          `json:"runner_reason"`
}

type verdictDocument struct {
	Allowed  bool              `json:"allowed"`
	Findings []findingDocument `json:"findings"`
}

type findingDocument struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Path     string `json:"path"`
	Message  string `json:"message"`
}

// Validation shows what is to be said of a bundle.
func Validation(validation *clockworkv1.ValidateBundleResponse) View {
	document := validationDocument{
		Valid: validation.GetValid(),
		Faults: each(validation.GetFaults(), func(fault *clockworkv1.Fault) Fault {
			return Fault{Path: fault.GetPath(), Message: fault.GetMessage()}
		}),
		Verdict: verdictDocument{
			Allowed:  validation.GetVerdict().GetAllowed(),
			Findings: each(validation.GetVerdict().GetFindings(), findingDocumentOf),
		},
		BundleDigest: validation.GetBundleDigest(),
		Runner:       validation.GetRunner(),
		RunnerReason: validation.GetRunnerReason(),
	}
	return View{Document: document, Text: document.text}
}

func findingDocumentOf(finding *clockworkv1.Finding) findingDocument {
	return findingDocument{
		Rule:     finding.GetRule(),
		Severity: word(finding.GetSeverity(), "SEVERITY_"),
		Path:     finding.GetPath(),
		Message:  finding.GetMessage(),
	}
}

func (d validationDocument) text(page *Page) {
	for _, fault := range d.Faults {
		page.Line("%s: %s", fault.Path, fault.Message)
	}
	for _, finding := range d.Verdict.Findings {
		page.Line("%s: %s (%s, rule %s)", finding.Path, finding.Message, finding.Severity, finding.Rule)
	}
	switch {
	case d.Valid:
		page.Line("%s: would run on runner %s (%s)", page.palette.paint(green, "valid"), d.Runner, d.RunnerReason)
		page.Line("%s", d.BundleDigest)
	case len(d.Faults) > 0:
		page.Line("%s: %s", page.palette.paint(red, "not valid"), plural(len(d.Faults), "fault"))
	case len(d.Verdict.Findings) > 0 && !d.Verdict.Allowed:
		page.Line("%s by policy", page.palette.paint(red, "refused"))
	default:
		page.Line("%s: %s", page.palette.paint(red, "no runner takes it"), d.RunnerReason)
	}
}
