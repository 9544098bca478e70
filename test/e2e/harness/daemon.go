package harness

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// DaemonOptions is how a test's daemon differs from the usual one.
type DaemonOptions struct {
	// Config is YAML, added to the configuration at its top level.
	Config string
	// Runner is YAML, one key a line, added to those of the runner "local".
	Runner string
	// Runners is a YAML list of runners, in place of the usual one; Runner, Warm and Max mean nothing then.
	Runners string
	// Warm is how many idle sandboxes the runner keeps. With 0 there is no sandbox but those of executions.
	Warm int
	// Max is how many sandboxes the runner may have at once; 0: as many as by default.
	Max int
	// Listen is addresses beside the daemon's socket.
	Listen []string
	// Env is added to the daemon's environment.
	Env []string
	// Disk is the size, such as 30m, of a disk that holds the daemon's state and nothing else. It outlives the daemon's restarts. Empty: the
	// state lies in the home.
	Disk string
	// OpenFiles bounds how many files the daemon and what it starts may have open, each; 0: as many as the test may.
	OpenFiles int
	// Inherits is what the daemon is started with beside its usual three descriptors.
	Inherits []*os.File
}

// Daemon is a clockworkd with a home, a socket and a state of its own. It is stopped when the test ends.
type Daemon struct {
	*Home
	// Socket is the path of its Unix socket, Address the same as clients are told it.
	Socket, Address string
	// StateDir and RuntimeDir are all that it may write to.
	StateDir, RuntimeDir string

	config  string
	options DaemonOptions
	disk    *disk
	process *Command
}

// StartDaemon starts a daemon and waits until it answers.
func StartDaemon(t *testing.T, options DaemonOptions) *Daemon {
	t.Helper()
	d := NewDaemon(t)
	d.Configure(t, options)
	d.Start(t)
	return d
}

// NewDaemon makes the home of a daemon that is not configured yet.
func NewDaemon(t *testing.T) *Daemon {
	t.Helper()
	home := NewHome(t)
	socket := home.path("d.sock")
	return &Daemon{Home: home, Socket: socket, Address: "unix://" + socket, StateDir: home.path("state"), RuntimeDir: home.path("run")}
}

// Configure prepares a daemon that was never started to be.
func (d *Daemon) Configure(t *testing.T, options DaemonOptions) {
	t.Helper()
	d.options = options
	d.config = d.WriteFile(t, "config.yaml", []byte(d.configuration(options)))
	if options.Disk != "" {
		d.disk = newDisk(t, options.Disk, d.StateDir)
	}
}

// configuration names everything that a daemon would otherwise look for in the user's directories.
func (d *Daemon) configuration(options DaemonOptions) string {
	var out strings.Builder
	fmt.Fprintf(&out, "state_dir: %s\nruntime_dir: %s\nlisten:\n", d.StateDir, d.RuntimeDir)
	for _, address := range append([]string{d.Address}, options.Listen...) {
		fmt.Fprintf(&out, "  - %s\n", address)
	}
	if !strings.Contains(options.Config, "drain_timeout:") {
		out.WriteString("drain_timeout: 1s\n")
	}
	fmt.Fprintf(&out, "%s\nrunners:\n%s", options.Config, cmp.Or(options.Runners, options.usualRunner()))
	return out.String()
}

// usualRunner is the list of the one runner that most tests use.
func (o DaemonOptions) usualRunner() string {
	pool := fmt.Sprintf("warm: %d", o.Warm)
	if o.Max > 0 {
		pool += fmt.Sprintf(", max: %d", o.Max)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "  - name: local\n    type: local\n    pool: {%s}\n", pool)
	for line := range strings.Lines(o.Runner) {
		out.WriteString("    " + line)
	}
	return out.String()
}

// Start starts the daemon, also again, and waits until it answers.
func (d *Daemon) Start(t *testing.T) {
	t.Helper()
	d.Launch(t)
	if !Within(Patience, func() bool { return d.answers() || d.process.Ended() }) || d.process.Ended() {
		t.Fatalf("clockworkd does not answer on %s. Its log:\n%s", d.Socket, d.process.Stderr())
	}
}

// Launch starts the daemon and waits for nothing.
func (d *Daemon) Launch(t *testing.T) {
	t.Helper()
	cmd := d.Command("clockworkd", "--config", d.config)
	cmd.Env = append(cmd.Env, d.options.Env...)
	if d.options.OpenFiles > 0 {
		cmd = withFewFiles(cmd, d.options.OpenFiles)
	}
	if d.disk != nil {
		cmd = d.disk.command(cmd)
	}
	cmd.ExtraFiles = d.options.Inherits
	process := Start(t, cmd)
	d.process = process
	t.Cleanup(func() { stopAtEnd(t, process) })
}

// answers tells whether the daemon's newest process listens on its socket. One that died may have left children that
// still have its socket, for as long as they are about to execute another program.
func (d *Daemon) answers() bool {
	conn, err := net.Dial("unix", d.Socket)
	if err != nil {
		return false
	}
	defer conn.Close()
	return listenerOf(conn) == d.process.PID()
}

// Reconfigure replaces what DaemonOptions.Config was, and has the daemon read its configuration again.
func (d *Daemon) Reconfigure(t *testing.T, config string) {
	t.Helper()
	d.options.Config = config
	d.WriteFile(t, filepath.Base(d.config), []byte(d.configuration(d.options)))
	d.process.Signal(t, syscall.SIGHUP)
}

// Process is the daemon's newest process.
func (d *Daemon) Process() *Command { return d.process }

// Kill ends the daemon with SIGKILL; its sandboxes stay.
func (d *Daemon) Kill(t *testing.T) {
	t.Helper()
	d.process.Signal(t, syscall.SIGKILL)
	d.process.Wait(t)
}

// Stop asks the daemon to drain and returns how it ended.
func (d *Daemon) Stop(t *testing.T) Result {
	t.Helper()
	d.process.Signal(t, syscall.SIGTERM)
	return d.process.Wait(t)
}

// stopAtEnd has a daemon drain and shows its log if the test has failed.
func stopAtEnd(t *testing.T, daemon *Command) {
	t.Helper()
	if !daemon.Ended() {
		_ = daemon.cmd.Process.Signal(syscall.SIGTERM) // it may have ended meanwhile
		if !Within(Patience, daemon.Ended) {
			t.Errorf("clockworkd has not ended %v after SIGTERM", Patience)
		}
	}
	if t.Failed() {
		t.Logf("the log of clockworkd:\n%s", tail(daemon.Stderr()))
	}
}

// tail is the end of a log that may be long.
func tail(log string) string {
	const most = 16 << 10
	return log[max(0, len(log)-most):]
}
