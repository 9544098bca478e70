package hosting

import (
	"encoding/json"
	"fmt"
	"os"
)

// record says whose a sandbox is, for people, and which process its agent is, once there is one.
type record struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Agent int    `json:"agent,omitempty"`
}

func readRecord(path string) (record, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return record{}, err
	}
	var r record
	if err := json.Unmarshal(content, &r); err != nil {
		return record{}, fmt.Errorf("cannot read %s: %v", path, err)
	}
	return r, nil
}

// write replaces the record as a whole.
func (r record) write(path string) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
