//go:build !linux

package native

// resident has nothing to do: nothing is carried over here.
type resident struct{}

func (*resident) own(bytes uint64) uint64 { return bytes }
