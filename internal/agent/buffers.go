package agent

import (
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/mem"
)

// gRPC encodes and decodes every message in a buffer out of a pool, whose sizes are gRPC's own choice up to 32 KiB, and then 1 MiB. A block of
// output is a little longer than 64 KiB. So gRPC gets sizes that fit, in the agent and, since it has but one pool, in the whole daemon.
func init() { //nolint:gochecknoinits // gRPC takes it at no other time
	const head = 4 << 10 // what a message has besides its data
	experimental.SetDefaultBufferPool(mem.NewTieredBufferPool(
		256, 4<<10, 16<<10, 32<<10, 64<<10+head, maxOutput+head, maxPieces+head,
	))
}
