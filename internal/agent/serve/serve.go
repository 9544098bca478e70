package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/agent/native"
)

// Run reads an agent.Launch from in, says on out that it is ready as an agent.Ready, closes both, and serves until the sandbox is shut
// down, by the daemon or by SIGTERM, or until nobody can need it any more. It is called once in a process, first thing.
func Run(in, out *os.File) error {
	if err := prepare(); err != nil {
		return err
	}
	stop := catchSignals()
	launch, err := readLaunch(in)
	if err != nil {
		return err
	}
	thread, err := settle(launch)
	if err != nil {
		return err
	}
	cgroups, err := openCgroups(launch, thread)
	if err != nil {
		return err
	}
	spawner, err := native.NewSpawner(launch.ID, thread, cgroups, launch.Limits)
	if err != nil {
		return err
	}
	server, err := agent.NewServer(agent.Config{
		Token:     launch.Token,
		RunDir:    launch.RunDir,
		Workspace: launch.Workspace,
		Env:       launch.BaseEnv(),
		Spawner:   newThrifty(spawner),
	})
	if err != nil {
		return err
	}
	listener, err := listen(launch.RunDir)
	if err != nil {
		return err
	}
	// From here on the agent is who its steps are; what it needs of others' it has opened.
	if err := thread.Restrict(); err != nil {
		return err
	}
	custody, err := newCustody(server, launch)
	if err != nil {
		return err
	}
	go func() { // until the process ends
		<-stop
		server.Evict(shutdownGrace)
	}()
	ready := agent.Ready{Socket: listener.Addr().String(), Incarnation: server.Incarnation()}
	if err := json.NewEncoder(out).Encode(ready); err != nil {
		return fmt.Errorf("cannot say that the agent is ready: %w", err)
	}
	if err := detach(in, out); err != nil {
		return err
	}
	return serve(server, listener, custody)
}

// settle makes the surroundings of the agent, and those of its steps.
func settle(launch agent.Launch) (*confine.Thread, error) {
	if err := makeDirs(launch); err != nil {
		return nil, err
	}
	if err := confine.Enter(launch.Confine); err != nil {
		return nil, err
	}
	return confine.Separate(launch.Confine)
}

// serve serves until the sandbox was shut down. An orphan shuts itself down, and leaves nothing of the agent's.
func serve(server *agent.Server, listener *net.UnixListener, custody *custody) error {
	served := make(chan struct{})
	var waiting sync.WaitGroup
	var reason string
	waiting.Go(func() {
		if reason = custody.wait(served); reason == "" {
			return
		}
		fmt.Fprintln(os.Stderr, "clockwork-agent: ending the sandbox:", reason)
		listener.SetUnlinkOnClose(custody.socket.isThere())
		server.Shutdown(shutdownGrace)
	})
	err := server.Serve(listener)
	close(served)
	waiting.Wait()
	if reason != "" {
		err = errors.Join(err, custody.cleanUp())
	}
	return err
}

// readLaunch reads exactly one object.
func readLaunch(in io.Reader) (agent.Launch, error) {
	var launch agent.Launch
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&launch); err != nil {
		return launch, fmt.Errorf("cannot read the launch from standard input: %w", err)
	}
	return launch, launch.Check()
}
