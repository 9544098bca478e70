package e2e

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// Output is bytes: it needs no lines, may hold NULs, and as many lines as a program can print arrive as they were printed.
func TestOutputIsExact(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	var lines []byte
	for i := range 1_000_000 {
		lines = append(strconv.AppendInt(lines, int64(i+1), 10), '\n')
	}
	want := map[string][]byte{
		"no newline": bytes.Repeat([]byte("x"), 8<<20), "NULs": make([]byte, 4<<20), "lines": lines, "one byte": {0xff}, "nothing": nil,
	}
	id := d.Detach(t, harness.NewBundle(
		harness.Shell("no newline", `head -c 8388608 /dev/zero | tr '\0' x`),
		harness.Shell("NULs", "head -c 4194304 /dev/zero"),
		harness.Shell("lines", "seq 1000000"),
		harness.Shell("one byte", `printf '\377'`),
		harness.Shell("nothing", "true"),
	))
	c, err := client.Dial(t.Context(), d.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, counted := map[string][]byte{}, map[string]uint64{}
	for event, err := range c.Watch(t.Context(), id, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if output := event.GetOutput(); output != nil {
			if output.GetOffset() != uint64(len(got[output.GetName()])) {
				t.Fatalf("%q goes on at byte %d after %d", output.GetName(), output.GetOffset(), len(got[output.GetName()]))
			}
			got[output.GetName()] = append(got[output.GetName()], output.GetData()...)
		}
		if result := event.GetStepFinished().GetResult(); result != nil {
			counted[result.GetName()] = result.GetStdoutBytes()
		}
	}
	for name, data := range want {
		if !bytes.Equal(got[name], data) || counted[name] != uint64(len(data)) {
			t.Errorf("%q printed %d bytes, %d came and %d were counted; they differ from byte %d on",
				name, len(data), len(got[name]), counted[name], differ(string(got[name]), string(data)))
		}
		if logs := d.Ctl(t, "executions", "logs", id, "--step", name, "--stream", "stdout").Want(t, 0).Stdout; logs != string(data) {
			t.Errorf("the log of %q has %d bytes, want %d", name, len(logs), len(data))
		}
	}
}
