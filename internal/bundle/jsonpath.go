package bundle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// jsonPath leads from the bundle to a value in it.
type jsonPath []segment

// segment is one step of a path: a field's name, or a position in a list (then name is empty).
type segment struct {
	name  string
	index int
}

// root is the bundle itself.
var root jsonPath

func (p jsonPath) field(name string) jsonPath {
	return append(slices.Clip(p), segment{name: name, index: -1})
}

func (p jsonPath) at(index int) jsonPath {
	return append(slices.Clip(p), segment{index: index})
}

func (s segment) isIndex() bool { return s.index >= 0 }

// String is the path as people write it: steps[0].run.env.HOME, steps[0].run.env["odd name"]; $ for the root.
func (p jsonPath) String() string {
	if len(p) == 0 {
		return "$"
	}
	var out strings.Builder
	for i, s := range p {
		switch {
		case s.isIndex():
			out.WriteString("[" + strconv.Itoa(s.index) + "]")
		case !isPlain(s.name):
			out.WriteString("[" + quoted(s.name).String() + "]")
		case i > 0:
			out.WriteString("." + s.name)
		default:
			out.WriteString(s.name)
		}
	}
	return out.String()
}

// isPlain tells whether a name needs no quotes in a path.
func isPlain(name string) bool {
	for _, c := range []byte(name) {
		if !isAlphanumeric(c) && c != '_' && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= maxQuoted
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// compare orders paths as the message declares its fields; entries of a map come by name.
func (p jsonPath) compare(q jsonPath) int {
	message := (*clockworkv1.ArtifactBundle)(nil).ProtoReflect().Descriptor()
	for i := range min(len(p), len(q)) {
		a, b := p[i], q[i]
		if a != b {
			return cmp.Or(cmp.Compare(a.index, b.index), cmp.Compare(rank(message, a), rank(message, b)), cmp.Compare(a.name, b.name))
		}
		if field := fieldOf(message, a); field != nil {
			message = field.Message()
			if field.IsMap() {
				message = nil
			}
		}
	}
	return cmp.Compare(len(p), len(q))
}

func rank(message protoreflect.MessageDescriptor, s segment) protoreflect.FieldNumber {
	if field := fieldOf(message, s); field != nil {
		return field.Number()
	}
	return 0
}

func fieldOf(message protoreflect.MessageDescriptor, s segment) protoreflect.FieldDescriptor {
	if message == nil || s.isIndex() {
		return nil
	}
	return message.Fields().ByName(protoreflect.Name(s.name))
}

// maxQuoted bounds what a message repeats of the input.
const maxQuoted = 64

// quoted is a piece of the input that a message shows in quotes, shortened.
type quoted string

func (q quoted) String() string { return strconv.Quote(clip(string(q))) + ellipsis(string(q)) }

// clip cuts a text after the last character that is allowed.
func clip(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	end := maxQuoted
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func ellipsis(s string) string {
	if len(s) > maxQuoted {
		return "…"
	}
	return ""
}
