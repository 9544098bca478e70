package tree

import (
	"os"
	"testing"
)

// BenchmarkLook is one look at all processes of the machine.
func BenchmarkLook(b *testing.B) {
	for name, set := range map[string]Set{
		"tagged":      Sandbox("nobody's"),
		"descendants": Sandbox("nobody's").WithDescendants(os.Getpid()),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := set.Count(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
