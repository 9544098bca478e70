package drivertest

import (
	"maps"
	"slices"
	"testing"
)

// Run runs all cases, each in a Harness of its own.
func Run(t *testing.T, newHarness func(t *testing.T) Harness) {
	t.Helper()
	for _, group := range []map[string]func(*fixture){
		lifecycleCases(), recoverCases(), describeCases(), processCases(), treeCases(), fileCases(), connectionCases(),
	} {
		for _, name := range slices.Sorted(maps.Keys(group)) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				group[name](newFixture(t, newHarness(t)))
			})
		}
	}
}
