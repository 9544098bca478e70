package bundle_test

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/bundle"
)

func TestDigestIsOfTheMeaning(t *testing.T) {
	t.Parallel()
	for name, same := range map[string][]string{
		"defaults": {
			`{"version": "1", "artifacts": [{"path": "a"}], "steps": [{"purpose": "p", "run": {"cmd": ["x"]}}]}`,
			`{"version": "1", "order": "sequence", "artifacts": [{"path": "./a", "mode": "0644", "content": "", "checksum": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],
			  "steps": [{"purpose": "p", "name": "p", "run": {"cmd": ["x"], "cwd": ".", "env": {}}, "needs": [], "continue_on_error": false, "outputs": null}], "vars": {"N": null}}`,
			"version: '1'\nsteps:\n- purpose: p\n  run: {cmd: [x]}\nartifacts:\n- path: a\n",
		},
		"notations": {
			withVars(`{"A": 1000, "B": "true"}`), withVars(`{"B": true, "A": 1e3}`), withVars(`{"A": "1000", "B": true}`),
		},
		"content": {
			withArtifacts(`{"path": "a", "content": "x\n"}`), withArtifacts(`{"path": "a", "content_base64": "eAo="}`),
		},
		"retry": {
			withStep(`"retry": {"max_attempts": 2}`), withStep(`"retry": {"max_attempts": 2, "initial_delay": "1.0s", "max_delay": "60s", "multiplier": 2.0, "jitter": -0.0, "on": []}`),
		},
		"graph": {
			withNeeds("a", "b", "c:b a"), `{"order": "graph", ` + withNeeds("a", "b", "c:a b")[1:],
		},
	} {
		want := mustParse(t, same[0]).Digest
		for _, document := range same[1:] {
			if got := mustParse(t, document).Digest; got != want {
				t.Errorf("%s: digest is %s, want %s\n%s", name, got, want, document)
			}
		}
	}
}

func TestDigestTellsBundlesApart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, document := range []string{
		withSteps(shell), withSteps(shell + "," + shell),
		`{"version": "1", "order": "graph", "steps": [` + shell + `]}`,
		withRun(`{"cmd": ["ab", "c"]}`), withRun(`{"cmd": ["a", "bc"]}`), withRun(`{"cmd": ["abc"]}`), withRun(`{"cmd": ["abc", ""]}`),
		withRun(`{"cmd": ["true"], "cwd": "a"}`), withRun(`{"cmd": ["true"], "env": {"A": "b"}}`), withVars(`{"A": "b"}`), withVars(`{"Ab": ""}`),
		withArtifacts(`{"path": "a"}`), withArtifacts(`{"path": "a", "mode": "0755"}`), withArtifacts(`{"path": "a", "purpose": "b"}`),
		withArtifacts(`{"path": "a", "lang": "b"}`), withArtifacts(`{"path": "a", "content": "b"}`), withArtifacts(`{"path": "ab"}`),
		withArtifacts(`{"path": "a"}, {"path": "b"}`), withArtifacts(`{"path": "b"}, {"path": "a"}`),
		withStep(`"name": "b"`), withStep(`"timeout": "1s"`), withStep(`"timeout": "1.000000001s"`), withStep(`"continue_on_error": true`),
		withStep(`"outputs": ["a"]`), withStep(`"retry": {"max_attempts": 1}`), withStep(`"retry": {"max_attempts": 2}`),
		withRetry(`"multiplier": 3`), withRetry(`"jitter": 0.5`), withRetry(`"initial_delay": "2s"`), withRetry(`"max_delay": "2s"`),
		withRetry(`"on": [1]`), withRetry(`"on": [1, 2]`), withRetry(`"on": ["timeout"]`), withRetry(`"on": ["lost"]`), withRetry(`"on": [255, "lost"]`),
		withNeeds("a", "b:a", "c:a"), withNeeds("a", "b:a", "c:b"), withNeeds("a", "b:a", "c:a b"),
	} {
		digest := mustParse(t, document).Digest
		if other, ok := seen[digest]; ok {
			t.Errorf("one digest for\n%s\n%s", other, document)
		}
		seen[digest] = document
	}
}

// The digests of documents must not change by accident: idempotency keys outlive a daemon.
func TestDigestIsStable(t *testing.T) {
	t.Parallel()
	const want = "sha256:d210b605c1e02de7e4dff8f68b5c584455b18f482dbe7c1775b5b76d3391008d"
	if got := mustParse(t, pipeline).Digest; got != want {
		t.Errorf("digest is %s, want %s; if the encoding was changed on purpose, change its name too", got, want)
	}
}

func TestNormalizeIsRepeatable(t *testing.T) {
	t.Parallel()
	for _, document := range valid {
		message, first, err := bundle.Parse([]byte(document), bundle.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		second, err := bundle.Normalize(message, nil, bundle.DefaultLimits())
		if err != nil || first.Digest != second.Digest {
			t.Errorf("Parse gives %s, Normalize %v (%v)", first.Digest, second, err)
		}
	}
}
