package e2e

var badVars = []refusal{
	{name: "name begins with a digit", document: bundleWith(`"vars": {"1A": "x"}`), faults: []string{"vars.1A"}},
	{name: "name with a dash", document: bundleWith(`"vars": {"A-B": "x"}`), faults: []string{"vars.A-B"}},
	{name: "name not ASCII", document: bundleWith(`"vars": {"NAÏVE": "x"}`), faults: []string{`vars["NAÏVE"]`}},
	{name: "empty name", document: bundleWith(`"vars": {"": "x"}`), faults: []string{`vars[""]`}},
	{name: "name with an equals sign", document: bundleWith(`"vars": {"A=B": "x"}`), faults: []string{`vars["A=B"]`}},
	{name: "name with a line break at its end", document: bundleWith(`"vars": {"A\n": "x"}`), faults: []string{`vars["A\n"]`}},
	{name: "NUL", document: bundleWith(`"vars": {"A": "x\u0000y"}`), faults: []string{"vars.A"}},
	{name: "fraction", document: bundleWith(`"vars": {"A": 1.5}`), faults: []string{"vars.A"}},
	{name: "beyond 2^53", document: bundleWith(`"vars": {"A": 9007199254740994}`), faults: []string{"vars.A"}},
	{name: "below -2^53", document: bundleWith(`"vars": {"A": -9007199254740994}`), faults: []string{"vars.A"}},
	{name: "beyond 2^53 by what a double cannot hold", document: bundleWith(`"vars": {"A": 9007199254740993}`), faults: []string{"vars.A"}, documentOnly: true},
	{name: "fraction that a double cannot hold", document: bundleWith(`"vars": {"A": 1.00000000000000000001}`), faults: []string{"vars.A"}, documentOnly: true},
	{name: "beyond a double", document: bundleWith(`"vars": {"A": 1e400}`), faults: []string{"vars.A"}, documentOnly: true},
	{name: "list", document: bundleWith(`"vars": {"A": ["x"]}`), faults: []string{"vars.A"}},
	{name: "object", document: bundleWith(`"vars": {"A": {"b": "c"}}`), faults: []string{"vars.A"}},
	{name: "all of them", document: bundleWith(`"vars": {"1A": "x", "FINE": "x", "B": [], "C": 0.1}`), faults: []string{"vars.1A", "vars.B", "vars.C"}},
}

var badSteps = []refusal{
	{name: "none", document: `{"version": "1", "steps": []}`, faults: []string{"steps"}},
	{name: "no steps field", document: `{"version": "1"}`, faults: []string{"steps"}},
	{name: "null steps", document: `{"version": "1", "steps": null}`, faults: []string{"steps"}},
	{name: "empty cmd", document: runWith(`"cmd": []`), faults: []string{"steps[0].run.cmd"}},
	{name: "empty program", document: runWith(`"cmd": ["", "x"]`), faults: []string{"steps[0].run.cmd[0]"}},
	{name: "NUL in an argument", document: runWith(`"cmd": ["echo", "a", "b\u0000"]`), faults: []string{"steps[0].run.cmd[2]"}},
	{name: "neither purpose nor name", document: `{"version": "1", "steps": [{"run": {"cmd": ["true"]}}]}`, faults: []string{"steps[0].purpose"}},
	{name: "NUL in a name", document: stepWith(`"name": "a\u0000"`), faults: []string{"steps[0].name"}},
	{name: "no command and no artifact", document: `{"version": "1", "steps": [{"purpose": "a"}]}`, faults: []string{"steps[0].run.cmd"}},
	{name: "no command and only artifacts of other purposes", document: lazy(`"purpose": "b", "lang": "sh"`), faults: []string{"steps[0].run.cmd"}},
	{name: "no command and an artifact that cannot run", document: lazy(`"purpose": "a", "lang": "html"`), faults: []string{"steps[0].run.cmd"}},
	{name: "env/number", document: runWith(`"cmd": ["true"], "env": {"A": 1}`), faults: []string{"steps[0].run.env.A"}, documentOnly: true},
	{name: "env/null", document: runWith(`"cmd": ["true"], "env": {"A": null}`), faults: []string{"steps[0].run.env.A"}, documentOnly: true},
	{name: "env/NUL", document: runWith(`"cmd": ["true"], "env": {"A": "\u0000"}`), faults: []string{"steps[0].run.env.A"}},
	{name: "env/equals sign in a name", document: runWith(`"cmd": ["true"], "env": {"A=B": "x"}`), faults: []string{`steps[0].run.env["A=B"]`}},
	{name: "env/empty name", document: runWith(`"cmd": ["true"], "env": {"": "x"}`), faults: []string{`steps[0].run.env[""]`}},
	{name: "timeout/zero", document: stepWith(`"timeout": "0s"`), faults: []string{"steps[0].timeout"}},
	{name: "timeout/negative", document: stepWith(`"timeout": "-1.5s"`), faults: []string{"steps[0].timeout"}},
	{name: "timeout/minutes", document: stepWith(`"timeout": "5m"`), faults: []string{"steps[0].timeout"}, documentOnly: true},
	{name: "timeout/number", document: stepWith(`"timeout": 300`), faults: []string{"steps[0].timeout"}, documentOnly: true},
	{name: "timeout/empty", document: stepWith(`"timeout": ""`), faults: []string{"steps[0].timeout"}, documentOnly: true},
	{name: "order", document: bundleWith(`"order": "random"`), faults: []string{"order"}},
}

// lazy is a bundle whose step "a" has no command, with one artifact.
func lazy(artifact string) string {
	return `{"version": "1", "artifacts": [{"path": "a", ` + artifact + `}], "steps": [{"purpose": "a"}]}`
}

var badRetries = []refusal{
	{name: "no attempts", document: stepWith(`"retry": {}`), faults: []string{"steps[0].retry.max_attempts"}},
	{name: "zero attempts", document: stepWith(`"retry": {"max_attempts": 0}`), faults: []string{"steps[0].retry.max_attempts"}},
	{name: "negative attempts", document: stepWith(`"retry": {"max_attempts": -1}`), faults: []string{"steps[0].retry.max_attempts"}},
	{name: "attempts without end", document: stepWith(`"retry": {"max_attempts": 101}`), faults: []string{"steps[0].retry.max_attempts"}},
	{name: "half an attempt", document: stepWith(`"retry": {"max_attempts": 1.5}`), faults: []string{"steps[0].retry.max_attempts"}, documentOnly: true},
	{name: "zero initial_delay", document: retryWith(`"initial_delay": "0s"`), faults: []string{"steps[0].retry.initial_delay"}},
	{name: "negative max_delay", document: retryWith(`"max_delay": "-1s"`), faults: []string{"steps[0].retry.max_delay"}},
	{name: "max_delay below initial_delay", document: retryWith(`"initial_delay": "2s", "max_delay": "1s"`), faults: []string{"steps[0].retry.max_delay"}},
	{name: "multiplier below 1", document: retryWith(`"multiplier": 0.5`), faults: []string{"steps[0].retry.multiplier"}},
	{name: "zero multiplier", document: retryWith(`"multiplier": 0`), faults: []string{"steps[0].retry.multiplier"}, documentOnly: true},
	{name: "jitter beyond 1", document: retryWith(`"jitter": 1.1`), faults: []string{"steps[0].retry.jitter"}},
	{name: "negative jitter", document: retryWith(`"jitter": -0.1`), faults: []string{"steps[0].retry.jitter"}},
	{name: "on success", document: retryWith(`"on": [0]`), faults: []string{"steps[0].retry.on[0]"}},
	{name: "on what no process exits with", document: retryWith(`"on": [1, 256]`), faults: []string{"steps[0].retry.on[1]"}},
	{name: "on an unknown word", document: retryWith(`"on": ["timeout", "lost", "cancelled"]`), faults: []string{"steps[0].retry.on[2]"}},
	{name: "on a code in quotes", document: retryWith(`"on": ["1"]`), faults: []string{"steps[0].retry.on[0]"}},
	{name: "on no list", document: retryWith(`"on": "timeout"`), faults: []string{"steps[0].retry.on"}, documentOnly: true},
}

var badGraphs = []refusal{
	{name: "unknown name", document: graphOf(node("a"), node("b", "a", "c")), faults: []string{"steps[1].needs[1]"}},
	{name: "needs itself", document: graphOf(node("a", "a")), faults: []string{"steps[0].needs[0]"}},
	{name: "cycle of two", document: graphOf(node("a", "b"), node("b", "a")), faults: []string{"steps[1].needs[0]"}},
	{name: "cycle of three", document: graphOf(node("root"), node("a", "root", "c"), node("b", "a"), node("c", "b")), faults: []string{"steps[2].needs[0]"}},
	{name: "two cycles", document: graphOf(node("a", "b"), node("b", "a"), node("c", "d"), node("d", "c")), faults: []string{"steps[1].needs[0]", "steps[3].needs[0]"}},
	{name: "name twice", document: graphOf(node("a"), node("b"), node("a")), faults: []string{"steps[2].name"}},
	{
		name:     "purpose twice, in a graph by needs alone",
		document: `{"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}, {"purpose": "a", "run": {"cmd": ["true"]}}, ` + node("b", "a") + `]}`,
		faults:   []string{"steps[1].purpose"},
	},
	{name: "need twice", document: graphOf(node("a"), node("b", "a", "a")), faults: []string{"steps[1].needs[1]"}},
	{name: "cycle and unknown name", document: graphOf(node("a", "b"), node("b", "a", "nobody")), faults: []string{"steps[1].needs[0]", "steps[1].needs[1]"}},
}
