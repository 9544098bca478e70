package bundle

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Decode reads a document, JSON or YAML, into the message. It is strict about names, types and notation and
// knows nothing of the rules, which are [Normalize]'s.
//
// The error is nil or [Faults]. The message is never nil: where there are faults it holds what could be read.
func Decode(data []byte, limits Limits) (*clockworkv1.ArtifactBundle, error) {
	d := readDocument(data, limits)
	return d.message, d.faults.err()
}

// Parse decodes and normalises a document and names every fault of either kind, in the order of the document
// and without what merely follows from another fault.
//
// The error is nil or [Faults]; with an error the bundle is nil, the message as [Decode] returns it.
func Parse(data []byte, limits Limits) (*clockworkv1.ArtifactBundle, *Bundle, error) {
	d := readDocument(data, limits)
	if d.tree == nil {
		return d.message, nil, d.faults.err()
	}
	n := &normaliser{limits: limits, document: d, faults: findings{limit: limits.Faults}}
	b := n.bundle(d.message, nil)
	for _, found := range n.faults.list {
		d.faults.add(found.path, d.tree.find(found.path).at, "%s", found.message)
	}
	d.faults.more = d.faults.more || n.faults.more
	if err := d.faults.err(); err != nil {
		return d.message, nil, err
	}
	return d.message, b, nil
}
