package agent_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func files(list ...agent.File) iter.Seq[agent.File] { return slices.Values(list) }

func TestFilesArriveExactly(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	large := make([]byte, 5<<20+17)
	_, _ = rand.Read(large) // it never fails
	list := []agent.File{
		{Path: "empty", Mode: 0o644},
		{Path: "a/b/large", Mode: 0o600, Content: large},
		{Path: "exactly", Mode: 0o400, Content: large[:1<<20]},
	}
	for i := range 300 {
		list = append(list, agent.File{Path: fmt.Sprintf("many/%d", i), Mode: 0o755, Content: large[:i*37]})
	}
	for range 2 { // the second time it replaces
		if err := client.WriteFiles(within(t), files(list...)); err != nil {
			t.Fatal(err)
		}
		for _, file := range list {
			path := filepath.Join(s.launch.Workspace, file.Path)
			got, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(got, file.Content) {
				t.Errorf("%s is not what was sent (%v)", file.Path, err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode() != file.Mode {
				t.Errorf("%s has mode %v, %v", file.Path, info.Mode(), err)
			}
		}
	}
	if err := client.WriteFiles(within(t), files()); err != nil {
		t.Error(err)
	}
}

func TestFilesAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := s.connect(t)
	run(t, client, sh("p", `mkdir dir; ln -s /etc out; ln -s dir in; ln -s /etc/passwd file`))
	for path, want := range map[string]codes.Code{
		"../x": codes.InvalidArgument, "/x": codes.InvalidArgument, "": codes.InvalidArgument,
		"out/x": codes.FailedPrecondition, "in/x": codes.FailedPrecondition, "file": codes.FailedPrecondition, "dir": codes.FailedPrecondition,
	} {
		// Enough behind it that the refusal comes while files are still being sent.
		err := client.WriteFiles(within(t), files(agent.File{Path: path, Mode: 0o644}, agent.File{Path: "big", Content: make([]byte, 20<<20)}))
		if status.Code(err) != want {
			t.Errorf("%q: %v, want %v", path, err, want)
		}
	}
}

// TestWrittenProgramsCanBeExecuted is where ETXTBSY would show: programs are written while others are started.
func TestWrittenProgramsCanBeExecuted(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	program, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 40 {
				name := fmt.Sprintf("program-%d-%d", worker, i)
				if err := client.WriteFiles(within(t), files(agent.File{Path: name, Mode: 0o755, Content: program})); err != nil {
					t.Error(err)
					return
				}
				r := newRecord()
				exit, err := client.Run(within(t), &agentv1.Start{ProcessId: name, Argv: []string{"./" + name}}, r)
				if err != nil || exit.ExitCode == nil || exit.GetExitCode() != 0 {
					t.Errorf("%v, %v", exit, err)
					return
				}
				exit.Forget()
			}
		})
	}
	wg.Wait()
}

func TestCollect(t *testing.T) {
	t.Parallel()
	client := start(t).connect(t)
	run(t, client, sh("p", `mkdir -p dist/sub; echo one > dist/a; printf two > dist/sub/b; chmod 750 dist/sub/b; : > dist/empty
		ln -s /etc/passwd dist/link; mkfifo dist/fifo; head -c 3000000 /dev/zero > dist/zeros; mkdir other; echo x > other/x`))
	var got []string
	err := client.Collect(within(t), []string{"dist/**"}, agent.CollectLimit{Bytes: 1 << 30, Files: 100},
		func(path string, mode fs.FileMode, content io.Reader) error {
			if path == "dist/zeros" { // part of it is left unread
				content = io.LimitReader(content, 3)
			}
			data, err := io.ReadAll(content)
			got = append(got, fmt.Sprintf("%s %o %q", path, mode, data))
			return err
		})
	want := []string{`dist/a 644 "one\n"`, `dist/empty 644 ""`, `dist/sub/b 750 "two"`, `dist/zeros 644 "\x00\x00\x00"`}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	nothing := func(string, fs.FileMode, io.Reader) error { return nil }
	for _, limit := range []agent.CollectLimit{{Bytes: 1000, Files: 100}, {Bytes: 1 << 30, Files: 2}} {
		if err := client.Collect(within(t), []string{"**"}, limit, nothing); status.Code(err) != codes.ResourceExhausted {
			t.Errorf("%+v: %v, want ResourceExhausted", limit, err)
		}
	}
	if err := client.Collect(within(t), []string{"../*"}, agent.CollectLimit{}, nothing); status.Code(err) != codes.InvalidArgument {
		t.Errorf("../*: %v, want InvalidArgument", err)
	}
	failed := errors.New("no room for it")
	err = client.Collect(within(t), []string{"**"}, agent.CollectLimit{Bytes: 1 << 30, Files: 100}, func(string, fs.FileMode, io.Reader) error { return failed })
	if !errors.Is(err, failed) {
		t.Errorf("Collect = %v, want the caller's error", err)
	}
}

func TestFullDiskOfTheSpoolLosesNothing(t *testing.T) {
	t.Parallel()
	s := prepare(t)
	s.launch.RunDir = smallDisk(t)
	s.serve(t, nil)
	client := s.connect(t)
	r, done := background(t, client, sh("p", `echo go; while [ ! -e go ]; do sleep 0.01; done; seq 1 2000000`))
	r.until(t, "go")
	_ = client.Close()
	<-done
	client = s.connect(t)
	run(t, client, sh("q", `touch go; sleep 0.5`)) // it fills the disk
	got := run(t, client, &agentv1.Start{ProcessId: "p", StdoutOffset: 3})
	if lines := strings.Count(got.stdout.String(), "\n"); lines != 2000000 || !strings.HasSuffix(got.stdout.String(), "\n1999999\n2000000\n") {
		t.Errorf("there are %d lines", lines)
	}
}
