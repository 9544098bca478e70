package render

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCommandLine is the longest command, in bytes, that is shown in full to a person.
const maxCommandLine = 160

// commandLine shows a command on one line; what could be misread is quoted.
func commandLine(command []string) string {
	var line strings.Builder
	for i, arg := range command {
		if i > 0 {
			line.WriteByte(' ')
		}
		if arg == "" || strings.ContainsFunc(arg, isMisleading) {
			arg = strconv.Quote(arg)
		}
		if line.Len()+len(arg) > maxCommandLine {
			line.WriteString(cut(arg, maxCommandLine-line.Len()) + " …")
			break
		}
		line.WriteString(arg)
	}
	return line.String()
}

func isMisleading(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '"'
}

// oneLine shows what others have named or said on one line: its control characters are escaped, so that it cannot pass for
// more than it is.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	var line strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) {
			line.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			line.WriteRune(r)
		}
	}
	return line.String()
}

// cut shortens s to at most n bytes, at the begin of a rune.
func cut(s string, n int) string {
	n = min(max(n, 0), len(s))
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
