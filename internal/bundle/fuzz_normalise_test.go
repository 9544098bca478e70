package bundle_test

import (
	"io/fs"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// FuzzNormalize: whatever message comes over the wire, there is a bundle that keeps the rules or there are faults.
func FuzzNormalize(f *testing.F) {
	seed := func(document string) {
		message, _ := bundle.Decode([]byte(document), bundle.DefaultLimits()) // with faults it is a seed as well
		wire, err := proto.Marshal(message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire, "OVERRIDE", 1.0)
	}
	for _, document := range valid {
		seed(document)
	}
	for _, test := range invalid {
		seed(test.document)
	}
	seed(several)
	f.Fuzz(func(t *testing.T, wire []byte, name string, number float64) {
		var message clockworkv1.ArtifactBundle
		if proto.Unmarshal(wire, &message) != nil {
			t.Skip()
		}
		overrides := map[string]*structpb.Value{name: structpb.NewNumberValue(number)}
		b, err := bundle.Normalize(&message, overrides, bundle.DefaultLimits())
		if err != nil {
			checkForm(t, err)
			return
		}
		checkBundle(t, b)
		again, err := bundle.Normalize(proto.CloneOf(&message), overrides, bundle.DefaultLimits())
		if err != nil || again.Digest != b.Digest {
			t.Errorf("digest was %s, is %v (%v)", b.Digest, again, err)
		}
	})
}

// checkBundle holds a bundle to what the rest of the daemon relies on.
func checkBundle(t *testing.T, b *bundle.Bundle) {
	t.Helper()
	for _, a := range b.Artifacts {
		if !fs.ValidPath(a.Path) || a.Path == "." || a.Mode&^0o777 != 0 {
			t.Errorf("artifact at %q with mode %v", a.Path, a.Mode)
		}
	}
	for i, s := range b.Steps {
		checkStep(t, b, i, s)
	}
	if !runsThrough(b.Steps) {
		t.Errorf("the needs have a cycle: %+v", b.Steps)
	}
}

func checkStep(t *testing.T, b *bundle.Bundle, i int, s bundle.Step) {
	t.Helper()
	runs := len(s.Cmd) > 0 && s.Cmd[0] != "" || len(s.Cmd) == 0 && s.Artifact >= 0
	if !runs || s.Artifact >= len(b.Artifacts) {
		t.Errorf("step %d runs %q, artifact %d of %d", i, s.Cmd, s.Artifact, len(b.Artifacts))
	}
	if s.Index != i || s.Name == "" || !fs.ValidPath(s.Cwd) || s.Timeout < 0 {
		t.Errorf("step %d is %+v", i, s)
	}
	if !b.Graph && len(s.Needs) > 0 {
		t.Errorf("step %d of a sequence needs %v", i, s.Needs)
	}
}

// runsThrough tells whether every step gets its turn.
func runsThrough(steps []bundle.Step) bool {
	done := map[int]bool{}
	for range steps {
		for i, s := range steps {
			ready := true
			for _, need := range s.Needs {
				ready = ready && done[need]
			}
			done[i] = done[i] || ready
		}
	}
	for i := range steps {
		if !done[i] {
			return false
		}
	}
	return true
}
