package bundle_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const schemaFile = "../../schema/bundle.schema.json"

func compileSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	schema, err := compiler.Compile(schemaFile)
	if err != nil {
		tb.Fatal(err)
	}
	return schema
}

// checkSchema returns what the schema says of a JSON document.
func checkSchema(t *testing.T, schema *jsonschema.Schema, document string) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatalf("cannot read %q: %v", document, err)
	}
	return schema.Validate(value)
}

func TestSchemaAcceptsWhatTheDecoderAccepts(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	documents := maps.Clone(valid)
	for _, name := range []string{"hello.json", "pipeline.json", "fanout.json"} {
		data, err := os.ReadFile("../../examples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = string(data)
		mustParse(t, string(data))
	}
	for name, document := range documents {
		if err := checkSchema(t, schema, document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchemaRefusesWhatItCanExpress(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for name, test := range invalid {
		err := checkSchema(t, schema, test.document)
		if test.beyond && err != nil {
			t.Errorf("%s: the schema expresses it after all: %v", name, err)
		}
		if !test.beyond && err == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// TestSchemaHasEveryField walks the message and the schema side by side.
func TestSchemaHasEveryField(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	compareFields(t, (*clockworkv1.ArtifactBundle)(nil), schema.Properties)
	compareFields(t, (*clockworkv1.Artifact)(nil), schema.Defs["artifact"].Properties)
	compareFields(t, (*clockworkv1.Step)(nil), schema.Defs["step"].Properties)
	compareFields(t, (*clockworkv1.Run)(nil), schema.Defs["run"].Properties)
	compareFields(t, (*clockworkv1.Retry)(nil), schema.Defs["retry"].Properties)
}

// compareFields also sees to it that each field is of a kind that the decoder knows, and named in JSON as in the
// message.
func compareFields(t *testing.T, message interface{ ProtoReflect() protoreflect.Message }, properties map[string]any) {
	t.Helper()
	descriptor := message.ProtoReflect().Descriptor()
	known := []protoreflect.Kind{
		protoreflect.BoolKind, protoreflect.BytesKind, protoreflect.DoubleKind, protoreflect.Int32Kind,
		protoreflect.MessageKind, protoreflect.StringKind,
	}
	fields := descriptor.Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		property, ok := properties[string(field.Name())].(map[string]any)
		if !ok {
			t.Errorf("the schema lacks %s", field.FullName())
		} else if property["description"] == nil {
			t.Errorf("the schema does not describe %s", field.FullName())
		}
		if field.JSONName() != string(field.Name()) {
			t.Errorf("%s is %s in protojson, but %s in documents", field.FullName(), field.JSONName(), field.Name())
		}
		if !slices.Contains(known, field.Kind()) {
			t.Errorf("the decoder does not know the kind of %s: %v", field.FullName(), field.Kind())
		}
	}
	if len(properties) != fields.Len() {
		t.Errorf("the schema has %d properties for the %d fields of %s", len(properties), fields.Len(), descriptor.FullName())
	}
}
