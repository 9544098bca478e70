package serve

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/confine"
)

// Try reads a confine.Plan from in, confines a thread by it, and writes what is in force then to out, as a list of agent.Capability. It is how a
// driver finds out what its machine permits. It is called once in a process, which is of no use afterwards.
func Try(in io.Reader, out io.Writer) error {
	var plan confine.Plan
	if err := json.NewDecoder(in).Decode(&plan); err != nil {
		return fmt.Errorf("cannot read the plan from standard input: %w", err)
	}
	if err := confine.Enter(plan); err != nil {
		return err
	}
	thread, err := confine.Separate(plan)
	if err != nil {
		return err
	}
	if err := thread.Restrict(); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(agent.CapabilitiesOf(thread))
}
