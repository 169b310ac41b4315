package matte

import (
	"context"
	"math"
)

// far is a squared distance no picture has.
const far = float32(1e12)

// squaredDistance replaces every value of d, a w by h grid of squared
// distances to something near each pixel (0 on it, far where nothing is
// known), by the smallest value plus squared distance over the grid: the
// generalised distance transform of Felzenszwalb and Huttenlocher, "Distance
// Transforms of Sampled Functions" (2012), exact and linear in the pixels.
func squaredDistance(ctx context.Context, d []float32, w, h int) error {
	err := parallelRows(ctx, (w+7)/8, func(b0, b1 int) {
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
	return parallelRows(ctx, h, func(y0, y1 int) {
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
	last  int       // the last parabola's number
}

func newEnvelope(n int) *envelope {
	return &envelope{make([]int32, n), make([]float32, n), make([]float32, n), 0}
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
	e.last = k
	k = 0
	for q := range f {
		for k < e.last && e.start[k+1] < float32(q) {
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

// nearestTo returns for every pixel the index of the nearest one for which in
// is true, or nil where there is none.
func nearestTo(ctx context.Context, w, h int, in func(i int) bool) []int32 {
	// Down the columns first: the row of the nearest in each.
	rows := make([]int32, w*h)
	const none = int32(-1)
	some := make([]bool, (w+chunk-1)/chunk)
	parallelRows(ctx, w, func(x0, x1 int) {
		for x := x0; x < x1; x++ {
			last := none
			for y := 0; y < h; y++ {
				if in(y*w + x) {
					last = int32(y)
					some[x0/chunk] = true
				}
				rows[y*w+x] = last
			}
			last = none
			for y := h - 1; y >= 0; y-- {
				if rows[y*w+x] == int32(y) {
					last = int32(y)
				}
				if up := rows[y*w+x]; last != none && (up == none || last-int32(y) < int32(y)-up) {
					rows[y*w+x] = last
				}
			}
		}
	})
	found := false
	for _, s := range some {
		found = found || s
	}
	if !found {
		return nil
	}
	out := make([]int32, w*h)
	parallelRows(ctx, h, func(y0, y1 int) {
		e := newEnvelope(w)
		line := make([]float32, w)
		for y := y0; y < y1; y++ {
			row := rows[y*w : (y+1)*w]
			for x, r := range row {
				line[x] = far
				if r != none {
					d := float32(r - int32(y))
					line[x] = d * d
				}
			}
			e.transform(line)
			// The envelope's sites are still there, in order.
			k := 0
			for x := range row {
				for k < e.last && e.start[k+1] < float32(x) {
					k++
				}
				out[y*w+x] = row[e.site[k]]*int32(w) + e.site[k]
			}
		}
	})
	return out
}
