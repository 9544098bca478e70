package bundle

import (
	"fmt"
	"unicode/utf8"
)

// jsonReader reads JSON (RFC 8259) into a tree, strictly. It is our own because every node carries its line
// and column, and because encoding/json mends what must be refused: lone surrogates become U+FFFD there.
// The document is known to be valid UTF-8.
type jsonReader struct {
	data      []byte
	pos       int
	line      int32
	lineStart int
	// trail leads to the value that is being read.
	trail jsonPath
	// values counts down how many values the document may still have.
	values int
}

// readJSON returns the tree of a document, or what keeps it from being one.
func readJSON(data []byte, limits Limits) (*node, *finding) {
	r := &jsonReader{data: data, line: 1, values: limits.Values}
	tree := &node{}
	if err := r.document(tree); err != nil {
		return nil, &finding{path: r.trail, message: err.Error(), at: r.here()}
	}
	return tree, nil
}

func (r *jsonReader) document(n *node) error {
	r.space()
	n.at = r.here()
	if err := r.value(n); err != nil {
		return err
	}
	r.space()
	if r.pos < len(r.data) {
		return invalid("%s follows the end of the document", r.next())
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("is not valid JSON: "+format, args...)
}

func (r *jsonReader) here() position {
	return position{r.line, int32(r.pos-r.lineStart) + 1}
}

// space skips white space. Line breaks occur nowhere else, so lines are counted here.
func (r *jsonReader) space() {
	for ; r.pos < len(r.data); r.pos++ {
		switch r.data[r.pos] {
		case '\n':
			r.line++
			r.lineStart = r.pos + 1
		case ' ', '\t', '\r':
		default:
			return
		}
	}
}

// next describes what stands at the reader's place, for a message.
func (r *jsonReader) next() string {
	if r.pos >= len(r.data) {
		return "the end of the document"
	}
	c, _ := utf8.DecodeRune(r.data[r.pos:])
	return fmt.Sprintf("%q", c)
}

func (r *jsonReader) peek() byte {
	if r.pos >= len(r.data) {
		return 0
	}
	return r.data[r.pos]
}

// value reads what begins at the reader's place into a node, all but its key and place.
func (r *jsonReader) value(n *node) error {
	if r.values--; r.values < 0 {
		return errTooManyValues
	}
	if len(r.trail) > maxDepth {
		return errTooDeep
	}
	switch c := r.peek(); {
	case c == '{':
		return r.object(n)
	case c == '[':
		return r.list(n)
	case c == '"':
		n.kind = kindString
		return r.text(&n.text)
	case c == '-' || isDigit(c):
		n.kind = kindNumber
		return r.number(&n.text)
	default:
		return r.literal(n)
	}
}

func (r *jsonReader) object(n *node) error {
	n.kind = kindObject
	r.pos++
	if r.space(); r.peek() == '}' {
		r.pos++
		return nil
	}
	for {
		r.space()
		member := node{at: r.here()}
		if r.peek() != '"' {
			return invalid("a field's name in double quotes must stand here, not %s", r.next())
		}
		if err := r.text(&member.key); err != nil {
			return err
		}
		r.trail = append(r.trail, segment{name: member.key, index: -1})
		if r.space(); r.peek() != ':' {
			return invalid("a colon must follow the field's name, not %s", r.next())
		}
		r.pos++
		r.space()
		if err := r.value(&member); err != nil {
			return err
		}
		r.trail = r.trail[:len(r.trail)-1]
		n.children = append(n.children, member)
		if done, err := r.separator('}'); done || err != nil {
			return err
		}
	}
}

func (r *jsonReader) list(n *node) error {
	n.kind = kindList
	r.pos++
	if r.space(); r.peek() == ']' {
		r.pos++
		return nil
	}
	for {
		r.space()
		element := node{at: r.here()}
		r.trail = append(r.trail, segment{index: len(n.children)})
		if err := r.value(&element); err != nil {
			return err
		}
		r.trail = r.trail[:len(r.trail)-1]
		n.children = append(n.children, element)
		if done, err := r.separator(']'); done || err != nil {
			return err
		}
	}
}

// separator reads the comma or the bracket after an element, and tells whether it was the bracket.
func (r *jsonReader) separator(closing byte) (done bool, err error) {
	r.space()
	switch r.peek() {
	case closing:
		r.pos++
		return true, nil
	case ',':
		r.pos++
		return false, nil
	}
	return false, invalid("a comma or %q must stand here, not %s", closing, r.next())
}

func (r *jsonReader) literal(n *node) error {
	for _, l := range []struct {
		text string
		kind kind
	}{{"null", kindNull}, {"true", kindBool}, {"false", kindBool}} {
		if rest := r.data[r.pos:]; len(rest) >= len(l.text) && string(rest[:len(l.text)]) == l.text {
			r.pos += len(l.text)
			n.kind, n.text = l.kind, l.text
			return nil
		}
	}
	return invalid("a value must stand here, not %s", r.next())
}

func (r *jsonReader) number(text *string) error {
	length := len(jsonNumber.Find(r.data[r.pos:]))
	end := r.pos + length
	if length == 0 || end < len(r.data) && (isAlphanumeric(r.data[end]) || r.data[end] == '.') {
		return invalid("a number must be decimal; it has no leading zero and no point at an end")
	}
	*text = string(r.data[r.pos:end])
	r.pos = end
	return nil
}
