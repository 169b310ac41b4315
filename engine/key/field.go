package key

import (
	"context"

	"kirinuki/engine/parallel"
)

// field is what the local background adds to the surface, on a coarse grid:
// the shading that six coefficients cannot follow. The zero value adds
// nothing.
type field struct {
	w, h  int
	size  int // pixels a cell
	cells [][3]float32
}

// add adds the field at a pixel to c, bilinearly between cell centres.
func (f *field) add(c *[3]float32, x, y int) {
	if f.cells == nil {
		return
	}
	u := (float32(x)+0.5)/float32(f.size) - 0.5
	v := (float32(y)+0.5)/float32(f.size) - 0.5
	u, v = min(max(u, 0), float32(f.w-1)), min(max(v, 0), float32(f.h-1))
	i, j := int(u), int(v)
	u, v = u-float32(i), v-float32(j)
	i1, j1 := min(i+1, f.w-1), min(j+1, f.h-1)
	a, b := &f.cells[j*f.w+i], &f.cells[j*f.w+i1]
	p, q := &f.cells[j1*f.w+i], &f.cells[j1*f.w+i1]
	for n := range c {
		top := a[n] + (b[n]-a[n])*u
		c[n] += top + (p[n]+(q[n]-p[n])*u-top)*v
	}
}

// How far the shading may be followed: this many times, to this difference
// from the surface. Without an end, a pale subject with a soft edge would be
// taken for shading.
const (
	followTimes = 5
	followMost  = 0.08
)

// settle learns the field from what has grown so far and grows again, as long
// as that finds more: a lamp's hot spot is climbed from its foot.
func (k *cutter) settle(ctx context.Context) error {
	if k.bg.Noise == 0 && k.bg.flat() {
		return ctx.Err() // an even colour has no shading
	}
	grown := k.grown()
	for range followTimes {
		if err := k.learn(ctx); err != nil {
			return err
		}
		if err := k.grow(ctx); err != nil {
			return err
		}
		now := k.grown()
		if now-grown <= len(k.depth)/1000 {
			break
		}
		grown = now
	}
	return ctx.Err()
}

// grown counts the background's pixels.
func (k *cutter) grown() (n int) {
	for _, d := range k.depth {
		if d == 0 {
			n++
		}
	}
	return n
}

// learn makes the field from what has grown and compares anew. Where there is
// no background to learn from, cells take their neighbours' mean, wider and
// wider.
func (k *cutter) learn(ctx context.Context) error {
	f := field{size: max(16, max(k.src.w, k.src.h)/128)}
	f.w, f.h = (k.src.w+f.size-1)/f.size, (k.src.h+f.size-1)/f.size
	cells, weight := make([][3]float32, f.w*f.h), make([]float32, f.w*f.h)
	err := parallel.Rows(ctx, f.h, func(j0, j1 int) {
		for j := j0; j < j1; j++ {
			for i := range f.w {
				var sum [3]float64
				n := 0
				for y := j * f.size; y < min((j+1)*f.size, k.src.h); y++ {
					for x := i * f.size; x < min((i+1)*f.size, k.src.w); x++ {
						if k.depth[y*k.src.w+x] != 0 {
							continue
						}
						c, a := k.src.at(x, y)
						if a < clearAlpha {
							continue
						}
						u, v := k.src.uv(x, y)
						b := k.bg.at(u, v)
						for m := range sum {
							sum[m] += float64(c[m] - b[m])
						}
						n++
					}
				}
				// A few pixels at a subject's edge would pull the cell.
				if n*8 >= f.size*f.size {
					for m := range sum {
						mean := float32(sum[m] / float64(n))
						cells[j*f.w+i][m] = min(max(mean, -followMost), followMost)
					}
					weight[j*f.w+i] = 1
				}
			}
		}
	})
	if err != nil {
		return err
	}
	f.cells = fill(cells, weight, f.w, f.h)
	k.field = f
	return k.compare(ctx)
}

// fill gives cells of no weight the values of those around them, by pulling
// down a pyramid of weighted means and pushing back up.
func fill(c [][3]float32, weight []float32, w, h int) [][3]float32 {
	whole := true
	for _, v := range weight {
		whole = whole && v > 0
	}
	if whole || w*h == 1 {
		return c
	}
	hw, hh := (w+1)/2, (h+1)/2
	half, hweight := make([][3]float32, hw*hh), make([]float32, hw*hh)
	for y := range h {
		for x := range w {
			i, j := y*w+x, y/2*hw+x/2
			for n := range c[i] {
				half[j][n] += weight[i] * c[i][n]
			}
			hweight[j] += weight[i]
		}
	}
	for j, v := range hweight {
		if v > 0 {
			for n := range half[j] {
				half[j][n] /= v
			}
			hweight[j] = 1
		}
	}
	coarse := field{hw, hh, 2, fill(half, hweight, hw, hh)}
	out := make([][3]float32, w*h)
	for y := range h {
		for x := range w {
			i := y*w + x
			if weight[i] > 0 {
				out[i] = c[i]
			} else {
				coarse.add(&out[i], x, y)
			}
		}
	}
	return out
}
