package bundle_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// FuzzDecode: whatever the bytes are, there is a message or there are faults, each with its path. What is accepted
// of JSON means the same to protojson, and what is accepted at all survives being written out by it.
func FuzzDecode(f *testing.F) {
	for _, document := range valid {
		f.Add([]byte(document))
	}
	for _, test := range invalid {
		f.Add([]byte(test.document))
	}
	for _, name := range []string{"hello.json", "pipeline.json", "fanout.json"} {
		data, err := os.ReadFile("../../examples/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(pipeline))
	f.Add([]byte(several))
	schema := compileSchema(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		message, err := bundle.Decode(data, bundle.DefaultLimits())
		_, b, parseErr := bundle.Parse(data, bundle.DefaultLimits())
		if (parseErr == nil) != (b != nil) || (err != nil && parseErr == nil) {
			t.Fatalf("Decode says %v, Parse says %v", err, parseErr)
		}
		if parseErr != nil {
			checkForm(t, parseErr)
		}
		if err != nil {
			checkForm(t, err)
			return
		}
		isJSON := strings.HasPrefix(strings.TrimLeft(string(data), " \t\r\n"), "{")
		if isJSON {
			checkProtoJSON(t, data, message)
		}
		if isJSON && b != nil {
			if err := checkSchema(t, schema, string(data)); err != nil {
				t.Errorf("the schema refuses what Parse accepts: %v\n%s", err, data)
			}
		}
		checkRoundTrip(t, message)
	})
}

func checkForm(t *testing.T, err error) {
	t.Helper()
	var faults bundle.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("error is %v (%T), want Faults", err, err)
	}
	for _, fault := range faults {
		if fault.Path == "" || fault.Message == "" {
			t.Errorf("fault is %+v", fault)
		}
	}
}

func checkProtoJSON(t *testing.T, data []byte, want *clockworkv1.ArtifactBundle) {
	t.Helper()
	var got clockworkv1.ArtifactBundle
	if err := protojson.Unmarshal(data, &got); err != nil {
		t.Fatalf("protojson refuses what Decode accepts: %v\n%s", err, data)
	}
	if !proto.Equal(&got, want) {
		t.Fatalf("protojson reads %v\nDecode reads %v\n%s", &got, want, data)
	}
}

func checkRoundTrip(t *testing.T, message *clockworkv1.ArtifactBundle) {
	t.Helper()
	data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		t.Fatalf("cannot marshal: %v", err)
	}
	again, err := bundle.Decode(data, bundle.DefaultLimits())
	if err != nil || !proto.Equal(again, message) {
		t.Fatalf("wrote %s\nread %v (%v)\nwant %v", data, again, err, message)
	}
}
