package ssh

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
)

// checked returns why a driver's check failed; empty if it passed.
func checked(t *testing.T, d *Driver) string {
	t.Helper()
	findings := d.Check(t.Context())
	if last := findings[len(findings)-1]; !last.Passed {
		return last.Name + ": " + last.Detail
	}
	return ""
}

// Whatever the login shell, and whatever its profile prints, the runner works.
func TestLoginShells(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"plain", "slow", "tcsh", "fish"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "main", user)
			if user != "slow" { // whose profile is the worst that can happen to an upload
				s.seed(t)
			}
			d := s.newDriver(t, s.options(t, "daemon"))
			defer d.Close()
			if fault := checked(t, d); fault != "" {
				t.Error(fault)
			}
			if left := s.leftovers(t); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// Where no agent can run, the check says why and what to do.
func TestHostsThatRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		server, user, workDir string
		want                  []string
	}{
		{"main", "forced", "", []string{"forced command", "this account makes backups"}},
		{"main", "nologin", "", []string{"a shell that lets nobody in", "not available"}},
		{"main", "homeless", "", []string{"cannot make a work directory", "remote_work_dir"}},
		{"main", "crowded", ".clockwork", []string{"others may write to it", "chmod go-w"}},
		{"main", "plain", "/root/of/nobody", []string{"Permission denied", "remote_work_dir"}},
		{"main", "plain", "/etc", []string{"Permission denied"}},
		{"full", "plain", "", []string{"No space left on device", "see whether there is room"}},
	} {
		t.Run(c.server+"/"+c.user+c.workDir, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.server, c.user)
			o := s.options(t, "daemon")
			if c.workDir != "" {
				o.WorkDir = c.workDir
			}
			d := s.newDriver(t, o)
			defer d.Close()
			fault := checked(t, d)
			for _, want := range c.want {
				if !strings.Contains(fault, want) {
					t.Errorf("it says %q, want %q in it", fault, want)
				}
			}
		})
	}
}

// Where the work directory is mounted noexec, the agent runs from elsewhere, and from memory where there is nothing else.
func TestNoexec(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{"noexec": "/dev/shm/", "sealed": ""} {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, server, "plain")
			if want == "" {
				s.seed(t)
			}
			d := s.newDriver(t, s.options(t, "daemon"))
			defer d.Close()
			if fault := checked(t, d); fault != "" {
				t.Fatal(fault)
			}
			h := d.host.Load()
			if want != "" && !strings.HasPrefix(h.path, want) {
				t.Errorf("the agent lies at %s, want it below %s", h.path, want)
			}
			if want == "" && !strings.Contains(h.call, "memfd_create") {
				t.Errorf("the agent is run by %s, want it from memory", h.call)
			}
			description, err := d.Describe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range description.Capabilities {
				if c.Name == "executable_workspace" && c.Available {
					t.Error("it says that files of the workspace can be run")
				}
			}
		})
	}
}

// Both loaders run a program from memory.
func TestMemoryLoaders(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sealed", "plain")
	s.seed(t)
	o := s.options(t, "daemon")
	agent, err := o.Agents.Host()
	if err != nil {
		t.Fatal(err)
	}
	d := s.newDriver(t, o)
	defer d.Close()
	for _, loader := range []string{"/usr/bin/perl", "python3"} {
		got, err := d.run(t.Context(), memoryLoader(loader)+" "+quote(s.path("agents", "clockwork-agent-"+agent.Digest[:16]))+" version", nil)
		if err != nil || got.status != 0 || len(got.stdout) == 0 {
			t.Errorf("%s: %+v, %v", loader, got, err)
		}
	}
}

// A host that allows two sessions and forwards nothing is served over several connections.
func TestTightHost(t *testing.T) {
	t.Parallel()
	s := newSite(t, "tight", "plain")
	s.seed(t)
	o := s.options(t, "daemon")
	o.MaxConnections = 3
	d := s.newDriver(t, o)
	t.Cleanup(func() { _ = d.Close() })
	ids := []string{"one", "two", "three", "four"}
	for _, id := range ids {
		sandbox, err := d.Create(t.Context(), runners.Spec{ID: s.id(id), Progress: func(string) {}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = sandbox.Agent.Close() })
		if err := sandbox.Agent.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for _, id := range ids {
		if err := d.Destroy(t.Context(), s.id(id)); err != nil {
			t.Error(err)
		}
	}
	if left := s.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// Several daemons that come to a new host at once upload the agent without disturbing each other.
func TestUploadAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	faults := make(chan string, 3)
	for _, daemon := range []string{"a", "b", "c"} {
		d := s.newDriver(t, s.options(t, daemon))
		t.Cleanup(func() { _ = d.Close() })
		go func() { faults <- checked(t, d) }()
	}
	for range cap(faults) {
		if fault := <-faults; fault != "" {
			t.Error(fault)
		}
	}
	if programs, err := filepath.Glob(s.path("agents", "*")); err != nil || len(programs) != 1 {
		t.Errorf("there is %q, want one program", programs)
	}
}

// A program that is not whole, or gone, is replaced.
func TestUploadAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	s.seed(t)
	programs, err := filepath.Glob(s.path("agents", "*"))
	if err != nil || len(programs) != 1 {
		t.Fatal(programs, err)
	}
	if err := os.Truncate(programs[0], 1<<20); err != nil {
		t.Fatal(err)
	}
	d := s.newDriver(t, s.options(t, "daemon"))
	defer d.Close()
	if fault := checked(t, d); fault != "" {
		t.Error(fault)
	}
	if err := os.Remove(programs[0]); err != nil {
		t.Fatal(err)
	}
	if fault := checked(t, d); fault != "" {
		t.Logf("the first time it says: %s", fault)
		if fault := checked(t, d); fault != "" {
			t.Error(fault)
		}
	}
}

// What was to be kept is kept, and nothing else.
func TestKeptWorkspaces(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	s.seed(t)
	o := s.options(t, "daemon")
	o.CleanupOnExit = false
	d := s.newDriver(t, o)
	defer d.Close()
	id := s.id("kept")
	sandbox, err := d.Create(t.Context(), runners.Spec{ID: id, Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	_ = sandbox.Agent.Close()
	if err := d.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if left := s.leftovers(t); len(left) != 1 || left[0] != s.path("kept", id) {
		t.Errorf("left behind: %q, want the workspace alone", left)
	}
}
