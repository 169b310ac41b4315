package matte

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls f(0) .. f(n-1) on as many goroutines as there are cores and
// returns ctx's error where it was cancelled before all were done. Each call
// must write only what belongs to its own index: then the result is the same
// however many goroutines share the work.
func parallel(ctx context.Context, n int, f func(i int)) error {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := 0; i < n; i++ {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			f(i)
		}
		return ctx.Err()
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// chunk is how many rows parallelRows hands out at a time.
const chunk = 16

// parallelRows calls f with consecutive ranges [y0, y1) that cover 0..h.
func parallelRows(ctx context.Context, h int, f func(y0, y1 int)) error {
	return parallel(ctx, (h+chunk-1)/chunk, func(i int) {
		f(i*chunk, min(h, (i+1)*chunk))
	})
}

// steps spreads one progress function over the steps of a longer work.
type steps struct {
	report func(float64)
	done   float64
}

// part returns the progress function of the next step, which is the given
// share of the whole.
func (s *steps) part(share float64) func(float64) {
	from := s.done
	s.done = min(1, from+share)
	if s.report == nil {
		return func(float64) {}
	}
	return func(p float64) { s.report(min(1, from+share*p)) }
}
