package bundle

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// document is what became of the bytes of a bundle: the message as far as they give it, and the faults. The
// message has a placeholder where a list's element is at fault, so that positions stay what they are.
type document struct {
	message *clockworkv1.ArtifactBundle
	// tree is nil if the bytes are not a document at all.
	tree   *node
	faults findings
	// broken holds the paths of the faults.
	broken map[string]bool
	// strangers holds, by the path of an object, the kinds of its unknown fields.
	strangers map[string][]kind
}

func readDocument(data []byte, limits Limits) *document {
	d := &document{
		message:   &clockworkv1.ArtifactBundle{},
		faults:    findings{limit: limits.Faults},
		broken:    map[string]bool{},
		strangers: map[string][]kind{},
	}
	tree, fault := readTree(data, limits)
	if fault != nil {
		d.faults.add(fault.path, fault.at, "%s", fault.message)
		return d
	}
	d.tree = tree
	d.fill(d.message.ProtoReflect(), tree, root)
	return d
}

func readTree(data []byte, limits Limits) (*node, *finding) {
	if fault := checkText(data, limits); fault != nil {
		return nil, fault
	}
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		return readJSON(data, limits)
	}
	return readYAML(data, limits)
}

// checkText refuses bytes that are not text.
func checkText(data []byte, limits Limits) *finding {
	if len(data) > limits.Bundle {
		return &finding{message: fmt.Sprintf("has %d bytes; a bundle has at most %d", len(data), limits.Bundle)}
	}
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return &finding{message: "begins with a byte order mark; save it as plain UTF-8", at: position{1, 1}}
	}
	if !utf8.Valid(data) {
		return &finding{message: "is not valid UTF-8; binary content goes into content_base64", at: placeOfInvalid(data)}
	}
	return nil
}

// placeOfInvalid finds the first byte that is no UTF-8.
func placeOfInvalid(data []byte) position {
	valid := 0
	for rest := data; len(rest) > 0; rest = data[valid:] {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		valid += size
	}
	line := bytes.Count(data[:valid], []byte("\n"))
	column := valid - (bytes.LastIndexByte(data[:valid], '\n') + 1)
	return position{int32(line) + 1, int32(column) + 1}
}

// fault notes what is wrong with a node.
func (d *document) fault(n *node, path jsonPath, format string, args ...any) {
	d.faults.add(path, n.at, format, args...)
	d.broken[path.String()] = true
}

// isBroken tells whether the value at a path, or one that it lies in, is at fault already. What is then wrong
// with the value is a consequence. A nil document has no faults.
func (d *document) isBroken(path jsonPath) bool {
	if d == nil || len(d.broken) == 0 {
		return false
	}
	for length := range len(path) + 1 {
		if d.broken[path[:length].String()] {
			return true
		}
	}
	return false
}

// maybeMisnamed tells whether a field that an object lacks may be there under a wrong name: whether the object
// has an unknown field of the same kind.
func (d *document) maybeMisnamed(object jsonPath, wanted kind) bool {
	return d != nil && slices.Contains(d.strangers[object.String()], wanted)
}
