package render

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
)

// Page is where a view writes its text. Errors of the writer show when it is flushed.
type Page struct {
	out     *bufio.Writer
	palette palette
	charset charset
	// command is how clockworkctl is called.
	command string
	// columns is how wide the terminal is; 0: there is none.
	columns int
}

func newPage(out *bufio.Writer, colours palette, screen Screen) *Page {
	page := &Page{out: out, palette: colours, charset: charset{screen.UTF8 || !screen.Terminal}, command: screen.Command}
	if screen.Device != nil {
		page.columns, _ = screen.Device.Size()
	}
	return page
}

// Line writes a line.
func (p *Page) Line(format string, args ...any) {
	fmt.Fprintf(p.out, format+"\n", args...)
}

// Status is the word of a status in its colour.
func (p *Page) Status(status string) string {
	return p.palette.paint(statusColours[status], status)
}

// Table writes rows below a header, each column as wide as it needs to be. A cell that is the word of a status gets its
// colour, in the columns named STATUS. Where the terminal is too narrow, dispensable columns are left out, the first one first.
func (p *Page) Table(header []string, rows [][]string, dispensable ...string) {
	rows = each(rows, func(row []string) []string { return each(row, oneLine) })
	widths := columnWidths(header, rows)
	for _, name := range dispensable {
		column := slices.Index(header, name)
		if p.columns == 0 || tableWidth(widths) <= p.columns || column < 0 {
			break
		}
		without := func(row []string) []string { return slices.Delete(slices.Clone(row), column, column+1) }
		header, rows, widths = without(header), each(rows, without), slices.Delete(widths, column, column+1)
	}
	p.row(widths, header, func(int, string) colour { return bold })
	for _, row := range rows {
		p.row(widths, row, func(column int, cell string) colour {
			if header[column] == "STATUS" {
				return statusColours[cell]
			}
			return none
		})
	}
}

func columnWidths(header []string, rows [][]string) []int {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	return widths
}

func tableWidth(widths []int) int {
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	return total
}

func (p *Page) row(widths []int, cells []string, colourOf func(column int, cell string) colour) {
	var line strings.Builder
	for i, cell := range cells {
		line.WriteString(p.palette.paint(colourOf(i, cell), cell))
		if i < len(cells)-1 {
			line.WriteString(strings.Repeat(" ", widths[i]-width(cell)+2))
		}
	}
	p.Line("%s", strings.TrimRight(line.String(), " "))
}

// Facts writes names and values in two columns; what has no value is left out.
func (p *Page) Facts(pairs ...string) {
	names := 0
	for i := 0; i < len(pairs); i += 2 {
		names = max(names, len(pairs[i]))
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			p.Line("%s%s  %s", p.palette.paint(bold, pairs[i]), strings.Repeat(" ", names-len(pairs[i])), pairs[i+1])
		}
	}
}
