package matte

import (
	"context"
	"math"

	"kirinuki/engine/parallel"
)

// far is a squared distance no picture has.
const far = float32(1e12)

// squaredDistance replaces every value of d, a w by h grid of squared
// distances to something near each pixel (0 on it, far where nothing is
// known), by the smallest value plus squared distance over the grid: the
// generalised distance transform of Felzenszwalb and Huttenlocher, "Distance
// Transforms of Sampled Functions" (2012), exact and linear in the pixels.
func squaredDistance(ctx context.Context, d []float32, w, h int) error {
	err := parallel.Rows(ctx, (w+7)/8, func(b0, b1 int) {
		// Eight columns at a time, so that a cache line is read once.
		f, e := make([]float32, 8*h), newEnvelope(h)
		for b := b0; b < b1; b++ {
			x0, x1 := 8*b, min(w, 8*b+8)
			for y := 0; y < h; y++ {
				for x := x0; x < x1; x++ {
					f[(x-x0)*h+y] = d[y*w+x]
				}
			}
			for x := x0; x < x1; x++ {
				e.transform(f[(x-x0)*h : (x-x0+1)*h])
			}
			for y := 0; y < h; y++ {
				for x := x0; x < x1; x++ {
					d[y*w+x] = f[(x-x0)*h+y]
				}
			}
		}
	})
	if err != nil {
		return err
	}
	return parallel.Rows(ctx, h, func(y0, y1 int) {
		e := newEnvelope(w)
		for y := y0; y < y1; y++ {
			e.transform(d[y*w : (y+1)*w])
		}
	})
}

// envelope is the lower envelope of parabolas, one per site.
type envelope struct {
	site  []int32
	value []float32
	start []float32 // where the parabola begins to be the lowest
}

func newEnvelope(n int) *envelope {
	return &envelope{make([]int32, n), make([]float32, n), make([]float32, n)}
}

// transform does one line in place.
func (e *envelope) transform(f []float32) {
	k := -1
	for q, v := range f {
		if v >= far {
			continue
		}
		s := float32(math.Inf(-1))
		for k >= 0 {
			p := e.site[k]
			// Where the parabolas of p and q cross; computed relative to p,
			// so that large coordinates lose nothing.
			g := float32(int32(q) - p)
			s = float32(p) + ((v-e.value[k])/g+g)/2
			if s > e.start[k] {
				break
			}
			k--
		}
		if k < 0 {
			s = float32(math.Inf(-1))
		}
		k++
		e.site[k], e.value[k], e.start[k] = int32(q), v, s
	}
	if k < 0 {
		return
	}
	last := k
	k = 0
	for q := range f {
		for k < last && e.start[k+1] < float32(q) {
			k++
		}
		g := float32(int32(q) - e.site[k])
		f[q] = e.value[k] + g*g
	}
}

// distanceTo returns the squared distance of every pixel to the nearest one
// for which in is true.
func distanceTo(ctx context.Context, w, h int, in func(i int) bool) ([]float32, error) {
	d := make([]float32, w*h)
	for i := range d {
		if !in(i) {
			d[i] = far
		}
	}
	return d, squaredDistance(ctx, d, w, h)
}
