package local

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
)

// record says which sandbox a run directory belongs to, and which process is its agent.
type record struct {
	ID string `json:"id"`
	// Dir is the sandbox's directory in its daemon's state. Without it nobody can claim the sandbox.
	Dir   string  `json:"dir"`
	Agent process `json:"agent"`
	// Cgroup is that of the sandbox.
	Cgroup cgroup.Dirs `json:"cgroup,omitzero"`
}

func readRecord(path string) (record, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return record{}, fmt.Errorf("cannot read %s: %v", path, err)
	}
	return r, nil
}

// write replaces the record as a whole.
func (r record) write(path string) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fresh := path + ".new"
	if err := os.WriteFile(fresh, data, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
