package workspace

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"a", "a", true},
		{"a", "a/b", false},
		{"*", "a", true},
		{"*", "a/b", false},
		{"**", "a/b/c", true},
		{"a/**", "a/b", true},
		{"a/**", "a", true}, // "**" stands for no element, too; a directory is not collected anyway
		{"**/c", "c", true},
		{"**/c", "a/b/c", true},
		{"a/**/c", "a/c", true},
		{"a/**/c", "a/b/b/c", true},
		{"a/**/c", "a/b/b/d", false},
		{"a/**/b/**/c", "a/b/x/b/y/c", true},
		{"[a-c]?.txt", "bx.txt", true},
		{"**.txt", "a/b.txt", false},
		{"**.txt", "b.txt", true},
	} {
		parsed, err := parsePattern(test.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.matches(strings.Split(test.path, "/")); got != test.want {
			t.Errorf("%q matches %q: %v, want %v", test.pattern, test.path, got, test.want)
		}
	}
}

// TestPatternAgreesWithRegexp compares with a regular expression, and leadsInto with matches.
func TestPatternAgreesWithRegexp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "*", "a*", "?", "**"}), 1, 6).Draw(t, "pattern")
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "abc"}), 1, 6).Draw(t, "path")
		parsed, err := parsePattern(strings.Join(elements, "/"))
		if err != nil {
			t.Fatal(err)
		}
		var expression strings.Builder
		for _, element := range elements {
			if element == anyElements {
				expression.WriteString(`(?:[^/]+/)*`)
			} else {
				expression.WriteString(strings.NewReplacer("*", "[^/]*", "?", "[^/]").Replace(element) + "/")
			}
		}
		want := regexp.MustCompile("^" + expression.String() + "$").MatchString(strings.Join(names, "/") + "/")
		if got := parsed.matches(names); got != want {
			t.Fatalf("%q matches %q: %v, want %v", elements, names, got, want)
		}
		for i := range names {
			if want && !parsed.leadsInto(names[:i]) {
				t.Fatalf("%q matches %q, but does not lead into %q", elements, names, names[:i])
			}
		}
	})
}
