package hosting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// find tells whether there is a sandbox. One that is being made or destroyed is waited for.
func (c command) find() error {
	release, err := c.acquire(c.ID, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return c.out.Encode(Answer{})
	}
	if err != nil {
		return fmt.Errorf("cannot find sandbox %s: %w", c.ID, err)
	}
	release()
	return c.out.Encode(Answer{Exists: true, Socket: c.socket(c.ID)})
}

// list tells the ids of all sandboxes.
func (c command) list() error {
	entries, err := os.ReadDir(c.owned())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot list sandboxes: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if validID.MatchString(entry.Name()) {
			ids = append(ids, entry.Name())
		}
	}
	return c.out.Encode(Answer{IDs: ids})
}
