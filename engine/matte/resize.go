package matte

import (
	"context"
	"math"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// check returns an error where a mask's size and values do not match.
func (m Mask) check() error {
	if m.W <= 0 || m.H <= 0 || len(m.P) != m.W*m.H {
		return fault.Newf(fault.Internal, "", "mask of %dx%d with %d values", m.W, m.H, len(m.P))
	}
	return nil
}

// Resize returns m stretched to w by h with a triangle filter: bilinear where
// it grows, an area average where it shrinks. Values outside 0..1 are
// clamped and NaN becomes 0. It returns an empty mask where w or h is not
// positive or m is malformed.
func Resize(m Mask, w, h int) Mask {
	if w <= 0 || h <= 0 || m.check() != nil {
		return Mask{}
	}
	out, _ := resample(context.Background(), m, w, h, float64(m.W)/float64(w), float64(m.H)/float64(h))
	return out
}

// taps are the mask columns (or rows) that one output value is made of.
type taps struct {
	from   int
	weight []float32
}

// triangle returns the taps of n outputs that lie step inputs apart, on an
// input of size values.
func triangle(n, size int, step float64) []taps {
	all := make([]taps, n)
	radius := math.Max(1, step)
	for i := range all {
		centre := (float64(i)+0.5)*step - 0.5
		lo := int(math.Ceil(centre - radius))
		hi := int(math.Floor(centre + radius))
		from := min(max(lo, 0), size-1)
		weight := make([]float32, min(max(hi, 0), size-1)-from+1)
		sum := 0.0
		for j := lo; j <= hi; j++ {
			v := 1 - math.Abs(float64(j)-centre)/radius
			if v > 0 {
				sum += v
			}
		}
		for j := lo; j <= hi; j++ {
			v := 1 - math.Abs(float64(j)-centre)/radius
			if v > 0 {
				weight[min(max(j, 0), size-1)-from] += float32(v / sum)
			}
		}
		all[i] = taps{from, weight}
	}
	return all
}

// resample returns w by h values of m whose centres lie stepX and stepY mask
// pixels apart, the first half a step from the mask's corner.
func resample(ctx context.Context, m Mask, w, h int, stepX, stepY float64) (Mask, error) {
	cols, rows := triangle(w, m.W, stepX), triangle(h, m.H, stepY)
	wide := make([]float32, w*m.H)
	err := parallel.Rows(ctx, m.H, func(y0, y1 int) {
		line := make([]float32, m.W)
		for y := y0; y < y1; y++ {
			for x, v := range m.P[y*m.W : (y+1)*m.W] {
				line[x] = unit(v)
			}
			out := wide[y*w : (y+1)*w]
			for x := range out {
				t := &cols[x]
				var s float32
				for k, f := range t.weight {
					s += f * line[t.from+k]
				}
				out[x] = s
			}
		}
	})
	if err != nil {
		return Mask{}, err
	}
	p := make([]float32, w*h)
	err = parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			out := p[y*w : (y+1)*w]
			for k, f := range rows[y].weight {
				in := wide[(rows[y].from+k)*w:][:len(out)]
				for x := range out {
					out[x] += f * in[x]
				}
			}
		}
	})
	return Mask{w, h, p}, err
}

// unit clamps to 0..1; NaN becomes 0.
func unit(v float32) float32 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}
