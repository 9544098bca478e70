package harness

import "testing"

// Ctl runs clockworkctl against the daemon, to its end.
func (d *Daemon) Ctl(t *testing.T, args ...string) Result {
	t.Helper()
	return d.StartCtl(t, args...).Wait(t)
}

// StartCtl starts clockworkctl against the daemon.
func (d *Daemon) StartCtl(t *testing.T, args ...string) *Command {
	t.Helper()
	return Start(t, d.Command("clockworkctl", append([]string{"--address", d.Address}, args...)...))
}

// Ctl runs clockworkctl as the user of this home, who gives no address.
func (h *Home) Ctl(t *testing.T, args ...string) Result {
	t.Helper()
	return Run(t, h.Command("clockworkctl", args...))
}

// Execute runs a bundle with -o json and returns the document, whatever the exit code is.
func (d *Daemon) Execute(t *testing.T, bundle Bundle, args ...string) (Document, Result) {
	t.Helper()
	path := d.WriteBundle(t, bundle)
	result := d.Ctl(t, append([]string{"execute", path, "-o", "json"}, args...)...)
	return ParseDocument(t, result), result
}

// MustExecute runs a bundle that has to end with this exit code, and returns the document.
func (d *Daemon) MustExecute(t *testing.T, code int, bundle Bundle, args ...string) Document {
	t.Helper()
	path := d.WriteBundle(t, bundle)
	return ParseDocument(t, d.Ctl(t, append([]string{"execute", path, "-o", "json"}, args...)...).Want(t, code))
}

// Detach starts a bundle with --detach and returns the execution's id.
func (d *Daemon) Detach(t *testing.T, bundle Bundle, args ...string) string {
	t.Helper()
	path := d.WriteBundle(t, bundle)
	result := d.Ctl(t, append([]string{"execute", path, "--detach", "-o", "json"}, args...)...).Want(t, 0)
	return ParseDocument(t, result).ExecutionID
}

// Show returns the document of an execution.
func (d *Daemon) Show(t *testing.T, id string) Document {
	t.Helper()
	return ParseDocument(t, d.Ctl(t, "executions", "show", id, "-o", "json").Want(t, 0))
}
