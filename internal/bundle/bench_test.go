package bundle_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// largest is a document of nearly 64 MiB: scripts of 15 MiB each.
func largest() []byte {
	content, err := json.Marshal(strings.Repeat("echo \"a line of a script\"\n", 15<<20/29))
	if err != nil {
		panic(err)
	}
	artifacts := make([]string, 4)
	for i := range artifacts {
		artifacts[i] = fmt.Sprintf(`{"path": "%d.sh", "content": %s}`, i, content)
	}
	return []byte(withArtifacts(strings.Join(artifacts, ", ")))
}

// widest is a document with as many steps as are allowed, each of which needs the one before it.
func widest() []byte {
	steps := make([]string, 10_000)
	for i := range steps {
		steps[i] = fmt.Sprintf(`{"name": "s%d", "purpose": "p", "run": {"cmd": ["sh", "-c", "true"], "env": {"I": "%d"}}, "timeout": "5s", "needs": ["s%d"]}`,
			i, i, max(0, i-1))
	}
	steps[0] = shell
	steps[1] = strings.Replace(steps[1], `"needs": ["s0"]`, `"needs": []`, 1)
	return []byte(withSteps(strings.Join(steps, ", ")))
}

func BenchmarkParse(b *testing.B) {
	for name, data := range map[string][]byte{
		"hello": []byte(withSteps(shell)), "yaml": []byte(pipeline), "largest": largest(), "widest": widest(),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := bundle.Parse(data, bundle.DefaultLimits()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkProtoJSON is the yardstick of BenchmarkParse.
func BenchmarkProtoJSON(b *testing.B) {
	for name, data := range map[string][]byte{"hello": []byte(withSteps(shell)), "largest": largest(), "widest": widest()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := protojson.Unmarshal(data, &clockworkv1.ArtifactBundle{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestTheLargestBundleFitsInMemory: the document, the message and the bundle hold its content once each.
func TestTheLargestBundleFitsInMemory(t *testing.T) {
	data := largest()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := bundle.Parse(data, bundle.DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 256<<20 {
		t.Errorf("allocated %d MiB", allocated>>20)
	}
}
