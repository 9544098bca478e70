package render

// last is what stays on the terminal.
func (l *live) last() string {
	page := l.text.page
	if l.progress.ended {
		l.failures(page)
		summary(page, &l.progress.execution)
	} else {
		for _, line := range l.frame.lines(l.progress, l.outage) {
			page.Line("%s", line.Text)
		}
	}
	_ = page.out.Flush() // it ends in a buffer, which takes everything
	return l.above.String()
}

// failures shows the end of what steps printed that went wrong.
func (l *live) failures(page *Page) {
	shown := 0
	for _, step := range l.progress.over {
		if !wentWrong(step.result.GetStatus()) {
			continue
		}
		if shown++; shown > maxFailures {
			continue
		}
		page.Line("")
		page.failure(l.progress.execution.GetId(), step.result, &step.tail)
	}
	if shown > maxFailures {
		page.Line("")
		page.Line("and %s more went wrong", plural(shown-maxFailures, "step"))
	}
}
