package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// writeTable writes one line for each figure.
func writeTable(out io.Writer, figures []Figure) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "FIGURE\tVALUE\tYARDSTICK\t\tRATIO\tTARGET\t") // Flush tells of errors
	for _, f := range figures {
		yardstick, ratio, verdict := "", "", "met"
		if f.Yardstick != "" {
			yardstick, ratio = number(f.YardstickValue)+" "+f.Unit, number(f.Ratio)
		}
		if !f.Met {
			verdict = "MISSED"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s %s\t%s\t%s\t%s\t%v\t%s\n",
			f.Name, number(f.Value), f.Unit, f.Yardstick, yardstick, ratio, f.Target, verdict)
	}
	return table.Flush()
}

// number writes about three significant digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.1 || v <= 0:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.4f", v)
	}
}

// writeFile writes the figures as a JSON array.
func writeFile(path string, figures []Figure) error {
	data, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write the figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("cannot write the figures: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("cannot write the figures: %w", err)
	}
	return nil
}
