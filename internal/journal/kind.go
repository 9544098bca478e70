package journal

import (
	"errors"

	"google.golang.org/protobuf/reflect/protoreflect"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Kinds of events that the journal itself tells apart, by their field in clockwork.v1.Event.kind.
const (
	kindOutput            = 6
	kindOutputDropped     = 7
	kindExecutionFinished = 11
)

var (
	kindField = (*clockworkv1.Event)(nil).ProtoReflect().Descriptor().Oneofs().ByName("kind")

	errNoKind = errors.New("cannot record an event that says nothing: its kind is not set")
)

func kindOf(event *clockworkv1.Event) (protoreflect.FieldNumber, error) {
	field := event.ProtoReflect().WhichOneof(kindField)
	if field == nil {
		return 0, errNoKind
	}
	return field.Number(), nil
}
