package model

import (
	"fmt"
	"image"
	"math"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/matte"
)

// layout is where a picture lies inside a network's input.
type layout struct {
	w, h int             // of the input
	box  image.Rectangle // of the picture within it
}

// place says where a picture of the given size goes.
func (s *Spec) place(size image.Point) layout {
	w, h := s.W, s.H
	switch s.Fit {
	case Letterbox:
		f := min(float64(w)/float64(size.X), float64(h)/float64(size.Y))
		bw := min(max(int(math.Round(float64(size.X)*f)), 1), w)
		bh := min(max(int(math.Round(float64(size.Y)*f)), 1), h)
		x, y := (w-bw)/2, (h-bh)/2
		return layout{w, h, image.Rect(x, y, x+bw, y+bh)}
	case Shorter:
		f := float64(min(w, h)) / float64(min(size.X, size.Y))
		// A very long picture is squeezed rather than let grow without end.
		side := func(n int) int { return min(max(int(float64(n)*f)/32*32, 32), 4*max(s.W, s.H)) }
		w, h = side(size.X), side(size.Y)
	}
	return layout{w, h, image.Rect(0, 0, w, h)}
}

// Prepare brings a picture to the shape, size and range that s wants: a
// tensor [1 3 H W], red plane first. The picture is averaged down from its
// own 8 or 16 bits; transparent parts are put on grey. img must not be empty.
func Prepare(s *Spec, img image.Image) infer.Tensor {
	l := s.place(img.Bounds().Size())
	bw, bh := l.box.Dx(), l.box.Dy()
	planes := shrink(img, bw, bh)
	peak := float32(1)
	if s.Peak {
		peak = 1e-6
		for _, p := range planes {
			for _, v := range p {
				peak = max(peak, v)
			}
		}
	}
	t := infer.Tensor{Shape: []int64{1, 3, int64(l.h), int64(l.w)}, Data: make([]float32, 3*l.w*l.h)}
	for c, p := range planes {
		to := t.Data[c*l.w*l.h:]
		k := 1 / (peak * s.Scale[c])
		off := s.Mean[c] / s.Scale[c]
		for y := range bh {
			o := to[(l.box.Min.Y+y)*l.w+l.box.Min.X:][:bw]
			for x, v := range p[y*bw:][:bw] {
				o[x] = v*k - off
			}
		}
	}
	return t
}

// faint is how strong the strongest answer of a network with a stretched
// output must be; below, it saw nothing and stretching would show its noise.
const faint = 0.05

// Finish turns what the network said about a picture of the given size into a
// mask over the whole picture. Only the last two dimensions and the first
// channel of out are looked at. It fails with fault.BadModel where out is no
// mask.
func Finish(s *Spec, out infer.Tensor, size image.Point) (matte.Mask, error) {
	n := len(out.Shape)
	if n < 2 || size.X <= 0 || size.Y <= 0 {
		return matte.Mask{}, fault.Newf(fault.BadModel, s.Name, "its output has shape %v", out.Shape)
	}
	h, w := int(out.Shape[n-2]), int(out.Shape[n-1])
	if w < 2 || h < 2 || w > 1<<14 || h > 1<<14 || len(out.Data) < w*h {
		return matte.Mask{}, fault.Newf(fault.BadModel, s.Name, "its output has shape %v", out.Shape)
	}
	p := make([]float32, w*h)
	copy(p, out.Data)
	if err := s.activate(p); err != nil {
		return matte.Mask{}, fault.New(fault.BadModel, s.Name, err)
	}
	m := matte.Mask{W: w, H: h, P: p}
	if l := s.place(size); l.box != image.Rect(0, 0, l.w, l.h) {
		m = crop(m, l)
	}
	return m, nil
}

// activate turns raw outputs into probabilities in 0..1, in place.
func (s *Spec) activate(p []float32) error {
	lo, hi, bad := float32(math.Inf(1)), float32(math.Inf(-1)), 0
	for i, v := range p {
		if s.Activation == Sigmoid {
			v = float32(1 / (1 + math.Exp(-float64(v))))
		}
		if !finite(v) {
			v, bad = 0, bad+1
		}
		p[i] = v
		lo, hi = min(lo, v), max(hi, v)
	}
	if bad > len(p)/2 {
		return fmt.Errorf("%d of %d output values are no numbers", bad, len(p))
	}
	off, k := float32(0), float32(1)
	if s.Activation == MinMax && hi > faint && hi-lo > 1e-6 {
		off, k = lo, 1/(hi-lo)
	}
	for i, v := range p {
		p[i] = min(max((v-off)*k, 0), 1)
	}
	return nil
}

// crop cuts the picture's part out of a letterboxed mask, whose size need not
// be the input's, by bilinear interpolation.
func crop(m matte.Mask, l layout) matte.Mask {
	sx, sy := float64(m.W)/float64(l.w), float64(m.H)/float64(l.h)
	w := max(int(math.Round(float64(l.box.Dx())*sx)), 1)
	h := max(int(math.Round(float64(l.box.Dy())*sy)), 1)
	c := matte.Mask{W: w, H: h, P: make([]float32, w*h)}
	for y := range h {
		fy := (float64(l.box.Min.Y) + (float64(y)+0.5)*float64(l.box.Dy())/float64(h)) * sy
		for x := range w {
			fx := (float64(l.box.Min.X) + (float64(x)+0.5)*float64(l.box.Dx())/float64(w)) * sx
			c.P[y*w+x] = bilinear(m, fx-0.5, fy-0.5)
		}
	}
	return c
}

func bilinear(m matte.Mask, x, y float64) float32 {
	x, y = min(max(x, 0), float64(m.W-1)), min(max(y, 0), float64(m.H-1))
	x0, y0 := min(int(x), m.W-2), min(int(y), m.H-2)
	tx, ty := float32(x-float64(x0)), float32(y-float64(y0))
	p := m.P[y0*m.W+x0:]
	q := m.P[(y0+1)*m.W+x0:]
	return (p[0]*(1-tx)+p[1]*tx)*(1-ty) + (q[0]*(1-tx)+q[1]*tx)*ty
}
