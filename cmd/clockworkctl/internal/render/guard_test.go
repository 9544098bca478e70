package render

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain\ttext é ✜ 😀\r\n":                      "plain\ttext é ✜ 😀\r\n",
		"\x1b[1;38:5:9mred\x1b[m":                    "\x1b[1;38:5:9mred\x1b[m",
		"a\x1b]0;title\x07b":                         "ab",
		"a\x1b]52;c;ZXZpbA==\x1b\\b":                 "ab",
		"a\x1b]0;without an end\nb\n":                "a\nb\n",
		"a\x1b[2J\x1b[10;20H\x1b[?25lb":              "ab",
		"a\x1b[>4;2m\x1b[?4mb":                       "ab",
		"a\x1b[4 qb\x1b(0c\x1b7d\x1bc":               "abcd",
		"a\u009b2Jb\u009d0;title\u009cc":             "abc",
		"a\x9b2Jb\x90q\x9cc":                         "abc",
		"a\u0085\u0088\x84b":                         "ab",
		"a\a\b\v\f\x00\x0e\x7fb":                     "ab",
		"caf\xe9\nau lait\xe9 \xe2\x82":              "caf\xe9\nau lait\xe9 ",
		"\x1b\x1b[31mred\x1b\x1b]0;x\x07.":           "\x1b[31mred.",
		"\x1b[" + strings.Repeat("1;", 99) + "mlong": "long",
	} {
		for size := 1; size <= len(in); size++ {
			var out bytes.Buffer
			guard := Guard(&out)
			for piece := range slices.Chunk([]byte(in), size) {
				if n, err := guard.Write(piece); err != nil || n != len(piece) {
					t.Fatalf("wrote %d of %d, %v", n, len(piece), err)
				}
			}
			if out.String() != want {
				t.Errorf("%q, %d bytes at once, became %q, want %q", in, size, out.String(), want)
				break
			}
		}
	}
}

// Whatever comes, what is left prints: a second guard finds nothing, and after the colours are taken out there is no control.
func TestGuardLeavesNoControls(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 0, 4),
			rapid.Map(rapid.SampledFrom([]string{"\x1b[", "\x1b]", "\x1b", "31m", "\x9b", "\u009b", "\xc2", "\x07", "2J", "\n", "é"}), func(s string) []byte { return []byte(s) }),
		)).Draw(r, "pieces")
		var once, twice bytes.Buffer
		guard := Guard(&once)
		for _, piece := range pieces {
			if _, err := guard.Write(piece); err != nil {
				r.Fatal(err)
			}
		}
		if _, err := Guard(&twice).Write(append(once.Bytes(), '\n')); err != nil {
			r.Fatal(err)
		}
		if got := strings.TrimSuffix(twice.String(), "\n"); got != strings.TrimSuffix(once.String()+"\n", "\n") {
			r.Fatalf("%q becomes %q", once.String(), got)
		}
		for line := range strings.Lines(once.String()) {
			for _, sequence := range strings.Split(line, "\x1b[")[1:] {
				if colours, _, ok := strings.Cut(sequence, "m"); !ok || !isSGR([]byte(colours)) {
					r.Fatalf("%q is left in %q", sequence, line)
				}
			}
			bare := strings.NewReplacer("\x1b[", "", "\n", "", "\t", "", "\r", "").Replace(line)
			if strings.ContainsFunc(bare, unicode.IsControl) {
				r.Fatalf("controls are left in %q", line)
			}
		}
	})
}
