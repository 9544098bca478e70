package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal/terminaltest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	time.Local = time.UTC // moments are shown in local time
	os.Exit(m.Run())
}

// compare compares what was rendered with testdata/name.
func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what came out (go test -update writes it anew):\n%s", path, got)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, format := range Formats {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			renderer := New(format, &out, Screen{Colours: true})
			for _, event := range sampleEvents() {
				if err := renderer.Event(event); err != nil {
					t.Fatal(err)
				}
			}
			if err := renderer.Ended(); err != nil {
				t.Fatal(err)
			}
			compare(t, "events."+string(format), out.Bytes())
		})
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	for _, format := range Formats {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			renderer := NewLog(format, &out, Screen{Colours: true})
			for _, event := range sampleEvents() {
				if err := renderer.Event(event); err != nil {
					t.Fatal(err)
				}
			}
			if err := renderer.Ended(); err != nil {
				t.Fatal(err)
			}
			compare(t, "log."+string(format), out.Bytes())
		})
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	saved := "out/dist/site.tar"
	views := map[string]View{
		"show":       Execution(sampleExecution()),
		"started":    Started(sampleExecution()),
		"cancelling": Cancelling(sampleExecution()),
		"validation": Validation(sampleValidation()),
		"runners":    Runners(sampleRunners()),
		"checks":     Checks(sampleChecks()),
		"doctor":     Doctor(sampleFindings()),
		"outputs":    OutputFiles(sampleExecution(), func(uint32, string) *string { return &saved }),
		"daemon": Daemon{
			Running: true, Address: "unix:///run/user/1000/clockwork/clockworkd.sock", Pid: 4711, Version: "v1.2.3",
			Uptime: 90 * time.Minute, Log: "/home/ada/.local/state/clockwork/clockworkd.log",
		}.View(),
	}
	for name, view := range views {
		for _, format := range []Format{Plain, JSON, JSONL} {
			t.Run(name+"."+string(format), func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				if err := New(format, &out, Screen{Command: "clockworkctl"}).Show(view); err != nil {
					t.Fatal(err)
				}
				compare(t, name+"."+string(format), out.Bytes())
			})
		}
	}
}

func TestListIsSortedByTheDaemon(t *testing.T) {
	t.Parallel()
	view := Executions(sampleExecutions(), "next")
	var document, text bytes.Buffer
	if err := New(JSON, &document, Screen{}).Show(view); err != nil {
		t.Fatal(err)
	}
	compare(t, "list.json", document.Bytes())
	if err := New(Plain, &text, Screen{}).Show(view); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(text.String(), "\n"); len(lines) != 3 || !strings.Contains(lines[1], executionID) || !strings.HasSuffix(lines[1], "d ago") {
		t.Errorf("the list is:\n%s", text.String())
	}
}

// On a narrow terminal a list keeps what it is looked at for.
func TestListOnANarrowTerminal(t *testing.T) {
	t.Parallel()
	for columns, want := range map[int]string{
		200: "EXECUTION STATUS STEPS RUNNER PRINCIPAL TIME ACCEPTED", 80: "EXECUTION STATUS STEPS RUNNER TIME ACCEPTED", 20: "EXECUTION STATUS ACCEPTED",
	} {
		var text bytes.Buffer
		if err := New(Plain, &text, Screen{Terminal: true, Device: terminaltest.New(columns, 24)}).Show(Executions(sampleExecutions(), "")); err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(text.String(), "\n")
		if got := strings.Join(strings.Fields(header), " "); got != want {
			t.Errorf("%d columns: %s, want %s", columns, got, want)
		}
	}
}

func TestFailure(t *testing.T) {
	t.Parallel()
	failure := Failure{
		Code: "invalid_bundle", Message: "the bundle is not valid", ExitCode: 2,
		Faults: []Fault{{Path: "artifacts[2].path", Message: "is absolute"}},
	}
	for _, format := range Formats {
		var out bytes.Buffer
		if err := New(format, &out, Screen{Colours: true}).Fail(failure); err != nil {
			t.Fatal(err)
		}
		compare(t, "failure."+string(format), out.Bytes())
	}
}

// What stands for nothing must not be left out, and never be null where a list or an object is due.
func TestEveryFieldIsPresent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := New(JSON, &out, Screen{}).Show(Execution(emptyExecution())); err != nil {
		t.Fatal(err)
	}
	compare(t, "empty.json", out.Bytes())
	if !json.Valid(out.Bytes()) {
		t.Error("it is not JSON")
	}
}
