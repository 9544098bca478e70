package bundle

import (
	"errors"
	"fmt"
)

// What either notation can have too much of.
var (
	errTooDeep       = fmt.Errorf("is nested more than %d levels deep", maxDepth)
	errTooManyValues = errors.New("holds more values than any bundle needs")
)

// kind is the type of a value in a document.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindList
	kindObject
	// kindUnusable is a value that only YAML has and that is refused; its text says why.
	kindUnusable
)

// String is the kind with its article: "is a number".
func (k kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object", "unusable"}[k]
}

// node is a value of a document, the same for JSON and YAML.
type node struct {
	kind kind
	// at is where the value begins; in an object, where its key does.
	at position
	// key is its name in its object.
	key string
	// text is the value of a string, or how a number or a boolean is spelled.
	text string
	// children are the elements of a list, or the members of an object, in order; keys may repeat.
	children []node
}

// find returns the node that a path leads to, or the nearest one above it that the document has.
func (n *node) find(path jsonPath) *node {
	for _, s := range path {
		next := n.child(s)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

func (n *node) child(s segment) *node {
	if s.isIndex() {
		if n.kind == kindList && s.index < len(n.children) {
			return &n.children[s.index]
		}
		return nil
	}
	for i := range n.children {
		if n.kind == kindObject && n.children[i].key == s.name {
			return &n.children[i]
		}
	}
	return nil
}
