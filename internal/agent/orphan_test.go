package agent_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// An agent that nobody can reach any more ends by itself, with all that runs in its sandbox, and leaves nothing of its own.
func TestAnOrphanEnds(t *testing.T) {
	t.Parallel()
	for name, orphan := range map[string]func(t *testing.T, s *sandbox){
		"without its socket":         func(t *testing.T, s *sandbox) { t.Helper(); mustRemove(t, s.launch.RunDir) },
		"without what it is tied to": func(t *testing.T, s *sandbox) { t.Helper(); mustRemove(t, s.launch.TiedTo[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := prepare(t)
			s.launch.TiedTo = []string{t.TempDir()}
			s.serve(t, nil)
			client := s.connect(t)
			seen, done := background(t, client, sh("p", `trap "" TERM; setsid sleep 1000 & echo running; sleep 1000`))
			seen.until(t, "running")
			orphan(t, s)
			if err := client.Ping(within(t)); err != nil {
				t.Errorf("it has ended while somebody was connected: %v", err)
			}
			if err := client.Close(); err != nil {
				t.Error(err)
			}
			<-done
			select {
			case <-s.exited:
			case <-time.After(patience):
				t.Fatal("it has not ended")
			}
			if left, err := tree.Sandbox(s.launch.ID).Count(); left != 0 || err != nil {
				t.Errorf("%d of its processes are left (%v)", left, err)
			}
			if _, err := os.Lstat(s.launch.RunDir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("its run directory is left: %v", err)
			}
		})
	}
}

func mustRemove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
