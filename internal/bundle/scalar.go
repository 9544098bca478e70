package bundle

import (
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"
)

// scalar returns a node's value for a field; an invalid one if the node is at fault.
func (d *document) scalar(field protoreflect.FieldDescriptor, n *node, path jsonPath) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.BoolKind:
		if d.expect(kindBool, n, path) {
			return protoreflect.ValueOfBool(isTrue(n))
		}
	case protoreflect.Int32Kind:
		return d.integer(n, path)
	case protoreflect.DoubleKind:
		return d.float(field, n, path)
	case protoreflect.BytesKind:
		return d.binary(n, path)
	default: // a test sees to it that the message has no field of another kind
		if d.expect(kindString, n, path) {
			return protoreflect.ValueOfString(n.text)
		}
	}
	return protoreflect.Value{}
}

// isTrue reads a boolean, which YAML spells in three ways.
func isTrue(n *node) bool { return strings.EqualFold(n.text, "true") }

func (d *document) integer(n *node, path jsonPath) protoreflect.Value {
	if !d.expectNumber(n, path) {
		return protoreflect.Value{}
	}
	const longest = 16 // protojson does not read every longer notation of a small integer (0.000…01e23)
	value, ok := parseInteger(n.text)
	if !ok || len(n.text) > longest || value < math.MinInt32 || value > math.MaxInt32 {
		d.fault(n, path, "must be an integer of 32 bits, plainly written, is %s", quoteNumber(n.text))
		return protoreflect.Value{}
	}
	return protoreflect.ValueOfInt32(int32(value))
}

func (d *document) float(field protoreflect.FieldDescriptor, n *node, path jsonPath) protoreflect.Value {
	if !d.expectNumber(n, path) {
		return protoreflect.Value{}
	}
	value, err := strconv.ParseFloat(n.text, 64)
	if err != nil {
		d.fault(n, path, "must be a number that fits a double, is %s", quoteNumber(n.text))
		return protoreflect.Value{}
	}
	if value == 0 && field.Name() == "multiplier" {
		d.fault(n, path, "must be at least 1, is 0") // the message could not tell it from an absent one
		return protoreflect.Value{}
	}
	return protoreflect.ValueOfFloat64(value)
}

func (d *document) binary(n *node, path jsonPath) protoreflect.Value {
	if !d.expect(kindString, n, path) {
		return protoreflect.Value{}
	}
	data, err := decodeBase64(n.text)
	if err != nil {
		d.fault(n, path, "must be base64 on one line: %v", err)
		return protoreflect.Value{}
	}
	return protoreflect.ValueOfBytes(data)
}

// decodeBase64 takes what protojson takes, either alphabet, padded or not, but for the line breaks that Go's
// decoder would skip.
func decodeBase64(text string) ([]byte, error) {
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		return nil, base64.CorruptInputError(i)
	}
	encoding := base64.StdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.URLEncoding
	}
	if len(text)%4 != 0 {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding.DecodeString(text)
}

// durationText is protojson's notation, sensibly spelled.
var durationText = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?s$`)

func (d *document) duration(m protoreflect.Message, n *node, path jsonPath) {
	if n.kind == kindNumber {
		d.fault(n, path, `must be a string of seconds, is a number; write "%ss"`, clip(n.text))
		return
	}
	if !d.expect(kindString, n, path) {
		return
	}
	if !durationText.MatchString(n.text) || protojson.Unmarshal([]byte(`"`+n.text+`"`), m.Interface()) != nil {
		d.fault(n, path, `must be seconds such as "300s" or "1.5s", is %s`, quoted(n.text))
	}
}

// variable reads a string, a boolean or an integer; the last two only if the message keeps them as they are.
func (d *document) variable(m protoreflect.Message, n *node, path jsonPath) {
	var value *structpb.Value
	switch n.kind {
	case kindNull:
		value = structpb.NewNullValue()
	case kindBool:
		value = structpb.NewBoolValue(isTrue(n))
	case kindString:
		value = structpb.NewStringValue(n.text)
	case kindNumber:
		if !d.expectNumber(n, path) {
			return
		}
		if _, ok := parseInteger(n.text); !ok {
			d.fault(n, path, "must be an integer of at most 2^53 in magnitude to stay as it is; quote it: %s", quoted(n.text))
			return
		}
		number, _ := strconv.ParseFloat(n.text, 64) // parseInteger has parsed it
		value = structpb.NewNumberValue(number)
	case kindUnusable:
		d.fault(n, path, "%s", n.text)
		return
	default:
		d.fault(n, path, "must be a string, a boolean or an integer, is %v", n.kind)
		return
	}
	proto.Merge(m.Interface(), value)
}

// expectNumber notes what is no number, or one that only YAML has.
func (d *document) expectNumber(n *node, path jsonPath) bool {
	if !d.expect(kindNumber, n, path) {
		return false
	}
	if !isJSONNumber(n.text) {
		d.fault(n, path, "is a number in a notation that JSON does not have; quote it: %s", quoted(n.text))
		return false
	}
	return true
}

func quoteNumber(text string) string { return clip(text) + ellipsis(text) }
