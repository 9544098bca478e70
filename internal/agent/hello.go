package agent

import (
	"encoding/hex"
	"fmt"
	"path"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/confine"
)

// Protocol is the major version of the protocol that this package speaks, on both sides.
const Protocol = 1

// Hello is what an agent says of itself. It is as untrustworthy as everything from a sandbox.
type Hello struct {
	Version     string
	Protocol    uint32
	Incarnation string
	// OS and Arch are as Go names them.
	OS        string
	Arch      string
	Hostname  string
	Workspace string
	// BaseEnv is the environment that every process starts from.
	BaseEnv map[string]string
	// ProcessesStarted counts since the agent's start; 0 means that a sandbox is unused.
	ProcessesStarted uint64
	// UID that processes run as; -1 where the system has none.
	UID          int64
	Capabilities []Capability
}

// Capability is one thing that an agent may be able to do.
type Capability struct {
	// Name is in snake_case.
	Name      string
	Available bool
	// Detail tells how it is done, or why it is not.
	Detail string
	// Remedy tells an administrator what to do, if it is not.
	Remedy string
}

// readHello judges what an agent says of itself.
func readHello(answer *agentv1.HelloResponse) (Hello, error) {
	if answer.GetProtocol() != Protocol {
		return Hello{}, fmt.Errorf("%w: %d, this daemon protocol %d", ErrVersion, answer.GetProtocol(), Protocol)
	}
	if !isID(answer.GetIncarnationId()) || !path.IsAbs(answer.GetWorkspace()) {
		return Hello{}, fmt.Errorf("%w: it says hello without an incarnation or a workspace", ErrProtocol)
	}
	hello := Hello{
		Version:          answer.GetVersion(),
		Protocol:         answer.GetProtocol(),
		Incarnation:      answer.GetIncarnationId(),
		OS:               answer.GetOs(),
		Arch:             answer.GetArch(),
		Hostname:         answer.GetHostname(),
		Workspace:        answer.GetWorkspace(),
		BaseEnv:          answer.GetBaseEnv(),
		ProcessesStarted: answer.GetProcessesStarted(),
		UID:              answer.GetUid(),
	}
	hello.Capabilities = readCapabilities(answer.GetCapabilities())
	return hello, nil
}

func readCapabilities(all []*agentv1.Capability) []Capability {
	var read []Capability
	for _, c := range all {
		read = append(read, Capability{Name: c.GetName(), Available: c.GetAvailable(), Detail: c.GetDetail(), Remedy: c.GetRemedy()})
	}
	return read
}

// CapabilitiesOf tells what is in force for what a thread starts. No thread confines nothing.
func CapabilitiesOf(thread *confine.Thread) []Capability {
	return readCapabilities(thread.Capabilities())
}

// isID accepts what newIncarnation draws, so what may be sent as metadata.
func isID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == 32
}
