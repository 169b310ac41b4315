package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// layer is premultiplied colour and alpha, 16 bits each, over a rectangle of
// the finished picture.
type layer struct {
	r   image.Rectangle
	pix []uint16 // r, g, b, a
}

func newLayer(r image.Rectangle) *layer {
	return &layer{r, make([]uint16, 4*r.Dx()*r.Dy())}
}

// source reads rows of straight colour with an alpha beside it.
type source struct {
	w, h  int
	color image.Image // *image.NRGBA or *image.NRGBA64 at (0, 0)
	alpha *image.Gray // nil: the colour's own
}

// row reads x0..x1 of row y as premultiplied values 0..1 into out.
func (s *source) row(out []float32, y, x0, x1 int) {
	switch m := s.color.(type) {
	case *image.NRGBA:
		p := m.Pix[y*m.Stride+4*x0 : y*m.Stride+4*x1]
		for i := 0; i < len(p); i += 4 {
			a := p[i+3]
			if s.alpha != nil {
				a = s.alpha.Pix[y*s.alpha.Stride+x0+i/4]
			}
			k := float32(a) / (255 * 255)
			out[i], out[i+1], out[i+2] = float32(p[i])*k, float32(p[i+1])*k, float32(p[i+2])*k
			out[i+3] = float32(a) / 255
		}
	case *image.NRGBA64:
		p := m.Pix[y*m.Stride+8*x0 : y*m.Stride+8*x1]
		for i := 0; i < len(p); i += 8 {
			a := float32(uint16(p[i+6])<<8|uint16(p[i+7])) / 65535
			if s.alpha != nil {
				a = float32(s.alpha.Pix[y*s.alpha.Stride+x0+i/8]) / 255
			}
			k := a / 65535
			o := out[i/2 : i/2+4]
			o[0] = float32(uint16(p[i])<<8|uint16(p[i+1])) * k
			o[1] = float32(uint16(p[i+2])<<8|uint16(p[i+3])) * k
			o[2] = float32(uint16(p[i+4])<<8|uint16(p[i+5])) * k
			o[3] = a
		}
	}
}

// taps are the source pixels from first on that one finished pixel is made
// of, and their weights.
type taps struct {
	first   int
	weights []float32
}

// lanczos lists for the pixels from..to of a line the taps into a source line
// of n pixels, where finished = source*scale + shift.
func lanczos(from, to, n int, scale, shift float64) []taps {
	const lobes = 3
	stretch := math.Max(1, 1/scale)
	all := make([]taps, to-from)
	for i := range all {
		centre := (float64(from+i)+0.5-shift)/scale - 0.5
		lo, hi := int(math.Ceil(centre-lobes*stretch)), int(math.Floor(centre+lobes*stretch))
		sum := 0.0 // of what is there
		var w []float64
		for j := lo; j <= hi; j++ {
			t := (float64(j) - centre) / stretch
			v := 1.0
			if t != 0 {
				t *= math.Pi
				v = math.Sin(t) / t * math.Sin(t/lobes) / (t / lobes)
			}
			w = append(w, v)
			if j >= 0 && j < n {
				sum += v
			}
		}
		// At the source's ends the weights add up to the share of the
		// finished pixel that the source covers, so that its edge stays
		// where it is, sharp.
		x0, x1 := (float64(from+i)-shift)/scale, (float64(from+i+1)-shift)/scale
		cover := (math.Min(x1, float64(n)) - math.Max(x0, 0)) / (x1 - x0)
		a := taps{first: max(lo, 0)}
		if cover > 1e-9 && sum > 0 {
			for j := a.first; j <= min(hi, n-1); j++ {
				a.weights = append(a.weights, float32(w[j-lo]/sum*math.Min(cover, 1)))
			}
		}
		all[i] = a
	}
	return all
}

// resample draws s, scaled and shifted, into the rectangle r. Colours are
// premultiplied while they are mixed, so no hidden colour bleeds in.
func resample(ctx context.Context, s *source, r image.Rectangle, scale, x, y float64) (*layer, error) {
	out := newLayer(r)
	across := lanczos(r.Min.X, r.Max.X, s.w, scale, x)
	down := lanczos(r.Min.Y, r.Max.Y, s.h, scale, y)
	w := r.Dx()
	err := parallel.Rows(ctx, r.Dy(), func(y0, y1 int) {
		// The source rows this band needs, scaled across, in a ring.
		depth := 0
		for _, t := range down[y0:y1] {
			depth = max(depth, len(t.weights))
		}
		if depth == 0 {
			return
		}
		lo, hi := s.w, 0
		for _, t := range across {
			if len(t.weights) > 0 {
				lo, hi = min(lo, t.first), max(hi, t.first+len(t.weights))
			}
		}
		if lo >= hi {
			return
		}
		ring := make([]float32, depth*4*w)
		holds := make([]int, depth)
		for i := range holds {
			holds[i] = -1
		}
		in, sum := make([]float32, 4*(hi-lo)), make([]float32, 4*w)
		for i := y0; i < y1 && ctx.Err() == nil; i++ {
			t := down[i]
			clear(sum)
			for j, k := range t.weights {
				sy := t.first + j
				row := ring[sy%depth*4*w:][:4*w]
				if holds[sy%depth] != sy {
					holds[sy%depth] = sy
					s.row(in, sy, lo, hi)
					squeeze(row, in, across, lo)
				}
				for n, v := range row {
					sum[n] += k * v
				}
			}
			store(out.pix[i*4*w:][:4*w], sum)
		}
	})
	return out, err
}

// squeeze scales one premultiplied row.
func squeeze(out, in []float32, across []taps, lo int) {
	for i, t := range across {
		var r, g, b, a float32
		if len(t.weights) == 0 {
			clear(out[4*i : 4*i+4])
			continue
		}
		p := in[4*(t.first-lo):]
		for j, k := range t.weights {
			q := p[4*j : 4*j+4]
			r += k * q[0]
			g += k * q[1]
			b += k * q[2]
			a += k * q[3]
		}
		o := out[4*i : 4*i+4]
		o[0], o[1], o[2], o[3] = r, g, b, a
	}
}

// store rounds premultiplied values; the filter's overshoot is cut so that
// no colour exceeds its alpha.
func store(out []uint16, in []float32) {
	for i := 0; i < len(in); i += 4 {
		a := min(max(in[i+3], 0), 1)
		for n := range 3 {
			out[i+n] = uint16(min(max(in[i+n], 0), a)*65535 + 0.5)
		}
		out[i+3] = uint16(a*65535 + 0.5)
	}
}
