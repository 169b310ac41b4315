// Package parallel shares the rows of a loop among the processor's cores.
// Which core takes which row is left to chance, so each call must write only
// what belongs to its own rows: then the result is the same on any machine.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls f(0) .. f(n-1) on all cores, in any order. It returns ctx's error
// where it was cancelled before all were done; nothing is under way any more
// when it returns. If a call panics, Do does, so that the caller can recover.
func Do(ctx context.Context, n int, f func(i int)) error {
	var (
		next   atomic.Int64
		group  sync.WaitGroup
		thrown atomic.Pointer[any]
	)
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					thrown.Store(&r)
				}
			}()
			for ctx.Err() == nil && thrown.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	group.Wait()
	if r := thrown.Load(); r != nil {
		panic(*r)
	}
	return ctx.Err()
}

// Band is how many rows Rows hands out at a time, so that sums over bands can be
// added up in one order whoever made them: enough rows that handing out
// costs nothing, few enough that a cancel is heard and no core waits long for
// the last.
const Band = 16

// Rows calls f with ranges [y0, y1) that together are 0..h. Otherwise it is
// as Do.
func Rows(ctx context.Context, h int, f func(y0, y1 int)) error {
	return Do(ctx, (h+Band-1)/Band, func(i int) { f(i*Band, min((i+1)*Band, h)) })
}
