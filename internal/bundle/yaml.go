package bundle

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readYAML returns the tree of a document, or what keeps it from being one.
func readYAML(data []byte, limits Limits) (*node, *finding) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, &finding{message: "is an empty document"}
	case err != nil:
		return nil, invalidYAML(err)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		return nil, &finding{
			message: "is followed by a second document; a bundle is one document",
			at:      placeOf(&second),
		}
	case !errors.Is(err, io.EOF):
		return nil, invalidYAML(err)
	}
	r := &yamlReader{values: limits.Values}
	tree := r.node(first.Content[0], 0)
	if r.values < 0 {
		return nil, &finding{message: errTooManyValues.Error()}
	}
	return &tree, nil
}

func invalidYAML(err error) *finding {
	return &finding{message: "is not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
}

// yamlReader turns the nodes of the YAML library into ours. Aliases are never followed, so nothing expands.
type yamlReader struct {
	// values counts down how many values the document may still have.
	values int
}

func (r *yamlReader) node(from *yaml.Node, depth int) node {
	n := node{at: placeOf(from)}
	if r.values--; r.values < 0 {
		return n
	}
	switch {
	case depth > maxDepth:
		n.refuse(errTooDeep.Error())
	case from.Kind == yaml.AliasNode:
		n.refuse("is an alias (*" + clip(from.Value) + "), which bundles do not have; write the value out")
	case from.Style&yaml.TaggedStyle != 0:
		n.refuse("has the tag " + quoted(from.Tag).String() + ", but bundles have no tags; leave it out")
	case from.Kind == yaml.SequenceNode:
		n.kind = kindList
		n.children = make([]node, 0, len(from.Content))
		for _, element := range from.Content {
			n.children = append(n.children, r.node(element, depth+1))
		}
	case from.Kind == yaml.MappingNode:
		n.kind = kindObject
		n.children = make([]node, 0, len(from.Content)/2)
		for i := 0; i+1 < len(from.Content); i += 2 {
			n.children = append(n.children, r.member(from.Content[i], from.Content[i+1], depth+1))
		}
	default:
		n.text = from.Value
		n.kind = yamlKind(from)
	}
	return n
}

// member is an entry of a mapping. Keys are strings, however YAML would read them.
func (r *yamlReader) member(key, value *yaml.Node, depth int) node {
	n := r.node(value, depth)
	n.key, n.at = key.Value, placeOf(key)
	switch {
	case key.Kind != yaml.ScalarNode || key.Style&yaml.TaggedStyle != 0:
		n.refuse("has a key that is not a plain name")
	case key.Tag == "!!merge":
		n.refuse("is a merge key, which bundles do not have; write the fields out")
	}
	return n
}

// refuse makes a node one that is named as a fault wherever it stands.
func (n *node) refuse(why string) {
	n.kind, n.text, n.children = kindUnusable, why, nil
}

func placeOf(n *yaml.Node) position { return position{int32(n.Line), int32(n.Column)} }

// yamlNumber matches what the core schema reads as a number (YAML 1.2.2, section 10.3.2).
var yamlNumber = regexp.MustCompile(`^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|` +
	`[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)

// yamlKind resolves a scalar by the core schema of YAML 1.2. The library resolves more than that.
func yamlKind(scalar *yaml.Node) kind {
	if scalar.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return kindString
	}
	switch scalar.Value {
	case "", "~", "null", "Null", "NULL":
		return kindNull
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return kindBool
	}
	// What reads as a number is short, or it is no number that anybody could mean.
	if len(scalar.Value) <= 4096 && yamlNumber.MatchString(scalar.Value) {
		return kindNumber
	}
	return kindString
}
