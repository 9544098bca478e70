package bundle

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Normalize checks every rule of a bundle and returns it in the daemon's form. The message may come from
// anywhere and hold anything; it is not changed, and must not be afterwards, since the bundle shares its
// binary content. Overrides win over the bundle's vars, by the same rules; a null one is as good as absent.
//
// The error is nil or [Faults]; with an error the bundle is nil.
func Normalize(message *clockworkv1.ArtifactBundle, overrides map[string]*structpb.Value, limits Limits) (*Bundle, error) {
	n := &normaliser{limits: limits, faults: findings{limit: limits.Faults}}
	b := n.bundle(message, overrides)
	if err := n.faults.err(); err != nil {
		return nil, err
	}
	return b, nil
}

// normaliser collects what is wrong with a message. Its methods return a value that is fit for going on with
// where there are faults.
type normaliser struct {
	limits Limits
	// document is what the message was decoded from; nil if it came as a message.
	document *document
	faults   findings
	// artifactsInDoubt says that faults leave open what some artifact is for, and whether it can be run.
	artifactsInDoubt bool
}

func (n *normaliser) bundle(message *clockworkv1.ArtifactBundle, overrides map[string]*structpb.Value) *Bundle {
	if size := proto.Size(message); size > n.limits.Bundle {
		n.fault(root, "has %d bytes; a bundle has at most %d", size, n.limits.Bundle)
		return nil
	}
	if version := message.GetVersion(); version == "" {
		n.missing(root, "version", kindString, `is missing; must be "1"`)
	} else if version != "1" {
		n.fault(root.field("version"), `must be "1", is %s`, quoted(version))
	}
	b := &Bundle{}
	b.Artifacts = n.artifacts(message.GetArtifacts())
	b.Vars = n.vars(message.GetVars(), overrides)
	b.Steps = n.steps(message.GetSteps(), b)
	b.Graph = n.order(message, b.Steps)
	if len(n.faults.list) == 0 {
		b.Digest = digest(b)
	}
	return b
}

// fault notes what is wrong with the value at a path, unless that follows from a fault of the document.
func (n *normaliser) fault(path jsonPath, format string, args ...any) {
	if !n.document.isBroken(path) {
		n.faults.add(path, position{}, format, args...)
	}
}

// missing notes that an object lacks a field of some kind, unless the document seems to have it misnamed.
func (n *normaliser) missing(object jsonPath, name string, wanted kind, format string, args ...any) {
	if !n.document.maybeMisnamed(object, wanted) {
		n.fault(object.field(name), format, args...)
	}
}

// tooMany notes a list or a map with more elements than allowed, and tells whether it is one.
func (n *normaliser) tooMany(path jsonPath, count, limit int, what string) bool {
	if count > limit {
		n.fault(path, "has %d %s; at most %d are allowed", count, what, limit)
	}
	return count > limit
}
