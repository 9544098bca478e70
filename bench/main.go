package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// options are what the command line says.
type options struct {
	bin     string
	rows    string
	rounds  int
	file    string
	profile string
}

func parse(args []string, errors io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errors)
	flags.StringVar(&o.bin, "bin", "bin", "the `directory` of clockworkd, clockworkctl and clockwork-agent")
	flags.StringVar(&o.rows, "rows", "", "the groups to measure, separated by commas (default: all whose environment is up): "+strings.Join(groupNames(), ", "))
	flags.IntVar(&o.rounds, "rounds", 7, "how often a figure and its yardstick take turns")
	flags.StringVar(&o.file, "json", "", "a `file` to write the figures to")
	flags.StringVar(&o.profile, "profile", "", "a `file` to write a CPU profile of the daemon to, taken while it executes local steps")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.rounds < 1 {
		return o, fmt.Errorf("cannot make sense of %q; see -help", args)
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, errors io.Writer) error {
	o, err := parse(args, errors)
	if err != nil {
		return err
	}
	chosen, err := choose(o.rows)
	if err != nil {
		return err
	}
	b, err := newBench(o, errors)
	if err != nil {
		return err
	}
	defer b.close()
	figures, err := b.measureAll(ctx, chosen)
	if err != nil {
		return err
	}
	if err := writeTable(out, figures); err != nil {
		return err
	}
	if o.file == "" {
		return nil
	}
	return writeFile(o.file, figures)
}
