package e2e

import "strings"

// sumOfHello is the checksum of "hello", the content of artifactWith.
const sumOfHello = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

var badArtifacts = []refusal{
	{name: "no path", document: bundleWith(`"artifacts": [{"content": "x"}]`), faults: []string{"artifacts[0].path"}},
	{name: "checksum of other content", document: artifactWith(`"checksum": "sha256:` + strings.Repeat("0", 64) + `"`), faults: []string{"artifacts[0].checksum"}},
	{name: "checksum of another kind", document: artifactWith(`"checksum": "md5:5d41402abc4b2a76b9719d911017c592"`), faults: []string{"artifacts[0].checksum"}},
	{name: "checksum without its kind", document: artifactWith(`"checksum": "` + strings.TrimPrefix(sumOfHello, "sha256:") + `"`), faults: []string{"artifacts[0].checksum"}},
	{name: "short checksum", document: artifactWith(`"checksum": "` + sumOfHello[:70] + `"`), faults: []string{"artifacts[0].checksum"}},
	{name: "both contents", document: artifactWith(`"content_base64": "aGVsbG8="`), faults: []string{"artifacts[0].content_base64"}},
	{name: "not base64", document: bundleWith(`"artifacts": [{"path": "a", "content_base64": "%%%"}]`), faults: []string{"artifacts[0].content_base64"}, documentOnly: true},
	{name: "mode beyond 0777", document: artifactWith(`"mode": "1777"`), faults: []string{"artifacts[0].mode"}},
	{name: "mode not octal", document: artifactWith(`"mode": "0888"`), faults: []string{"artifacts[0].mode"}},
	{name: "mode in letters", document: artifactWith(`"mode": "rwxr-xr-x"`), faults: []string{"artifacts[0].mode"}},
	{name: "mode with a prefix", document: artifactWith(`"mode": "0o755"`), faults: []string{"artifacts[0].mode"}},
	{name: "negative mode", document: artifactWith(`"mode": "-755"`), faults: []string{"artifacts[0].mode"}},
	{name: "mode as a number", document: artifactWith(`"mode": 755`), faults: []string{"artifacts[0].mode"}, documentOnly: true},
	{name: "mode as a number of JSON", document: artifactWith(`"mode": 493`), faults: []string{"artifacts[0].mode"}, documentOnly: true},
	{name: "NUL in the purpose", document: artifactWith(`"purpose": "a\u0000"`), faults: []string{"artifacts[0].purpose"}},
	{name: "NUL in the lang", document: artifactWith(`"lang": "sh\u0000"`), faults: []string{"artifacts[0].lang"}},
}

// One rule for the paths of artifacts, for cwd and for outputs.
var badPaths = []refusal{
	{name: "artifact/empty", document: artifactsAt(""), faults: []string{"artifacts[0].path"}},
	{name: "artifact/absolute", document: artifactsAt("/etc/passwd"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/parent", document: artifactsAt(".."), faults: []string{"artifacts[0].path"}},
	{name: "artifact/above", document: artifactsAt("../a"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/up and down", document: artifactsAt("a/../b"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/far above", document: artifactsAt("a/../../../../etc/passwd"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/parent at the end", document: artifactsAt("a/.."), faults: []string{"artifacts[0].path"}},
	{name: "artifact/NUL", document: artifactsAt("a\x00b"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/the workspace", document: artifactsAt("."), faults: []string{"artifacts[0].path"}},
	{name: "artifact/a directory", document: artifactsAt("a/"), faults: []string{"artifacts[0].path"}},
	{name: "artifact/long", document: artifactsAt(strings.Repeat("12345678/", 114)), faults: []string{"artifacts[0].path"}},
	{name: "artifact/long element", document: artifactsAt(strings.Repeat("x", 256)), faults: []string{"artifacts[0].path"}},

	{name: "collision/same", document: artifactsAt("a", "b", "a"), faults: []string{"artifacts[2].path"}},
	{name: "collision/same when clean", document: artifactsAt("a/b", ".//a/./b"), faults: []string{"artifacts[1].path"}},
	{name: "collision/each later one", document: artifactsAt("a", "a", "a"), faults: []string{"artifacts[1].path", "artifacts[2].path"}},
	{name: "collision/below a file", document: artifactsAt("a", "a/b"), faults: []string{"artifacts[1].path"}},
	{name: "collision/above a file", document: artifactsAt("a/b/c", "a"), faults: []string{"artifacts[1].path"}},
	{name: "collision/far below a file", document: artifactsAt("a", "a.b", "a/b/c/d"), faults: []string{"artifacts[2].path"}},

	{name: "cwd/absolute", document: runWith(`"cmd": ["true"], "cwd": "/"`), faults: []string{"steps[0].run.cwd"}},
	{name: "cwd/above", document: runWith(`"cmd": ["true"], "cwd": "../other"`), faults: []string{"steps[0].run.cwd"}},
	{name: "cwd/up and down", document: runWith(`"cmd": ["true"], "cwd": "a/../b"`), faults: []string{"steps[0].run.cwd"}},
	{name: "cwd/NUL", document: runWith(`"cmd": ["true"], "cwd": "a\u0000"`), faults: []string{"steps[0].run.cwd"}},
	{
		name:     "cwd/a file",
		document: `{"version": "1", "artifacts": [{"path": "a/b"}], "steps": [{"purpose": "a", "run": {"cmd": ["true"], "cwd": "a/b"}}]}`,
		faults:   []string{"steps[0].run.cwd"},
	},

	{name: "outputs/empty", document: stepWith(`"outputs": ["fine", ""]`), faults: []string{"steps[0].outputs[1]"}},
	{name: "outputs/absolute", document: stepWith(`"outputs": ["/etc/*"]`), faults: []string{"steps[0].outputs[0]"}},
	{name: "outputs/above", document: stepWith(`"outputs": ["a", "../*", "b/../../c"]`), faults: []string{"steps[0].outputs[1]", "steps[0].outputs[2]"}},
	{name: "outputs/NUL", document: stepWith(`"outputs": ["*\u0000"]`), faults: []string{"steps[0].outputs[0]"}},
}
