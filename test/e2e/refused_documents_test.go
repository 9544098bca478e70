package e2e

var badDocuments = []refusal{
	{name: "nothing at all", document: ``, faults: []string{"$"}, documentOnly: true},
	{name: "not an object", document: `[]`, faults: []string{"$"}, documentOnly: true},
	{name: "not JSON", document: `{"version": "1", "steps": [}`, faults: []string{"steps[0]"}, documentOnly: true},
	{name: "a comma too many", document: bundleWith(`"vars": {"A": "1",}`), faults: []string{"vars"}, documentOnly: true},
	{name: "text after the end", document: bundleWith(`"vars": {}`) + ` more`, faults: []string{"$"}, documentOnly: true},
	{name: "two documents", document: bundleWith(`"vars": {}`) + `{}`, faults: []string{"$"}, documentOnly: true},
	{name: "byte order mark", document: "\ufeff" + bundleWith(`"vars": {}`), faults: []string{"$"}, documentOnly: true},
	{name: "not UTF-8", document: bundleWith("\"vars\": {\"A\": \"\xff\"}"), faults: []string{"$"}, documentOnly: true},

	{name: "no version", document: `{"steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]}`, faults: []string{"version"}},
	{name: "another version", document: `{"version": "2", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]}`, faults: []string{"version"}},
	{
		name: "version as a number", documentOnly: true,
		document: `{"version": 1, "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]}`, faults: []string{"version"},
	},
	{name: "null version is an absent one", document: `{"version": null, "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}]}`, faults: []string{"version"}},

	{name: "unknown field", document: bundleWith(`"colour": "red"`), faults: []string{"colour"}, documentOnly: true},
	{name: "unknown field of an artifact", document: artifactWith(`"owner": "root"`), faults: []string{"artifacts[0].owner"}, documentOnly: true},
	{name: "unknown field of a step", document: stepWith(`"when": "always"`), faults: []string{"steps[0].when"}, documentOnly: true},
	{name: "unknown field of run", document: runWith(`"cmd": ["true"], "shell": true`), faults: []string{"steps[0].run.shell"}, documentOnly: true},
	{name: "unknown field of retry", document: retryWith(`"forever": true`), faults: []string{"steps[0].retry.forever"}, documentOnly: true},
	{name: "null in an unknown field", document: bundleWith(`"colour": null`), faults: []string{"colour"}, documentOnly: true},
	{name: "runner is to come", document: stepWith(`"runner": "docker"`), faults: []string{"steps[0].runner"}, documentOnly: true},
	{name: "cache is to come", document: stepWith(`"cache": {}`), faults: []string{"steps[0].cache"}, documentOnly: true},
	{name: "secrets are to come", document: stepWith(`"secrets": []`), faults: []string{"steps[0].secrets"}, documentOnly: true},
	{name: "camel case", document: stepWith(`"continueOnError": true`), faults: []string{"steps[0].continueOnError"}, documentOnly: true},

	{name: "duplicate field", document: bundleWith(`"version": "1"`), faults: []string{"version"}, documentOnly: true},
	{name: "duplicate field of an artifact", document: artifactWith(`"path": "b.txt"`), faults: []string{"artifacts[0].path"}, documentOnly: true},
	{name: "duplicate field of a step", document: stepWith(`"purpose": "b"`), faults: []string{"steps[0].purpose"}, documentOnly: true},
	{name: "duplicate field of run", document: runWith(`"cmd": ["true"], "cmd": ["false"]`), faults: []string{"steps[0].run.cmd"}, documentOnly: true},
	{name: "duplicate var", document: bundleWith(`"vars": {"A": "1", "A": "2"}`), faults: []string{"vars.A"}, documentOnly: true},
	{name: "duplicate env", document: runWith(`"cmd": ["true"], "env": {"A": "1", "A": "1"}`), faults: []string{"steps[0].run.env.A"}, documentOnly: true},
	{name: "a field twice, once as null", document: bundleWith(`"order": null, "order": "graph"`), faults: []string{"order"}, documentOnly: true},

	{name: "artifacts as an object", document: bundleWith(`"artifacts": {}`), faults: []string{"artifacts"}, documentOnly: true},
	{name: "an artifact as a string", document: bundleWith(`"artifacts": ["a"]`), faults: []string{"artifacts[0]"}, documentOnly: true},
	{name: "null among artifacts", document: bundleWith(`"artifacts": [null]`), faults: []string{"artifacts[0]"}, documentOnly: true},
	{name: "steps as an object", document: `{"version": "1", "steps": {}}`, faults: []string{"steps"}, documentOnly: true},
	{name: "null among steps", document: `{"version": "1", "steps": [null]}`, faults: []string{"steps[0]"}, documentOnly: true},
	{name: "run as a string", document: `{"version": "1", "steps": [{"purpose": "a", "run": "true"}]}`, faults: []string{"steps[0].run"}, documentOnly: true},
	{name: "cmd as a string", document: runWith(`"cmd": "true"`), faults: []string{"steps[0].run.cmd"}, documentOnly: true},
	{name: "a number in cmd", document: runWith(`"cmd": ["sleep", 1]`), faults: []string{"steps[0].run.cmd[1]"}, documentOnly: true},
	{name: "null in cmd", document: runWith(`"cmd": ["sleep", null]`), faults: []string{"steps[0].run.cmd[1]"}, documentOnly: true},
	{name: "vars as a list", document: bundleWith(`"vars": []`), faults: []string{"vars"}, documentOnly: true},
	{name: "a string for a boolean", document: stepWith(`"continue_on_error": "yes"`), faults: []string{"steps[0].continue_on_error"}, documentOnly: true},

	{
		name: "everything at once, in the document's order", documentOnly: true,
		document: `{
			"version": "2",
			"artifacts": [
				{"path": "../escape", "mode": "0999"},
				{"path": "twice"},
				{"path": "./twice", "checksum": "md5:1"},
				{"path": "fine", "owner": "root"}
			],
			"order": "random",
			"steps": [
				{"purpose": "a", "run": {"cmd": ["", "b\u0000"], "cwd": "/tmp", "env": {"A": 1}}, "timeout": "0s", "cache": {}},
				{"purpose": "b", "run": {"cmd": ["true"]}, "outputs": ["ok", "../*"], "needs": ["nobody"], "retry": {"max_attempts": 101}}
			],
			"vars": {"1ST": "x", "HALF": 0.5, "LIST": []},
			"colour": "red"
		}`,
		faults: []string{
			"version", "artifacts[0].path", "artifacts[0].mode", "artifacts[2].path", "artifacts[2].checksum", "artifacts[3].owner", "order",
			"steps[0].run.cmd[0]", "steps[0].run.cmd[1]", "steps[0].run.cwd", "steps[0].run.env.A", "steps[0].timeout", "steps[0].cache",
			"steps[1].outputs[1]", "steps[1].needs[0]", "steps[1].retry.max_attempts",
			"vars.1ST", "vars.HALF", "vars.LIST", "colour",
		},
	},
	{
		name: "everything at once that a message can have",
		document: `{
			"version": "2",
			"artifacts": [{"path": "../escape", "mode": "0999"}, {"path": "twice"}, {"path": "./twice", "checksum": "md5:1"}],
			"order": "random",
			"steps": [
				{"purpose": "a", "run": {"cmd": ["", "b\u0000"], "cwd": "/tmp"}, "timeout": "-1s"},
				{"purpose": "b", "run": {"cmd": ["true"]}, "outputs": ["ok", "../*"], "needs": ["nobody"], "retry": {"max_attempts": 101}}
			],
			"vars": {"1ST": "x"}
		}`,
		faults: []string{
			"version", "artifacts[0].path", "artifacts[0].mode", "artifacts[2].path", "artifacts[2].checksum", "order",
			"steps[0].run.cmd[0]", "steps[0].run.cmd[1]", "steps[0].run.cwd", "steps[0].timeout",
			"steps[1].outputs[1]", "steps[1].needs[0]", "steps[1].retry.max_attempts", "vars.1ST",
		},
	},
}

// YAML is read as the core schema of YAML 1.2 says, and brings no notation of its own into bundles.
var badYAML = []refusal{
	{name: "not YAML", document: "version: \"1\nsteps: [", faults: []string{"$"}, documentOnly: true},
	{name: "unknown field", document: minimalYAML + "colour: red\n", faults: []string{"colour"}, documentOnly: true},
	{name: "duplicate key", document: minimalYAML + "version: \"1\"\n", faults: []string{"version"}, documentOnly: true},
	{name: "version as a number", document: "version: 1\n" + stepsYAML, faults: []string{"version"}, documentOnly: true},
	{name: "alias", document: minimalYAML + "vars: {A: &a x, B: *a}\n", faults: []string{"vars.B"}, documentOnly: true},
	{name: "tag", document: minimalYAML + "vars: {A: !!binary aGk=}\n", faults: []string{"vars.A"}, documentOnly: true},
	{name: "mode as a number", document: minimalYAML + "artifacts:\n  - {path: a, mode: 0755}\n", faults: []string{"artifacts[0].mode"}, documentOnly: true},
	{name: "a var as a fraction", document: minimalYAML + "vars: {A: 1.5}\n", faults: []string{"vars.A"}, documentOnly: true},
	{name: "two documents", document: minimalYAML + "---\n" + minimalYAML, faults: []string{"$"}, documentOnly: true},
	{name: "bad path", document: minimalYAML + "artifacts:\n  - path: /etc/passwd\n", faults: []string{"artifacts[0].path"}, documentOnly: true},
}

const (
	stepsYAML   = "steps:\n  - purpose: a\n    run: {cmd: [\"true\"]}\n"
	minimalYAML = "version: \"1\"\n" + stepsYAML
)
