package engine

import (
	"fmt"
	"strconv"
	"strings"
)

// GPUs are how many or which GPUs a container gets. The zero value is none.
type GPUs struct {
	// Count is how many; -1: all.
	Count int
	// IDs are which, by the names or numbers that the engine's GPU support knows.
	IDs []string
}

// UnmarshalText reads all, a number, or names that are separated by commas; a number that is a name is written as id:0.
func (g *GPUs) UnmarshalText(text []byte) error {
	said := strings.TrimSpace(string(text))
	if said == "all" {
		*g = GPUs{Count: -1}
		return nil
	}
	if count, err := strconv.Atoi(said); err == nil {
		if count < 0 {
			return fmt.Errorf("%q is not a number of GPUs: write all, 1 or more, or names", said)
		}
		*g = GPUs{Count: count}
		return nil
	}
	*g = GPUs{}
	if said == "" {
		return nil
	}
	for id := range strings.SplitSeq(said, ",") {
		id = strings.TrimPrefix(strings.TrimSpace(id), "id:")
		if id == "" {
			return fmt.Errorf("%q has an empty name of a GPU", said)
		}
		g.IDs = append(g.IDs, id)
	}
	return nil
}

// None tells whether no GPU is wanted.
func (g GPUs) None() bool { return g.Count == 0 && len(g.IDs) == 0 }
