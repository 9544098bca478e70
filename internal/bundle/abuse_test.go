package bundle_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestAbuseIsCheap: no message within the limits keeps the daemon busy for long. The shapes here are those that a
// careless check would take quadratic time for. Seconds are plenty, also for a slow machine with the race detector.
func TestAbuseIsCheap(t *testing.T) {
	t.Parallel()
	const many = 10_000
	bundleOf := func(change func(i int, s *clockworkv1.Step, a *clockworkv1.Artifact)) *clockworkv1.ArtifactBundle {
		message := &clockworkv1.ArtifactBundle{Version: "1"}
		for i := range many {
			s := &clockworkv1.Step{Name: strconv.Itoa(i), Run: &clockworkv1.Run{Cmd: []string{"x"}}}
			a := &clockworkv1.Artifact{Path: strconv.Itoa(i)}
			change(i, s, a)
			message.Steps, message.Artifacts = append(message.Steps, s), append(message.Artifacts, a)
		}
		return message
	}
	for name, message := range map[string]*clockworkv1.ArtifactBundle{
		"one path for all":  bundleOf(func(_ int, _ *clockworkv1.Step, a *clockworkv1.Artifact) { a.Path = "a" }),
		"paths of elements": bundleOf(func(i int, _ *clockworkv1.Step, a *clockworkv1.Artifact) { a.Path = strings.Repeat("a/", i%511) + "a" }),
		"one large cycle": bundleOf(func(i int, s *clockworkv1.Step, _ *clockworkv1.Artifact) {
			s.Needs = []string{strconv.Itoa((i + 1) % many)}
		}),
		"many cycles": bundleOf(func(i int, s *clockworkv1.Step, _ *clockworkv1.Artifact) {
			s.Needs = []string{strconv.Itoa((i + 1) % many)}
			for k := range min(i, 100) {
				s.Needs = append(s.Needs, strconv.Itoa(k))
			}
		}),
		"needs of nobody": bundleOf(func(_ int, s *clockworkv1.Step, _ *clockworkv1.Artifact) {
			s.Needs = strings.Split(strings.Repeat("nobody ", 100), " ")
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			if _, err := bundle.Normalize(message, nil, bundle.DefaultLimits()); err == nil {
				t.Error("accepted")
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
