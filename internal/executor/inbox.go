package executor

import (
	"context"
	"slices"
	"sync"
)

// inbox takes the inputs of an execution without ever making a sender wait.
type inbox struct {
	mu      sync.Mutex
	waiting []input
	arrived chan struct{}
}

func newInbox() *inbox {
	return &inbox{arrived: make(chan struct{}, 1)}
}

func (b *inbox) post(in input) {
	b.mu.Lock()
	b.waiting = append(b.waiting, in)
	b.mu.Unlock()
	select {
	case b.arrived <- struct{}{}:
	default:
	}
}

// take waits until there are inputs and returns them all; its error is the context's.
func (b *inbox) take(ctx context.Context) ([]input, error) {
	select {
	case <-b.arrived:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	inputs := b.waiting
	b.waiting = nil
	return inputs, nil
}

// holdsEnd tells whether an input waits that ends the execution before its steps do.
func (b *inbox) holdsEnd() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.waiting, func(in input) bool {
		if r, ok := in.(recorded); ok {
			in = r.input
		}
		switch in.(type) {
		case cancelRequested, timeUp:
			return true
		}
		return false
	})
}

// recorded is an input with something to do once what came of it is durable.
type recorded struct {
	input
	then func()
}
