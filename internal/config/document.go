package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// document parses a YAML file into its outermost node; nil stands for an empty file. An anchor may contain itself: the
// decoder follows the Go types, which do not.
func document(source string, data []byte) (*yaml.Node, Problems) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	err := decoder.Decode(&first)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, positioned(source, err)
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, Problems{{Source: source, Line: second.Line, Message: "a second document begins here; only one is possible"}}
	}
	return first.Content[0], nil
}

var linePrefix = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)`)

// positioned turns an error of the YAML package, which carries its line as text, into a problem.
func positioned(source string, err error) Problems {
	parts := linePrefix.FindStringSubmatch(err.Error())
	line, _ := strconv.Atoi(parts[1]) // 0 where there is none
	return Problems{{Source: source, Line: line, Message: parts[2]}}
}

// pair is a key of a mapping with its value.
type pair struct{ key, value *yaml.Node }

// pairs returns the content of a mapping in the order of the file.
func pairs(mapping *yaml.Node) []pair {
	var all []pair
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		all = append(all, pair{key: resolved(mapping.Content[i]), value: resolved(mapping.Content[i+1])})
	}
	return all
}

// resolved returns the node that an alias stands for.
func resolved(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}
