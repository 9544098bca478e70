package bundle_test

import "strings"

// shell is a step that breaks no rule.
const shell = `{"purpose": "a", "run": {"cmd": ["true"]}}`

// These wrap a piece of a document into a whole one that is otherwise valid.
func withArtifacts(json string) string {
	return `{"version": "1", "artifacts": [` + json + `], "steps": [` + shell + `]}`
}

func withSteps(json string) string { return `{"version": "1", "steps": [` + json + `]}` }

func withStep(fields string) string {
	return withSteps(`{"purpose": "a", "run": {"cmd": ["true"]}, ` + fields + `}`)
}

func withRun(json string) string { return withSteps(`{"purpose": "a", "run": ` + json + `}`) }

func withRetry(fields string) string { return withStep(`"retry": {"max_attempts": 3, ` + fields + `}`) }

func withVars(json string) string {
	return `{"version": "1", "steps": [` + shell + `], "vars": ` + json + `}`
}

// withNeeds is a graph, one step for each name, with what each needs.
func withNeeds(steps ...string) string {
	for i, step := range steps {
		name, needs, _ := strings.Cut(step, ":")
		list := ""
		if needs != "" {
			list = `"` + strings.Join(strings.Split(needs, " "), `", "`) + `"`
		}
		steps[i] = `{"purpose": "` + name + `", "run": {"cmd": ["true"]}, "needs": [` + list + `]}`
	}
	return withSteps(strings.Join(steps, ", "))
}

// longest is a path of 1,024 bytes, the most by default.
var longest = strings.Repeat(strings.Repeat("x", 63)+"/", 15) + strings.Repeat("x", 64)

// valid documents pass the schema and the decoder and keep every rule.
var valid = map[string]string{
	"the least":               withSteps(shell),
	"nulls everywhere":        `{"version": "1", "artifacts": null, "vars": null, "order": null, "steps": [{"purpose": null, "name": "x", "run": {"cmd": ["true"], "cwd": null, "env": null}, "needs": null, "timeout": null, "retry": null, "continue_on_error": null, "outputs": null}]}`,
	"empty texts are absent":  `{"version": "1", "order": "", "artifacts": [{"path": "x", "mode": "", "purpose": "", "lang": "", "content": "", "content_base64": "", "checksum": ""}], "steps": [{"purpose": "a", "name": "", "run": {"cmd": ["true"], "cwd": ""}}]}`,
	"null checksum":           withArtifacts(`{"path": "x", "checksum": null, "mode": null, "content": null}`),
	"checksum":                withArtifacts(`{"path": "x", "content": "hello\n", "checksum": "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}`),
	"checksum of binary":      withArtifacts(`{"path": "x", "content_base64": "aGVsbG8K", "checksum": "sha256:5891B5B522D5DF086D0FF0B110FBD9D21BB4FC7163AF34D08286A2E846F6BE03"}`),
	"base64 without padding":  withArtifacts(`{"path": "x", "content_base64": "__8"}`),
	"longest path":            withArtifacts(`{"path": "` + longest + `"}`),
	"dots in names":           withArtifacts(`{"path": "..a/b../...", "mode": "777"}, {"path": "./c//d"}`),
	"neighbours do not clash": withArtifacts(`{"path": "a/b"}, {"path": "a.b"}, {"path": "a/b.c"}, {"path": "ab"}, {"path": "a-b"}`),
	"NUL in content":          withArtifacts(`{"path": "x", "content": "a\u0000b"}`),
	"characters":              withArtifacts(`{"path": "naïve/😀", "content": "\ud83d\ude00\u00e9\/\"\\\b\f\n\r\t"}`),
	"vars of all types":       withVars(`{"S": "", "T": true, "F": false, "N": null, "I": 8080, "NEG": -1, "_z9": 1e3, "X": 1.0, "Y": 120e-1, "MAX": 9007199254740992, "MIN": -9007199254740992, "ZERO": -0.0}`),
	"env":                     withRun(`{"cmd": ["env", ""], "cwd": "./a/b", "env": {"A": "", "odd name": "=", "ä": "x"}}`),
	"step with a name only":   withSteps(`{"name": "a", "run": {"cmd": ["true"]}}`),
	"purposes repeat":         withSteps(shell + "," + shell),
	"names repeat":            withSteps(`{"name": "a", "run": {"cmd": ["true"]}}, {"name": "a", "run": {"cmd": ["true"]}}`),
	"retry":                   withRetry(`"initial_delay": "0.5s", "max_delay": "10s", "multiplier": 1.5, "jitter": 0.1, "on": [1, 255, 2.0, 1, "timeout", "lost"]`),
	"retry by default":        withStep(`"retry": {"max_attempts": 1}, "timeout": "300s"`),
	"outputs":                 withStep(`"outputs": ["dist/**", "*.log", "a?c/[x]", "**"]`),
	"a graph":                 withNeeds("a", "b:a", "c:a b", "d"),
	"a graph backwards":       withNeeds("a:b", "b:c", "c"),
	"a graph in words":        `{"version": "1", "order": "graph", "steps": [` + shell + `]}`,
	"a sequence in words":     `{"version": "1", "order": "sequence", "steps": [` + shell + `]}`,
	"step by lang":            `{"version": "1", "artifacts": [{"path": "x.py", "purpose": "a", "lang": "python"}], "steps": [{"purpose": "a"}, {"purpose": "a", "run": {}}, {"purpose": "a", "run": {"cwd": "y"}}]}`,
	"step by its x bit":       `{"version": "1", "artifacts": [{"path": "x", "mode": "0755", "purpose": "a", "lang": "perl"}], "steps": [{"purpose": "a", "run": null}]}`,
}
