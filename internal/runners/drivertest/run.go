package drivertest

import (
	"maps"
	"slices"
	"testing"
)

// Run runs all cases, each in a Harness of its own. Those of what not every driver can do are run for drivers that can.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Helper()
	groups := []map[string]func(*fixture){
		lifecycleCases(), recoverCases(), describeCases(), processCases(), treeCases(), fileCases(), connectionCases(),
	}
	if newHarness(t).Limited != nil {
		groups = append(groups, limitCases())
	}
	if newHarness(t).Confined != nil {
		groups = append(groups, isolationCases())
	}
	for _, group := range groups {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				group[name](newFixture(t, newHarness(t)))
			})
		}
	}
}
