package workspace

import (
	"fmt"
	"path"
	"strings"
)

// pattern selects paths, element by element. An element "**" stands for any number of elements, none included; within others "*" stands for
// any characters, "?" for one, "[a-z]" for one of these, and "\" takes the next one literally, as in path.Match.
type pattern []string

const anyElements = "**"

func parsePattern(text string) (pattern, error) {
	if err := Check(text); err != nil {
		return nil, fmt.Errorf("bad pattern: %w", err)
	}
	elements := strings.Split(text, "/")
	for _, element := range elements {
		if _, err := path.Match(element, ""); err != nil {
			return nil, fmt.Errorf("bad pattern: %w: %q", ErrPath, text)
		}
	}
	return elements, nil
}

// matches tells whether the pattern selects a path.
func (p pattern) matches(elements []string) bool {
	rest := p.after(elements)
	return rest[len(p)]
}

// leadsInto tells whether the pattern may select something below a directory.
func (p pattern) leadsInto(elements []string) bool {
	rest := p.after(elements)
	for i := range p {
		if rest[i] {
			return true
		}
	}
	return false
}

// after returns, for every position in the pattern, whether the elements can be used up by what is before it. Time and room grow with the
// product of both lengths at most, whatever the pattern is.
func (p pattern) after(elements []string) []bool {
	at := make([]bool, len(p)+1)
	at[0] = true
	p.skipAny(at)
	for _, element := range elements {
		next := make([]bool, len(p)+1)
		for i, here := range at[:len(p)] {
			switch {
			case !here:
			case p[i] == anyElements:
				next[i] = true
			default:
				if ok, _ := path.Match(p[i], element); ok { // parsePattern has checked it
					next[i+1] = true
				}
			}
		}
		p.skipAny(next)
		at = next
	}
	return at
}

// skipAny lets "**" stand for nothing.
func (p pattern) skipAny(at []bool) {
	for i, element := range p {
		if at[i] && element == anyElements {
			at[i+1] = true
		}
	}
}
