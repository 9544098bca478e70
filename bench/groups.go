package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// group is some figures that need the same environment.
type group struct {
	name string
	// missing tells what to do before the group can be measured; empty: nothing.
	missing func() string
	measure func(ctx context.Context, b *bench) ([]Figure, error)
}

// groups is all of them, in the order of the table.
var groups = []group{
	{"start", always, measureStart},
	{"local", always, measureLocal},
	{"output", always, measureOutput},
	{"memory", always, measureMemory},
	{"docker", dockerMissing, measureDocker},
	{"podman", podmanMissing, measurePodman},
	{"ssh", sshMissing, measureSSH},
}

func always() string { return "" }

func groupNames() []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	return names
}

// choose returns the groups with these names; without any, all that can be measured.
func choose(names string) ([]group, error) {
	if names == "" {
		return groups, nil
	}
	var chosen []group
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(groups, func(g group) bool { return g.name == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("cannot measure %q; there are: %s", name, strings.Join(groupNames(), ", "))
		}
		if what := groups[i].missing(); what != "" {
			return nil, fmt.Errorf("cannot measure %s: %s", name, what)
		}
		chosen = append(chosen, groups[i])
	}
	return chosen, nil
}

// measureAll measures one group after the other.
func (b *bench) measureAll(ctx context.Context, chosen []group) ([]Figure, error) {
	var all []Figure
	for _, g := range chosen {
		if what := g.missing(); what != "" {
			b.say("%s: left out; %s", g.name, what)
			continue
		}
		b.say("%s: measuring, %d rounds", g.name, b.rounds)
		figures, err := g.measure(ctx, b)
		if err != nil {
			return nil, fmt.Errorf("cannot measure %s: %w", g.name, err)
		}
		all = append(all, figures...)
	}
	return all, nil
}
