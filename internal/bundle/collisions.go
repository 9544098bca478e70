package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// collision is a pair of artifacts that cannot both lie in the workspace: at the same path, or one of them a
// file where the other one needs a directory.
type collision struct{ earlier, later int }

// collisions returns one collision for each artifact that does not go with an earlier one, the first such.
// Artifacts without a path are left out.
func collisions(artifacts []Artifact) []collision {
	order := make([]int, 0, len(artifacts))
	for i := range artifacts {
		if artifacts[i].Path != "" {
			order = append(order, i)
		}
	}
	// Sorted with "/" before any other byte, what lies below a file follows it at once.
	slices.SortStableFunc(order, func(a, b int) int { return compareTrees(artifacts[a].Path, artifacts[b].Path) })
	first := map[int]int{}
	var above []int // files, each below the one before it
	for _, i := range order {
		for len(above) > 0 && !isWithin(artifacts[i].Path, artifacts[above[len(above)-1]].Path) {
			above = above[:len(above)-1]
		}
		for _, j := range above {
			earlier, later := min(i, j), max(i, j)
			if known, ok := first[later]; !ok || earlier < known {
				first[later] = earlier
			}
		}
		// Of equals the first one speaks for all; else many of them would make this quadratic.
		if len(above) == 0 || artifacts[above[len(above)-1]].Path != artifacts[i].Path {
			above = append(above, i)
		}
	}
	found := make([]collision, 0, len(first))
	for _, later := range slices.Sorted(maps.Keys(first)) {
		found = append(found, collision{first[later], later})
	}
	return found
}

func compareTrees(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return cmp.Compare(separatorFirst(a[i]), separatorFirst(b[i]))
		}
	}
	return cmp.Compare(len(a), len(b))
}

func separatorFirst(c byte) int {
	if c == '/' {
		return -1
	}
	return int(c)
}

// isWithin tells whether a clean path is another one or lies below it.
func isWithin(name, above string) bool {
	rest, ok := strings.CutPrefix(name, above)
	return ok && (rest == "" || rest[0] == '/')
}

func (c collision) describe(artifacts []Artifact) string {
	earlier, later := artifacts[c.earlier].Path, artifacts[c.later].Path
	name := artifactsPath.at(c.earlier).String()
	switch {
	case earlier == later:
		return fmt.Sprintf("is the path of %s too (%s)", name, quoted(earlier))
	case isWithin(later, earlier):
		return fmt.Sprintf("lies below %s, which is a file (%s)", name, quoted(earlier))
	default:
		return fmt.Sprintf("must be a directory for %s, which lies below it (%s)", name, quoted(earlier))
	}
}
