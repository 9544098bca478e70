package commanddocs

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

var update = flag.Bool("update", false, "write the pages about the commands instead of comparing them")

// Check compares the pages of a program and of all its commands.
func Check(t *testing.T, root *cobra.Command) {
	t.Helper()
	root.DisableAutoGenTag = true
	root.InitDefaultHelpFlag()
	pages := make(map[string][]byte)
	collect(t, root, pages)
	docs := docsDir()
	for path, page := range pages {
		path = filepath.Join(docs, path)
		if *update {
			write(t, path, page)
			continue
		}
		if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, page) {
			t.Errorf("%s is not what the command says of itself (%v): run make docs, and commit what it changes", path, err)
		}
	}
	for _, dir := range []string{"commands", "man"} {
		checkStale(t, docs, dir, root.Name(), pages)
	}
}

// docsDir returns the project's docs.
func docsDir() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "docs")
}

// collect makes the pages of a command and of those below it.
func collect(t *testing.T, cmd *cobra.Command, pages map[string][]byte) {
	t.Helper()
	if cmd.Hidden || cmd.Name() == "help" {
		return
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "_")
	var text bytes.Buffer
	if err := doc.GenMarkdownCustom(cmd, &text, strings.ToLower); err != nil {
		t.Fatal(err)
	}
	pages[filepath.Join("commands", name+".md")] = text.Bytes()
	pages[filepath.Join("man", strings.ReplaceAll(name, "_", "-")+".1")] = manual(t, cmd)
	for _, sub := range cmd.Commands() {
		collect(t, sub, pages)
	}
}

// manual makes a page for man(1). It carries no date: it changes when the command does.
func manual(t *testing.T, cmd *cobra.Command) []byte {
	t.Helper()
	var text bytes.Buffer
	never := time.Unix(0, 0).UTC()
	header := &doc.GenManHeader{Section: "1", Source: "Clockwork", Manual: "Clockwork", Date: &never}
	if err := doc.GenMan(cmd, header, &text); err != nil {
		t.Fatal(err)
	}
	return bytes.Replace(text.Bytes(), []byte(`"`+never.Format("Jan 2006")+`"`), []byte(`""`), 1)
}

func write(t *testing.T, path string, page []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkStale finds pages of commands that there are no more.
func checkStale(t *testing.T, docs, dir, program string, pages map[string][]byte) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(docs, dir, program+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		if _, wanted := pages[filepath.Join(dir, filepath.Base(path))]; wanted {
			continue
		}
		if !*update {
			t.Errorf("%s is about a command that there is no more: run make docs", path)
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
