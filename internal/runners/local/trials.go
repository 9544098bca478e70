package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/runners"
)

// bait is what there is outside of a sandbox for Check, to see whether its steps get hold of it.
type bait struct {
	file      string
	listening []net.Listener
}

// newBait makes a file and services of the daemon's user.
func newBait(ctx context.Context) (*bait, error) {
	file, err := os.CreateTemp("", "clockwork-check-")
	if err != nil {
		return nil, fmt.Errorf("cannot try out what steps can reach: %w", err)
	}
	b := &bait{file: file.Name()}
	_ = file.Close() // nothing was written
	for _, at := range [][2]string{{"tcp", "127.0.0.1:0"}, {"unix", b.file + ".socket"}, {"unix", "@" + filepath.Base(b.file)}} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, at[0], at[1])
		if err != nil {
			return nil, errors.Join(fmt.Errorf("cannot try out what steps can reach: %w", err), b.remove())
		}
		b.listening = append(b.listening, listener)
	}
	return b, nil
}

func (b *bait) remove() error {
	faults := []error{os.Remove(b.file)}
	for _, listener := range b.listening {
		faults = append(faults, listener.Close())
	}
	return errors.Join(faults...)
}

// addresses are where its services listen, as package attempt takes them.
func (b *bait) addresses() (all []string) {
	for _, listener := range b.listening {
		all = append(all, listener.Addr().Network()+":"+listener.Addr().String())
	}
	return all
}

// attempts are what a step must fail to do where a capability is in force.
func (d *Driver) attempts(b *bait) map[string][]string {
	unwritten := ".clockwork-check-" + uuid.Must(uuid.NewV4()).String()
	attempts := map[string][]string{
		"network_isolation":  append([]string{"connect"}, b.addresses()...),
		"private_tmp":        {"read", b.file},
		"no_new_privileges":  {"gain", "privileges"},
		"system_call_filter": {"call", "keyctl", "move_mount"},
		"user_isolation":     {"be-user", strconv.Itoa(os.Geteuid())},
		"file_write_isolation": {
			"write", filepath.Join(d.options.CacheDir, unwritten),
			filepath.Join("/usr", unwritten), filepath.Join("/var", unwritten), filepath.Join("/etc", unwritten),
		},
	}
	if self, err := identify(os.Getpid()); err == nil {
		attempts["process_isolation"] = []string{"signal", fmt.Sprintf("%d:%d", self.PID, self.Start)}
	}
	if home := d.base.home; home != "" {
		attempts["file_write_isolation"] = append(attempts["file_write_isolation"], filepath.Join(home, unwritten))
	}
	if !slices.ContainsFunc(d.options.ReadPaths, func(dir string) bool { return within(b.file, dir) }) {
		attempts["file_read_isolation"] = []string{"read", b.file}
	}
	return attempts
}

// within tells whether a path is a directory or lies below it.
func within(path, dir string) bool {
	rest, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rest)
}

// trials prove, for each capability that is said to be in force, that it is.
func (d *Driver) trials(ctx context.Context, b *bait) []runners.Trial {
	description, err := d.Describe(ctx)
	if err != nil {
		return nil // that no sandbox can be created says so, too
	}
	attempts := d.attempts(b)
	var trials []runners.Trial
	for _, c := range description.Capabilities {
		if what, provable := attempts[c.Name]; c.Available && provable {
			trials = append(trials, runners.Trial{
				Name: "try to break " + c.Name, Argv: append([]string{d.options.AgentPath, "attempt"}, what...),
				Detail: "it holds", Remedy: "do not run on it what relies on it, and report it with the output of clockworkctl runners check",
			})
		}
	}
	return trials
}
