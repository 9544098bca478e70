package drivertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/clockworkd/clockwork/internal/agent"
)

func fileCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"FilesHaveTheirModesAndContents": filesHaveTheirModesAndContents,
		"FilesStayInTheWorkspace":        filesStayInTheWorkspace,
		"WorkspaceIsShared":              workspaceIsShared,
		"CollectFindsOutputs":            collectFindsOutputs,
		"CollectKeepsItsLimit":           collectKeepsItsLimit,
	}
}

func filesHaveTheirModesAndContents(f *fixture) {
	b := f.create()
	files := []agent.File{
		{Path: "empty", Mode: 0o644},
		{Path: "script", Mode: 0o755, Content: []byte("text\n")},
		{Path: "a/deep/er/file", Mode: 0o600, Content: []byte{0, 1, 2, 255}},
		{Path: "read-only", Mode: 0o444, Content: []byte("x")},
		{Path: "wide open", Mode: 0o777, Content: []byte("x")},
		{Path: "großes", Mode: 0o640, Content: bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16)},
	}
	b.write(files...)
	for _, file := range files {
		if got, want := b.command("mode", file.Path), fmt.Sprintf("%04o", file.Mode); got != want {
			f.Errorf("%s has mode %s, want %s", file.Path, got, want)
		}
		if got := b.command("cat", file.Path); got != string(file.Content) {
			f.Errorf("%s has %d bytes, want %d, or other ones", file.Path, len(got), len(file.Content))
		}
	}
	b.write(agent.File{Path: "script", Mode: 0o600, Content: []byte("new")}) // over the old one
	if got := b.command("cat", "script") + b.command("mode", "script"); got != "new0600" {
		f.Errorf("after it was written again it is %s", got)
	}
}

func filesStayInTheWorkspace(f *fixture) {
	b := f.create()
	for _, bad := range []string{"../out", "/tmp/out", "a/../../out", ""} {
		err := b.Agent.WriteFiles(f.ctx, slices.Values([]agent.File{{Path: bad, Mode: 0o644, Content: []byte("x")}}))
		if err == nil {
			f.Errorf("a file was written to %q", bad)
		}
	}
}

func workspaceIsShared(f *fixture) {
	b := f.create()
	b.command("write", "dir/file", "text")
	if got := b.command("cat", "dir/file"); got != "text" {
		f.Errorf("the next step reads %q", got)
	}
}

// collected is a file that was collected.
type collected struct {
	mode    fs.FileMode
	content string
}

func (b *box) collect(limit agent.CollectLimit, patterns ...string) (map[string]collected, error) {
	files := make(map[string]collected)
	err := b.Agent.Collect(b.f.ctx, patterns, limit, func(path string, mode fs.FileMode, content io.Reader) error {
		all, err := io.ReadAll(content)
		files[path] = collected{mode, string(all)}
		return err
	})
	return files, err
}

func collectFindsOutputs(f *fixture) {
	b := f.create()
	b.command("write", "out/one.txt", "1")
	b.command("write", "out/deep/two.txt", "2")
	b.command("write", "out/three.bin", "3")
	got, err := b.collect(agent.CollectLimit{Bytes: 1 << 20, Files: 10}, "out/*.txt", "out/**/two.txt", "nothing")
	if err != nil {
		f.Fatalf("Collect: %v", err)
	}
	want := map[string]collected{"out/one.txt": {0o644, "1"}, "out/deep/two.txt": {0o644, "2"}}
	if len(got) != len(want) {
		f.Errorf("Collect found %v, want %v", got, want)
	}
	for path, file := range want {
		if got[path] != file {
			f.Errorf("%s is %v, want %v", path, got[path], file)
		}
	}
	stop := errors.New("stop")
	err = b.Agent.Collect(f.ctx, []string{"**"}, agent.CollectLimit{Bytes: 1 << 30, Files: 10},
		func(string, fs.FileMode, io.Reader) error { return stop })
	if !errors.Is(err, stop) {
		f.Errorf("Collect: %v, want the error of its caller", err)
	}
}

func collectKeepsItsLimit(f *fixture) {
	b := f.create()
	b.command("write", "one", "12345")
	b.command("write", "two", "12345")
	for _, limit := range []agent.CollectLimit{{Bytes: 9, Files: 10}, {Bytes: 10, Files: 1}} {
		if _, err := b.collect(limit, "one", "two"); err == nil {
			f.Errorf("more than %+v was collected", limit)
		}
	}
	if _, err := b.collect(agent.CollectLimit{Bytes: 10, Files: 2}, "one", "two"); err != nil {
		f.Errorf("what just fits was refused: %v", err)
	}
}
