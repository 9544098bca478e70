package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// longOutput is the whole of what DESIGN asks for at 1<<30: go test ./test/e2e -run TestLongOutput -args -e2e.output=1073741824
var longOutput = flag.Int64("e2e.output", 64<<20, "bytes of output in the test of a long one")

// memoryBound is by how much a long output may make daemon and agent grow.
const memoryBound = 32 << 20

// Random bytes arrive as they were printed, however many, and neither daemon nor agent grow with them.
func TestLongOutput(t *testing.T) {
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 1})
	pids := map[string]int{"agent": awaitAgents(t, d, 1)[0].PID, "daemon": d.Process().PID()}
	bundle, _, release := holder(t, d)
	bundle["vars"] = harness.With(bundle["vars"].(harness.Object), harness.Object{"SUM": d.Dir + "/sum", "SIZE": *longOutput}) //nolint:errcheck // holder made it
	bundle["steps"] = append([]harness.Object{
		harness.Shell("print", `mkfifo copy; sha256sum <copy >$SUM & head -c $SIZE /dev/urandom | tee copy; wait`),
	}, bundle["steps"].([]harness.Object)...) //nolint:errcheck // holder made it
	before := map[string]int64{"daemon": harness.MemoryOf(t, pids["daemon"]).Now}
	began, took := time.Now(), time.Duration(0)
	id := d.Detach(t, bundle)
	c, err := client.Dial(t.Context(), d.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	hash, size, peak := sha256.New(), int64(0), map[string]int64{}
	for event, err := range c.Watch(t.Context(), id, 0) {
		if err != nil {
			t.Fatal(err)
		}
		data := event.GetOutput().GetData()
		if size == 0 && len(data) > 0 {
			before["agent"] = harness.MemoryOf(t, pids["agent"]).Now
		}
		_, _ = hash.Write(data) // it never fails
		size += int64(len(data))
		if event.GetStepFinished().GetResult().GetName() == "print" { // the agent is kept alive by the next step
			took = time.Since(began)
			for name, pid := range pids {
				peak[name] = harness.MemoryOf(t, pid).Peak
			}
			release()
		}
	}
	same(t, "how much came", size, *longOutput)
	want, _, _ := strings.Cut(readFile(t, d.Dir+"/sum"), " ")
	same(t, "the digest of what came", hex.EncodeToString(hash.Sum(nil)), want)
	for name, peak := range peak {
		grown := peak - before[name]
		t.Logf("the %s grew by %.1f MiB to %.1f MiB", name, float64(grown)/(1<<20), float64(peak)/(1<<20))
		if grown > memoryBound {
			t.Errorf("the %s grew by %d bytes, at most %d are allowed", name, grown, memoryBound)
		}
	}
	t.Logf("%.0f MiB/s", float64(size)/(1<<20)/took.Seconds())
}
