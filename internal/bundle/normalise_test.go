package bundle_test

import (
	"maps"
	"math"
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestNormalizeFillsInAndResolves(t *testing.T) {
	t.Parallel()
	got := mustParse(t, `{"version": "1",
		"artifacts": [
			{"path": "./s//a.sh", "purpose": "p", "lang": "sh", "content": "x"},
			{"path": "b", "mode": "755", "purpose": "q", "content_base64": "AAE="}],
		"steps": [
			{"purpose": "p"},
			{"purpose": "q", "needs": ["three", "p"], "continue_on_error": true, "outputs": ["./d/**", "d/**", "e"]},
			{"purpose": "r", "name": "three", "run": {"cmd": ["sh", "-e", "../s/a.sh", "b"], "cwd": "t/./", "env": {"A": "="}},
			 "timeout": "1.5s", "retry": {"max_attempts": 3, "initial_delay": "90s", "on": ["lost", 7, 3, 7.0]}},
			{"name": "four", "run": {"cmd": ["/b"]}, "retry": {"max_attempts": 1, "max_delay": "1s"}}],
		"vars": {"A": "x", "B": -0.0, "C": 1e3, "D": false, "E": null}}`)
	digest := got.Digest
	got.Digest = ""
	want := &bundle.Bundle{
		Artifacts: []bundle.Artifact{
			{Path: "s/a.sh", Mode: 0o644, Purpose: "p", Lang: "sh", Content: []byte("x")},
			{Path: "b", Mode: 0o755, Purpose: "q", Content: []byte{0, 1}},
		},
		Steps: []bundle.Step{
			{Index: 0, Name: "p", Purpose: "p", Artifact: 0, Cwd: "."},
			{Index: 1, Name: "q", Purpose: "q", Artifact: 1, Cwd: ".", Needs: []int{0, 2}, ContinueOnError: true, Outputs: []string{"d/**", "e"}},
			{
				Index: 2, Name: "three", Purpose: "r", Cmd: []string{"sh", "-e", "../s/a.sh", "b"}, Artifact: 0, Cwd: "t",
				Env: map[string]string{"A": "="}, Timeout: 1500 * time.Millisecond,
				Retry: &bundle.Retry{
					MaxAttempts: 3, InitialDelay: 90 * time.Second, MaxDelay: 90 * time.Second, Multiplier: 2,
					On: bundle.RetryOn{ExitCodes: []int{3, 7}, Lost: true},
				},
			},
			{
				Index: 3, Name: "four", Cmd: []string{"/b"}, Artifact: -1, Cwd: ".",
				Retry: &bundle.Retry{
					MaxAttempts: 1, InitialDelay: time.Second, MaxDelay: time.Second, Multiplier: 2,
					On: bundle.RetryOn{AnyExitCode: true},
				},
			},
		},
		Vars:  map[string]string{"A": "x", "B": "0", "C": "1000", "D": "false"},
		Graph: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(digest) != len("sha256:")+64 {
		t.Errorf("digest is %q", digest)
	}
}

func TestStepRunsTheFirstArtifactOfItsPurposeThatRuns(t *testing.T) {
	t.Parallel()
	b := mustParse(t, `{"version": "1", "artifacts": [
		{"path": "data.html", "purpose": "a", "lang": "html"},
		{"path": "binary", "mode": "0700", "purpose": "a"},
		{"path": "other.py", "purpose": "b", "lang": "python"},
		{"path": "main.ts", "purpose": "a", "lang": "typescript"},
		{"path": "main.go", "purpose": "a", "lang": "go"},
		{"path": "perl", "mode": "0010", "purpose": "c", "lang": "perl"},
		{"path": "late", "mode": "0755", "purpose": "c"}],
		"steps": [{"purpose": "a"}, {"purpose": "b"}, {"purpose": "c"}]}`)
	for i, want := range []int{3, 2, 5} {
		if got := b.Steps[i].Artifact; got != want {
			t.Errorf("step %d runs artifact %d, want %d", i, got, want)
		}
	}
}

func step(change func(*clockworkv1.Step)) *clockworkv1.ArtifactBundle {
	s := &clockworkv1.Step{Purpose: "a", Run: &clockworkv1.Run{Cmd: []string{"true"}}}
	change(s)
	return &clockworkv1.ArtifactBundle{Version: "1", Steps: []*clockworkv1.Step{s}}
}

func TestNormalizeRefusesWhatNoDocumentCanSay(t *testing.T) {
	t.Parallel()
	retry := func(r *clockworkv1.Retry) *clockworkv1.ArtifactBundle {
		r.MaxAttempts = 2
		return step(func(s *clockworkv1.Step) { s.Retry = r })
	}
	timeout := func(seconds int64, nanos int32) *clockworkv1.ArtifactBundle {
		return step(func(s *clockworkv1.Step) { s.Timeout = &durationpb.Duration{Seconds: seconds, Nanos: nanos} })
	}
	vars := func(value *structpb.Value) *clockworkv1.ArtifactBundle {
		b := step(func(*clockworkv1.Step) {})
		b.Vars = map[string]*structpb.Value{"V": value}
		return b
	}
	for name, test := range map[string]struct {
		message *clockworkv1.ArtifactBundle
		faults  [][2]string
	}{
		"nothing":           {nil, [][2]string{{"version", "missing"}, {"steps", "at least one"}}},
		"nil step":          {&clockworkv1.ArtifactBundle{Version: "1", Steps: []*clockworkv1.Step{nil}}, [][2]string{{"steps[0].purpose", "missing"}, {"steps[0].run.cmd", "missing"}}},
		"nil artifact":      {&clockworkv1.ArtifactBundle{Version: "1", Artifacts: []*clockworkv1.Artifact{nil}}, [][2]string{{"artifacts[0].path", "missing"}, {"steps", "at least one"}}},
		"NaN":               {vars(structpb.NewNumberValue(math.NaN())), [][2]string{{"vars.V", "2^53"}}},
		"infinity":          {vars(structpb.NewNumberValue(math.Inf(-1))), [][2]string{{"vars.V", "2^53"}}},
		"list":              {vars(structpb.NewListValue(nil)), [][2]string{{"vars.V", "must be a string"}}},
		"struct":            {vars(structpb.NewStructValue(nil)), [][2]string{{"vars.V", "must be a string"}}},
		"invalid UTF-8":     {vars(structpb.NewStringValue("\xff")), [][2]string{{"vars.V", "UTF-8"}}},
		"mixed signs":       {timeout(1, -1), [][2]string{{"steps[0].timeout", "no valid duration"}}},
		"large nanoseconds": {timeout(0, math.MaxInt32), [][2]string{{"steps[0].timeout", "no valid duration"}}},
		"large seconds":     {timeout(math.MaxInt64, 0), [][2]string{{"steps[0].timeout", "no valid duration"}}},
		"millennia":         {timeout(315_576_000_000, 0), [][2]string{{"steps[0].timeout", "shorter"}}},
		"NaN factors":       {retry(&clockworkv1.Retry{Multiplier: math.NaN(), Jitter: math.NaN()}), [][2]string{{"steps[0].retry.multiplier", "from 1 on"}, {"steps[0].retry.jitter", "0 to 1"}}},
		"infinite factors":  {retry(&clockworkv1.Retry{Multiplier: math.Inf(1), Jitter: math.Inf(1)}), [][2]string{{"steps[0].retry.multiplier", "from 1 on"}, {"steps[0].retry.jitter", "0 to 1"}}},
		"odd on":            {retry(&clockworkv1.Retry{On: []*structpb.Value{nil, structpb.NewNumberValue(math.NaN()), structpb.NewNullValue()}}), [][2]string{{"steps[0].retry.on[0]", "exit code"}, {"steps[0].retry.on[1]", "exit code"}, {"steps[0].retry.on[2]", "exit code"}}},
		"negative attempts": {step(func(s *clockworkv1.Step) { s.Retry = &clockworkv1.Retry{MaxAttempts: math.MinInt32} }), [][2]string{{"steps[0].retry.max_attempts", "1 to 100"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := bundle.Normalize(test.message, nil, bundle.DefaultLimits())
			checkFaults(t, err, test.faults)
			if b != nil {
				t.Error("there is a bundle beside the faults")
			}
		})
	}
}

func TestFaultsOfAMessageStandInTheOrderOfItsFields(t *testing.T) {
	t.Parallel()
	message := &clockworkv1.ArtifactBundle{
		Order: "x", Vars: map[string]*structpb.Value{"2": nil, "1": nil},
		Steps: []*clockworkv1.Step{
			{Name: "a", Run: &clockworkv1.Run{Cmd: []string{"x"}, Cwd: "/"}, Needs: []string{"b"}, Outputs: []string{""}},
			{Name: "b", Purpose: "\x00", Run: &clockworkv1.Run{Cmd: []string{"x"}}, Needs: []string{"a"}},
		},
		Artifacts: []*clockworkv1.Artifact{{Path: "a", Mode: "x"}, {Path: "a", Checksum: "y"}},
	}
	_, err := bundle.Normalize(message, nil, bundle.DefaultLimits())
	checkFaults(t, err, [][2]string{
		{"version", ""},
		{"artifacts[0].mode", ""},
		{"artifacts[1].path", ""},
		{"artifacts[1].checksum", ""},
		{"steps[0].run.cwd", ""},
		{"steps[0].outputs[0]", ""},
		{"steps[1].purpose", ""},
		{"steps[1].needs[0]", "cycle"},
		{"vars.1", ""},
		{"vars.2", ""},
		{"order", ""},
	})
}

func TestOverridesWinAndKeepTheRules(t *testing.T) {
	t.Parallel()
	message := step(func(*clockworkv1.Step) {})
	message.Vars = map[string]*structpb.Value{
		"A": structpb.NewStringValue("bundle"), "B": structpb.NewStringValue("bundle"), "C": structpb.NewNumberValue(1),
	}
	b, err := bundle.Normalize(message, map[string]*structpb.Value{
		"A": structpb.NewStringValue("override"), "B": structpb.NewNullValue(), "C": {}, "D": structpb.NewBoolValue(true), "E": nil,
	}, bundle.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"A": "override", "B": "bundle", "C": "1", "D": "true"}; !maps.Equal(b.Vars, want) {
		t.Errorf("vars are %v, want %v", b.Vars, want)
	}

	_, err = bundle.Normalize(message, map[string]*structpb.Value{
		"A": structpb.NewNumberValue(0.5), "B-": structpb.NewStringValue(""),
	}, bundle.DefaultLimits())
	checkFaults(t, err, [][2]string{{"vars.A", "the override must be an integer"}, {"vars.B-", "the override has a name"}})

	limits := bundle.DefaultLimits()
	limits.Vars = 3
	_, err = bundle.Normalize(message, map[string]*structpb.Value{"D": structpb.NewBoolValue(true)}, limits)
	checkFaults(t, err, [][2]string{{"vars", "has 4 variables with the overrides; at most 3"}})
}

func TestNormalizeRefusesALargeMessage(t *testing.T) {
	t.Parallel()
	limits := bundle.DefaultLimits()
	limits.Bundle = 20
	_, err := bundle.Normalize(step(func(s *clockworkv1.Step) { s.Name = "a name of some length" }), nil, limits)
	checkFaults(t, err, [][2]string{{"$", "a bundle has at most 20"}})
}
