package parallel_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"kirinuki/engine/parallel"
)

func TestRows_EachOnce(t *testing.T) {
	for _, h := range []int{0, 1, 15, 16, 17, 1000} {
		seen := make([]atomic.Int32, h)
		err := parallel.Rows(context.Background(), h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				seen[y].Add(1)
			}
		})
		if err != nil {
			t.Error(err)
		}
		for y := range seen {
			if n := seen[y].Load(); n != 1 {
				t.Errorf("row %d of %d was done %d times", y, h, n)
			}
		}
	}
}

func TestDo_StopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var calls atomic.Int32
	err := parallel.Do(ctx, 1_000_000, func(int) {
		if calls.Add(1) == 10 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || calls.Load() > 1000 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestDo_PanicsInTheCallersHands(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("the panic was lost")
		}
	}()
	parallel.Do(context.Background(), 100, func(i int) { _ = make([]int, 5)[i] })
}
