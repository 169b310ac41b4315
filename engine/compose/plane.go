package compose

import (
	"context"
	"math"

	"kirinuki/engine/parallel"
)

// plane holds values sampled on a grid of cells of size pixels, the first
// cell's corner at (x0, y0).
type plane struct {
	w, h   int
	size   float64
	x0, y0 float64
	v      []float32
}

// level returns the plane's row at height y in pixels, between two rows of
// cells, with a cell of room at either end: row[i+1] is cell i. Beyond the
// plane values are zero or, with edge, go on.
func (p *plane) level(y float64, edge bool) []float32 {
	v := (y-p.y0)/p.size - 0.5
	if edge {
		v = math.Min(math.Max(v, 0), float64(p.h-1))
	}
	j := int(math.Floor(v))
	b := float32(v - float64(j))
	row := make([]float32, p.w+2)
	in := row[1 : p.w+1]
	if j >= 0 && j < p.h {
		for i, c := range p.v[j*p.w:][:p.w] {
			in[i] = (1 - b) * c
		}
	}
	if j+1 >= 0 && j+1 < p.h && b > 0 {
		for i, c := range p.v[(j+1)*p.w:][:p.w] {
			in[i] += b * c
		}
	}
	if edge && p.w > 0 {
		row[0], row[p.w+1] = row[1], row[p.w]
	}
	return row
}

// along reads a level at x in pixels.
func (p *plane) along(level []float32, x float64) float32 {
	u := (x-p.x0)/p.size + 0.5
	if u <= 0 {
		return level[0]
	}
	if u >= float64(p.w+1) {
		return level[p.w+1]
	}
	i := int(u)
	a := float32(u - float64(i))
	return level[i] + (level[i+1]-level[i])*a
}

// grain chooses for a Gaussian of sigma pixels the cells it is computed on:
// fine enough that the result shows none of them.
func grain(sigma float64) float64 { return math.Max(1, math.Floor(sigma/3)) }

// gauss blurs by sigma pixels in both directions (sy of 0 means sx), treating
// what lies outside as zero. The variances that averaging into cells and
// reading them bilinearly add are taken off.
func (p *plane) gauss(ctx context.Context, sx, sy float64) error {
	if sy == 0 {
		sy = sx
	}
	own := 0.0
	if p.size > 1 {
		own = 1.0/12 + 1.0/6
	}
	kx, ky := kernel(sx/p.size, own), kernel(sy/p.size, own)
	room := make([]float32, len(p.v))
	if err := parallel.Rows(ctx, p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			line(room[y*p.w:][:p.w], p.v[y*p.w:][:p.w], kx)
		}
	}); err != nil {
		return err
	}
	return parallel.Rows(ctx, p.h, func(y0, y1 int) {
		r := len(ky) - 1
		for y := y0; y < y1; y++ {
			out := p.v[y*p.w:][:p.w]
			clear(out)
			for j := max(0, y-r); j <= min(p.h-1, y+r); j++ {
				k, in := ky[max(j-y, y-j)], room[j*p.w:][:p.w]
				for x, v := range in {
					out[x] += k * v
				}
			}
		}
	})
}

// kernel is half a Gaussian, from its centre out, of sigma cells less the
// variance it already has; the whole of it sums to one.
func kernel(sigma, own float64) []float32 {
	sigma = math.Sqrt(math.Max(0, sigma*sigma-own))
	r := int(math.Ceil(3 * sigma))
	k := make([]float64, r+1)
	sum := 0.0
	for i := range k {
		// Integrated over the pixel, so that tiny sigmas stay exact.
		if sigma > 0 {
			s := sigma * math.Sqrt2
			k[i] = math.Erf((float64(i)+0.5)/s) - math.Erf((float64(i)-0.5)/s)
		} else {
			k[i] = 1
		}
		sum += k[i]
		if i > 0 {
			sum += k[i]
		}
	}
	out := make([]float32, r+1)
	for i := range k {
		out[i] = float32(k[i] / sum)
	}
	return out
}

// line convolves one row with a symmetric kernel.
func line(out, in []float32, k []float32) {
	for x, v := range in {
		out[x] = k[0] * v
	}
	for i := 1; i < len(k); i++ {
		w := k[i]
		if i >= len(in) {
			break
		}
		for x, v := range in[i:] {
			out[x] += w * v
		}
		for x, v := range in[:len(in)-i] {
			out[x+i] += w * v
		}
	}
}
