package bundle_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/clockworkd/clockwork/internal/bundle"
)

const pipeline = `
# What people write.
version: "1"
artifacts:
  - path: fetch.sh
    mode: "0755"
    purpose: fetch
    lang: bash
    content: |
      #!/bin/bash
      echo "$REF"
steps:
  - purpose: fetch
    run:
      cmd: [bash, fetch.sh, yes, no, on, 2024-01-01, 12:30:00, 1_000, v1.2, =, -]
    timeout: 300s
    continue_on_error: TRUE
  - {purpose: fetch, outputs: ["dist/**"]}
vars:
  REF: main
  PORT: 8080
  VERBOSE: true
  NOTHING: ~
  DATE: 2024-01-01
  QUOTED: "0755"
  YES: yes
`

func TestYAMLMeansWhatItsJSONMeans(t *testing.T) {
	t.Parallel()
	got := mustParse(t, pipeline)
	want := mustParse(t, `{"version": "1", "artifacts": [{"path": "fetch.sh", "mode": "0755", "purpose": "fetch",
		"lang": "bash", "content": "#!/bin/bash\necho \"$REF\"\n"}],
		"steps": [{"purpose": "fetch", "run": {"cmd": ["bash", "fetch.sh", "yes", "no", "on", "2024-01-01", "12:30:00", "1_000", "v1.2", "=", "-"]},
		"timeout": "300s", "continue_on_error": true}, {"purpose": "fetch", "outputs": ["dist/**"]}],
		"vars": {"REF": "main", "PORT": 8080, "VERBOSE": true, "DATE": "2024-01-01", "QUOTED": "0755", "YES": "yes"}}`)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestCorpusMeansTheSameAsYAML(t *testing.T) {
	t.Parallel()
	for name, document := range valid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tree any
			decoder := json.NewDecoder(strings.NewReader(document))
			decoder.UseNumber()
			if err := decoder.Decode(&tree); err != nil {
				t.Fatal(err)
			}
			text, err := yaml.Marshal(plainNumbers(tree))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := mustParse(t, string(text)), mustParse(t, document); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v\n%s", got, want, text)
			}
		})
	}
}

// plainNumbers makes numbers what YAML writes without quotes, as they are spelled.
func plainNumbers(tree any) any {
	switch v := tree.(type) {
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plainNumbers(v[key])
		}
	}
	return tree
}

func TestParseRefusesYAMLOfItsOwnKind(t *testing.T) {
	t.Parallel()
	const rest = "version: '1'\nsteps: [{purpose: a, run: {cmd: [x]}}]\n"
	for name, test := range map[string]struct {
		document string
		faults   [][2]string
	}{
		"octal mode":       {rest + "artifacts: [{path: a, mode: 0755}]", [][2]string{{"artifacts[0].mode", `is a number; quote it: "0755" (line 3, column 23)`}}},
		"version 1":        {"version: 1\nsteps: [{purpose: a, run: {cmd: [x]}}]", [][2]string{{"version", `quote it: "1" (line 1, column 1)`}}},
		"numbers":          {rest + "vars: {A: 0755, B: 0o17, C: 0x1f, D: .inf, E: .NaN, F: +1, G: 1., H: .5}", [][2]string{{"vars.A", "notation"}, {"vars.B", "notation"}, {"vars.C", "notation"}, {"vars.D", "notation"}, {"vars.E", "notation"}, {"vars.F", "notation"}, {"vars.G", "notation"}, {"vars.H", "notation"}}},
		"fractions":        {rest + "vars: {A: 1.5}", [][2]string{{"vars.A", "2^53"}}},
		"alias":            {"version: '1'\nsteps: [&a {purpose: a, run: {cmd: [x]}}, *a]", [][2]string{{"steps[1]", "is an alias (*a), which bundles do not have; write the value out"}}},
		"alias in a key":   {rest + "vars: {&a A: x, *a : y}", [][2]string{{"vars.a", "a key that is not a plain name"}}},
		"merge key":        {rest + "vars: {<<: {A: x}}", [][2]string{{`vars["<<"]`, "is a merge key"}}},
		"tag":              {rest + "vars: {A: !!str 5, B: !secret x}", [][2]string{{"vars.A", `has the tag "!!str"`}, {"vars.B", `has the tag "!secret"`}}},
		"tag of a list":    {"version: '1'\nsteps: !!seq [{purpose: a, run: {cmd: [x]}}]", [][2]string{{"steps", "has the tag"}}},
		"key is a list":    {rest + "vars: {[a]: b}", [][2]string{{`vars[""]`, "a key that is not a plain name"}}},
		"two documents":    {rest + "---\n" + rest, [][2]string{{"$", "is followed by a second document"}}},
		"broken second":    {rest + "---\n[", [][2]string{{"$", "is not valid YAML: line"}}},
		"not YAML":         {"version: '1\n", [][2]string{{"$", "is not valid YAML"}}},
		"tab":              {"steps:\n\t- x\n", [][2]string{{"$", "is not valid YAML"}}},
		"a plain text":     {"hello\n", [][2]string{{"$", "must be an object, is a string (line 1, column 1)"}}},
		"a comment":        {"# nothing\n", [][2]string{{"$", ""}}},
		"keys given twice": {rest + "vars:\n  A: 1\n  A: 2\n", [][2]string{{"vars.A", "given twice, first in line 4; keep one (line 5, column 3)"}}},
		"odd keys":         {rest + "vars: {1: x, true: y, ~: z}", [][2]string{{"vars.1", "name"}, {`vars["~"]`, "name"}}},
		"deep":             {"version: 1\nsteps: [" + strings.Repeat("[", 100) + strings.Repeat("]", 101), [][2]string{{"version", "quote"}, {"steps[0]", "must be an object"}}},
		"deep lists":       {"version: " + strings.Repeat("[", 20_000), [][2]string{{"$", "is not valid YAML"}}},
		"an expansion":     {"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nversion: *c\nsteps: *c\n", [][2]string{{"a", "unknown"}, {"b", "unknown"}, {"c", "unknown"}, {"version", "alias"}, {"steps", "alias"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := bundle.Parse([]byte(test.document), bundle.DefaultLimits())
			checkFaults(t, err, test.faults)
		})
	}
}
