package bundle_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clockworkd/clockwork/internal/bundle"
)

func TestDecodeRefusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ document, path, message string }{
		"cut off":           {`{"version": "1"`, "$", "a comma or '}' must stand here, not the end of the document (line 1, column 16)"},
		"cut off in string": {`{"version": "1`, "version", "the string that begins here has no end (line 1, column 13)"},
		"trailing comma":    {`{"version": "1",}`, "$", "a field's name in double quotes must stand here, not '}'"},
		"trailing data":     {`{"version": "1"} {}`, "$", "'{' follows the end of the document"},
		"missing comma":     {"{\"steps\": [{}\n {}]}", "steps", "a comma or ']' must stand here, not '{' (line 2, column 2)"},
		"missing colon":     {`{"version" "1"}`, "version", "a colon must follow"},
		"missing value":     {`{"steps": [{"run": }]}`, "steps[0].run", "a value must stand here, not '}'"},
		"single quotes":     {`{'version': '1'}`, "$", "in double quotes"},
		"comment":           {"{ // version\n}", "$", "in double quotes"},
		"wrong word":        {`{"vars": {"A": True}}`, "vars.A", "a value must stand here, not 'T'"},
		"leading zero":      {`{"vars": {"A": 0755}}`, "vars.A", "no leading zero"},
		"leading point":     {`{"vars": {"A": .5}}`, "vars.A", "a value must stand here"},
		"trailing point":    {`{"vars": {"A": 1.}}`, "vars.A", "no point at an end"},
		"empty exponent":    {`{"vars": {"A": 1e}}`, "vars.A", "must be decimal"},
		"hexadecimal":       {`{"vars": {"A": 0x1f}}`, "vars.A", "must be decimal"},
		"not a number":      {`{"vars": {"A": NaN}}`, "vars.A", "a value must stand here"},
		"line break":        {"{\"a\": \"x\ny\"}", "a", "a control character (U+000A) in a string"},
		"NUL byte":          {"{\"a\": \x00}", "a", `not '\x00'`},
		"unknown escape":    {`{"a": "C:\dir"}`, "a", `a backslash itself is written as \\ (line 1, column 10)`},
		"short escape":      {`{"a": "\u12"}`, "a", "an escape that JSON does not know"},
		"lone high half":    {`{"a": "\ud83d"}`, "a", `one half of a surrogate pair (\ud83d)`},
		"lone low half":     {`{"a": "\ude00x"}`, "a", `one half of a surrogate pair (\ude00)`},
		"two high halves":   {`{"a": "\ud83d\ud83d"}`, "a", "one half of a surrogate pair"},
		"in a key":          {`{"\ud83d": 1}`, "$", "one half of a surrogate pair"},
		"deep":              {strings.Repeat(`{"a":`, 100), "", "nested more than 64 levels deep"},
		"deep lists":        {strings.Repeat(`[`, 100_000), "", "nested more than 64 levels deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message, err := bundle.Decode([]byte(test.document), bundle.DefaultLimits())
			var faults bundle.Faults
			if !errors.As(err, &faults) || len(faults) != 1 || message == nil {
				t.Fatalf("message %v, error %v; want a message and one fault", message, err)
			}
			if test.path != "" && faults[0].Path != test.path {
				t.Errorf("path is %s, want %s", faults[0].Path, test.path)
			}
			if !strings.Contains(faults[0].Message, test.message) {
				t.Errorf("message is %q, want %q", faults[0].Message, test.message)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNotText(t *testing.T) {
	t.Parallel()
	limits := bundle.DefaultLimits()
	limits.Bundle = 100
	for name, test := range map[string]struct{ document, message string }{
		"empty":           {"", "is an empty document"},
		"blank":           {" \n\t\n", ""},
		"byte order mark": {"\ufeff{}", "byte order mark"},
		"UTF-16":          {"\xff\xfe{\x00}\x00", "is not valid UTF-8"},
		"Latin-1":         {"{\n \"a\": \"na\xefve\"}", "is not valid UTF-8; binary content goes into content_base64 (line 2, column 10)"},
		"overlong":        {"\"\xc0\x80\"", "is not valid UTF-8"},
		"too large":       {strings.Repeat(" ", 101), "has 101 bytes; a bundle has at most 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bundle.Decode([]byte(test.document), limits)
			checkFaults(t, err, [][2]string{{"$", test.message}})
		})
	}
}

// FuzzJSON holds our reader to the one of the standard library, which takes more in three points only: invalid UTF-8,
// halves of surrogate pairs, and any depth.
func FuzzJSON(f *testing.F) {
	for _, document := range valid {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document string) {
		document = "[" + document + "]" // so that it is read as JSON
		if !utf8.ValidString(document) {
			t.Skip()
		}
		_, err := bundle.Decode([]byte(document), bundle.DefaultLimits())
		refused := err != nil && strings.Contains(err.Error(), "is not valid")
		excused := strings.Contains(document, `\u`) || strings.Count(document, "[")+strings.Count(document, "{") > 64
		switch standard := json.Valid([]byte(document)); {
		case standard && refused && !excused:
			t.Errorf("refused: %v\n%q", err, document)
		case !standard && !refused && !excused:
			t.Errorf("taken: %q", document)
		}
	})
}
