package app

import (
	"context"
	"slices"
	"sync"
)

// gate lets work through as long as its weights together stay within a
// bound. One that is heavier than the bound goes alone. Who comes first goes
// first, except that urgent work goes before all other.
type gate struct {
	mu      sync.Mutex
	bound   int64
	used    int64
	waiting []*visitor
}

type visitor struct {
	weight int64
	urgent bool
	in     chan struct{}
}

func newGate(bound int64) *gate { return &gate{bound: bound} }

// enter waits for its turn and returns the function that gives it back.
func (g *gate) enter(ctx context.Context, weight int64, urgent bool) (leave func(), err error) {
	v := &visitor{max(0, min(weight, g.bound)), urgent, make(chan struct{})}
	g.mu.Lock()
	at := len(g.waiting)
	if urgent {
		at = 0
		for at < len(g.waiting) && g.waiting[at].urgent {
			at++
		}
	}
	g.waiting = slices.Insert(g.waiting, at, v)
	g.admit()
	g.mu.Unlock()

	leave = sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.used -= v.weight
		g.admit()
	})
	select {
	case <-v.in:
		return leave, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	at = slices.Index(g.waiting, v)
	if at >= 0 {
		g.waiting = slices.Delete(g.waiting, at, at+1)
		g.admit()
	}
	g.mu.Unlock()
	if at < 0 {
		leave() // it was let in at the same moment
	}
	return nil, ctx.Err()
}

// admit lets in who fits. The caller holds the lock.
func (g *gate) admit() {
	for len(g.waiting) > 0 {
		v := g.waiting[0]
		if g.used+v.weight > g.bound {
			return
		}
		g.used += v.weight
		g.waiting = g.waiting[1:]
		close(v.in)
	}
}
