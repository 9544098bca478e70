package terminal_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal/terminaltest"
)

// Whatever is drawn, written above and resized, the terminal shows what was written above, then the lines of the last
// drawing, and nothing else.
func TestScreenShowsWhatWasDrawnLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		const rows = 200 // so that nothing scrolls away
		columns := rapid.IntRange(10, 80).Draw(r, "columns")
		device := terminaltest.New(columns, rows)
		screen := terminal.NewScreen(device)
		var lasting strings.Builder
		var lines []terminal.Line
		for i := range rapid.IntRange(1, 12).Draw(r, "pictures") {
			if rapid.Bool().Draw(r, "resize") {
				columns = rapid.IntRange(10, 80).Draw(r, "columns")
				device.Resize(columns, rows)
			}
			above := ""
			if rapid.Bool().Draw(r, "above") {
				above = fmt.Sprintf("above %d\n", i)
			}
			lines = drawnLines(r, columns)
			if err := screen.Draw(above, lines); err != nil {
				r.Fatal(err)
			}
			lasting.WriteString(above)
			if got, want := device.All(), shown(lasting.String(), lines); got != want {
				r.Fatalf("the screen is\n%s\nwant\n%s", got, want)
			}
		}
		if err := screen.Leave("the end\n"); err != nil {
			r.Fatal(err)
		}
		if got, want := device.All(), lasting.String()+"the end\n"; got != want {
			r.Fatalf("what is left is\n%s\nwant\n%s", got, want)
		}
		if !device.GivenBack() || len(device.Faults()) > 0 {
			r.Fatalf("given back: %t, faults %q", device.GivenBack(), device.Faults())
		}
	})
}

func drawnLines(r *rapid.T, columns int) []terminal.Line {
	lines := make([]terminal.Line, rapid.IntRange(0, 6).Draw(r, "lines"))
	for i := range lines {
		width := rapid.IntRange(1, columns-1).Draw(r, "width")
		lines[i] = terminal.Line{Text: strings.Repeat(rapid.SampledFrom([]string{"a", "b"}).Draw(r, "letter"), width), Width: width}
	}
	return lines
}

func shown(above string, lines []terminal.Line) string {
	for _, line := range lines {
		above += line.Text + "\n"
	}
	if above == "" {
		return "\n"
	}
	return above
}

// What is drawn again is not sent again.
func TestScreenSendsWhatDiffers(t *testing.T) {
	t.Parallel()
	device := terminaltest.New(80, 24)
	screen := terminal.NewScreen(device)
	lines := []terminal.Line{{Text: strings.Repeat("x", 70), Width: 70}, {Text: "first", Width: 5}}
	for i, text := range []string{"first", "second"} {
		lines[1] = terminal.Line{Text: text, Width: len(text)}
		before := device.Bytes()
		if err := screen.Draw("", lines); err != nil {
			t.Fatal(err)
		}
		if sent := device.Bytes() - before; i > 0 && sent > 70 {
			t.Errorf("%d bytes for a change of %d", sent, len(text))
		}
	}
}
