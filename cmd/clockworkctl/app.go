package main

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"
)

// app is one run of clockworkctl: its streams and the flags that every command has.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	// interrupts begins to catch SIGINT and SIGTERM; stop gives them back.
	interrupts func() (signals <-chan os.Signal, stop func())

	address string
	tls     tlsFiles
	output  string

	messages messages
	outages  outages
}

// run runs a command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	return a.report(root.ExecuteContext(ctx))
}

// renderer returns the renderer that the flags and the terminal ask for.
func (a *app) renderer() render.Renderer {
	return render.New(a.format(), a.stdout, a.screen())
}

// screen tells where text goes, and what can be shown there.
func (a *app) screen() render.Screen {
	file, isFile := a.stdout.(*os.File)
	screen := render.Screen{
		Terminal: isFile && isTerminal(file),
		Colours:  os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		UTF8:     isUTF8(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG"))),
		Command:  a.command(),
	}
	if !screen.Terminal {
		return screen
	}
	if tty, ok := terminal.Open(file); ok && tty.Foreground() {
		screen.Device = tty
	}
	return screen
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

// isUTF8 tells whether a locale's characters are UTF-8's.
func isUTF8(locale string) bool {
	locale = strings.ToLower(locale)
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}

// format is the one asked for, else tty on a terminal and plain elsewhere.
func (a *app) format() render.Format {
	if format, err := render.ParseFormat(a.output); err == nil {
		return format
	}
	if a.screen().Terminal {
		return render.TTY
	}
	return render.Plain
}

// show writes a view to standard output.
func (a *app) show(view render.View) error {
	return a.renderer().Show(view)
}

// checkFlags refuses bad values of the flags that every command has.
func (a *app) checkFlags(*cobra.Command, []string) error {
	if a.output == "" {
		return nil
	}
	if _, err := render.ParseFormat(a.output); err != nil {
		return &usageError{message: err.Error()}
	}
	return nil
}
