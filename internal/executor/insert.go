package executor

import "slices"

// insert puts a value into an ascending slice.
func insert(sorted []int, value int) []int {
	at, _ := slices.BinarySearch(sorted, value)
	return slices.Insert(sorted, at, value)
}
