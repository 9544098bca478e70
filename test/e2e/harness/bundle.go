package harness

import (
	"encoding/json"
	"maps"
	"os"
	"testing"
)

// Object is a JSON object.
type Object = map[string]any

// Bundle is a bundle's document, or any attempt at one.
type Bundle = Object

// NewBundle returns a bundle of these steps.
func NewBundle(steps ...Object) Bundle {
	return Bundle{"version": "1", "steps": steps}
}

// Shell returns a step that has sh execute a script. More fields of the step may be given.
func Shell(name, script string, more ...Object) Object {
	step := Object{"purpose": name, "run": Object{"cmd": []string{"sh", "-c", script}}}
	for _, fields := range more {
		maps.Copy(step, fields)
	}
	return step
}

// With returns a copy of a document with some of its fields replaced; nil removes one.
func With(document, fields Object) Object {
	result := Object{}
	for _, layer := range []Object{document, fields} {
		for key, value := range layer {
			if value == nil {
				delete(result, key)
				continue
			}
			result[key] = value
		}
	}
	return result
}

// JSON encodes a document.
func JSON(t *testing.T, document any) []byte {
	t.Helper()
	data, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// WriteBundle writes a bundle to a new file in the home and returns its path.
func (h *Home) WriteBundle(t *testing.T, bundle Bundle) string {
	t.Helper()
	return h.WriteDocument(t, "json", JSON(t, bundle))
}

// WriteDocument writes a document to a new file with this extension in the home and returns its path.
func (h *Home) WriteDocument(t *testing.T, extension string, data []byte) string {
	t.Helper()
	file, err := os.CreateTemp(h.Dir, "bundle-*."+extension)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}
