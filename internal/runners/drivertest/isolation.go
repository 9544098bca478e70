package drivertest

import (
	"net"
	"path"
)

// isolationCases are for drivers that can keep steps from the network and from writing.
func isolationCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"DeniesTheNetwork": deniesTheNetwork,
		"DeniesWriting":    deniesWriting,
	}
}

// confine lets a case go on with the driver of a runner that denies the network and writing. It has to say that this is in force.
func (f *fixture) confine(capability string) *box {
	f.Helper()
	f.driver = f.lifeOf(f.Confined, daemon)
	for _, c := range f.describe().Capabilities {
		if c.Name == capability && c.Available {
			return f.create()
		}
	}
	f.Fatalf("its description does not have the capability %s", capability)
	return nil
}

func deniesTheNetwork(f *fixture) {
	listener, err := (&net.ListenConfig{}).Listen(f.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		f.Fatal(err)
	}
	defer listener.Close()
	b := f.confine("network_isolation")
	for network, address := range map[string]string{
		"tcp": listener.Addr().String(), // a service of the machine
		"udp": "192.0.2.1:9",            // which needs a route to anywhere, and sends nothing
	} {
		if got := b.run(b.start("connect", network, address)); got.GetExitCode() != 1 {
			f.Errorf("connect %s %s ended as %v, want exit code 1", network, address, got.Exited)
		}
	}
}

func deniesWriting(f *fixture) {
	b := f.confine("file_write_isolation")
	env := b.Agent.Hello().BaseEnv
	for _, name := range []string{"file", path.Join(env["TMPDIR"], "file"), path.Join(env["HOME"], "file"), "/dev/null"} {
		b.command("write", name, "text")
	}
	for _, dir := range []string{"/", "/etc", "/usr", "/var", "/opt", "/usr/local/bin", "/var/lib"} {
		if got := b.run(b.start("write", path.Join(dir, ".drivertest-"+b.ID), "text")); got.GetExitCode() != 1 {
			f.Errorf("a step wrote to %s: %v", dir, got.Exited)
		}
	}
}
