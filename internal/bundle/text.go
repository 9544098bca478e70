package bundle

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unfit says why a string can be no part of a command, an environment or a path; "" if it can.
func unfit(text string) string {
	switch {
	case strings.ContainsRune(text, 0):
		return "must not contain a NUL byte"
	case !utf8.ValidString(text):
		return "must be valid UTF-8"
	}
	return ""
}

// label checks a name, a purpose or a lang. People read them in logs and on terminals, where a control character could forge a line.
func (n *normaliser) label(text string, path jsonPath) string {
	if why := unfit(text); why != "" {
		n.fault(path, "%s", why)
	} else if strings.ContainsFunc(text, unicode.IsControl) {
		n.fault(path, "must not contain control characters, is %q", clip(text)+ellipsis(text))
	} else if len(text) > n.limits.Name {
		n.fault(path, "has %d bytes; at most %d are allowed", len(text), n.limits.Name)
	}
	return text
}

// argument says why a string of so many bytes, its end included, can be no argument of a process; "" if it can.
func (n *normaliser) argument(text string, size int) string {
	if why := unfit(text); why != "" {
		return why
	}
	if size > n.limits.Arg {
		return fmt.Sprintf("takes %d bytes; the kernel passes at most %d to a process in one piece, so put it into an artifact",
			size, n.limits.Arg)
	}
	return ""
}
