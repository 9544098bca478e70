package bundle

import (
	"fmt"
	"path"
	"strings"
)

// relative cleans a path and holds it to the path rule: relative, inside the workspace, no "..", no NUL, not
// empty. It returns "" where the path breaks it.
func (n *normaliser) relative(name string, at jsonPath) string {
	if why := outside(name, n.limits.Path); why != "" {
		n.fault(at, "%s", why)
		return ""
	}
	return path.Clean(name)
}

// outside says how a path breaks the path rule; "" if it keeps it.
func outside(name string, limit int) string {
	if name == "" {
		return "must not be empty"
	}
	if why := unfit(name); why != "" {
		return why
	}
	if len(name) > limit {
		return fmt.Sprintf("has %d bytes; a path has at most %d", len(name), limit)
	}
	if name[0] == '/' {
		return fmt.Sprintf("must be relative to the workspace, is %s", quoted(name))
	}
	for element := range strings.SplitSeq(name, "/") {
		if element == ".." {
			return fmt.Sprintf(`must not contain "..", is %s`, quoted(name))
		}
		if len(element) > maxElement {
			return fmt.Sprintf("has an element of %d bytes; file systems take at most %d", len(element), maxElement)
		}
	}
	return ""
}

// file is relative for the path of a file: not the workspace itself, and not spelled as a directory.
func (n *normaliser) file(name string, at jsonPath) string {
	clean := n.relative(name, at)
	if clean == "" {
		return ""
	}
	if clean == "." || strings.HasSuffix(name, "/") || strings.HasSuffix(name, "/.") {
		n.fault(at, "must name a file, is %s", quoted(name))
		return ""
	}
	return clean
}
