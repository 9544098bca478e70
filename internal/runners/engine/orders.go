package engine

import (
	"context"
	"errors"
	"sync"
	"time"
)

// orderTimeout bounds what an engine may take for one order.
const orderTimeout = 2 * time.Minute

// orders are calls that an engine completes although the caller has hung up: then there is something that nobody knows of. So they
// are never hung up on; whoever gave the order may leave, and whoever cleans up waits for it.
type orders struct {
	mu      sync.Mutex
	pending map[string]map[chan struct{}]struct{} // by sandbox; each is closed when its order is done
	work    sync.WaitGroup
	closed  bool
}

// order has something done for a sandbox. It returns when that is done, or when ctx is.
func order[T any](ctx context.Context, o *orders, id string, do func(context.Context) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	end, ok := o.begin(id)
	if !ok {
		return none, errors.New("cannot give orders any more: the driver is closed")
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		defer end()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), orderTimeout)
		defer cancel()
		value, err := do(ctx)
		done <- result{value, err}
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// begin notes an order. end is called when it is done.
func (o *orders) begin(id string) (end func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return nil, false
	}
	if o.pending == nil {
		o.pending = make(map[string]map[chan struct{}]struct{})
	}
	if o.pending[id] == nil {
		o.pending[id] = make(map[chan struct{}]struct{})
	}
	mine := make(chan struct{})
	o.pending[id][mine] = struct{}{}
	o.work.Add(1)
	return func() {
		defer o.work.Done()
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.pending[id], mine)
		if len(o.pending[id]) == 0 {
			delete(o.pending, id)
		}
		close(mine)
	}, true
}

// settle waits until nothing is under way for a sandbox.
func (o *orders) settle(ctx context.Context, id string) error {
	o.mu.Lock()
	var pending []chan struct{}
	for done := range o.pending[id] {
		pending = append(pending, done)
	}
	o.mu.Unlock()
	for _, done := range pending {
		select {
		case <-done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// close waits for what is under way, and takes no more orders.
func (o *orders) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.work.Wait()
}
