package model

import (
	"context"
	"image"
	"image/draw"
	"math"

	"kirinuki/engine/parallel"
)

// paper is what shows through transparent pixels: a grey that sets off light
// and dark subjects alike. Colours under full transparency are meaningless.
const paper = 0.5

// taps is what one sample of the smaller (or larger) axis is made of: weights
// over consecutive source samples from first on; they add up to 1.
type taps struct {
	first   int
	weights []float32
}

// resample returns the taps of every one of n samples over from source
// samples: the covered area when the axis shrinks, linear interpolation when
// it grows. Pixel centres stay aligned.
func resample(from, n int) []taps {
	all := make([]taps, n)
	scale := float64(from) / float64(n)
	for i := range all {
		if scale <= 1 {
			at := min(max((float64(i)+0.5)*scale-0.5, 0), float64(from-1))
			first := min(int(at), max(from-2, 0))
			t := float32(at - float64(first))
			all[i] = taps{first, []float32{1 - t, t}[:min(2, from)]}
			continue
		}
		lo, hi := float64(i)*scale, float64(i+1)*scale
		first, end := int(lo), min(int(math.Ceil(hi-1e-9)), from)
		w := make([]float32, end-first)
		for k := range w {
			a, b := max(lo, float64(first+k)), min(hi, float64(first+k+1))
			w[k] = float32((b - a) / scale)
		}
		all[i] = taps{first, w}
	}
	return all
}

// shrink returns img at w×h as three planes of values 0..1, row-major, its
// transparent parts on grey paper. Each sample is the average of the area it
// covers. Work is shared by rows; the result does not depend on how.
func shrink(img image.Image, w, h int) [3][]float32 {
	var planes [3][]float32
	for c := range planes {
		planes[c] = make([]float32, w*h)
	}
	row, size := rowReader(img)
	across, down := resample(size.X, w), resample(size.Y, h)
	parallel.Rows(context.Background(), h, func(y0, y1 int) {
		sum := make([]float32, 3*w)
		// A source row brought to width w; neighbours in the result share
		// one, which is then still here.
		line, have := make([]float32, 3*w), -1
		for y := y0; y < y1; y++ {
			clear(sum)
			for k, wy := range down[y].weights {
				sy := down[y].first + k
				if sy != have {
					row(sy, across, line)
					have = sy
				}
				for i, v := range line {
					sum[i] += wy * v
				}
			}
			r, g, b := planes[0][y*w:][:w], planes[1][y*w:][:w], planes[2][y*w:][:w]
			for x := range w {
				s := sum[3*x : 3*x+3 : 3*x+3]
				r[x], g[x], b[x] = s[0], s[1], s[2]
			}
		}
	})
	return planes
}

// rowReader returns a function that brings one source row to the width of
// across (three values a sample, interleaved), and the picture's size.
func rowReader(img image.Image) (row func(y int, across []taps, line []float32), size image.Point) {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.NRGBA:
		return func(y int, across []taps, line []float32) {
			row8(m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):], across, line)
		}, b.Size()
	case *image.NRGBA64:
		return func(y int, across []taps, line []float32) {
			row16(m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):], across, line)
		}, b.Size()
	}
	m := image.NewNRGBA(image.Rectangle{Max: b.Size()})
	draw.Draw(m, m.Rect, img, b.Min, draw.Src)
	return rowReader(m)
}

func row8(pix []byte, across []taps, line []float32) {
	for x := range across {
		t := &across[x]
		p := pix[4*t.first : 4*(t.first+len(t.weights))]
		var r, g, b float32
		for _, w := range t.weights {
			q := p[:4:4]
			if q[3] == 255 {
				r += w * float32(q[0])
				g += w * float32(q[1])
				b += w * float32(q[2])
			} else {
				a := float32(q[3]) * (1. / 255)
				wa, rest := w*a, w*(1-a)*255*paper
				r += wa*float32(q[0]) + rest
				g += wa*float32(q[1]) + rest
				b += wa*float32(q[2]) + rest
			}
			p = p[4:]
		}
		o := line[3*x : 3*x+3 : 3*x+3]
		o[0], o[1], o[2] = r*(1./255), g*(1./255), b*(1./255)
	}
}

func row16(pix []byte, across []taps, line []float32) {
	at := func(q []byte) float32 { return float32(uint16(q[0])<<8 | uint16(q[1])) }
	for x := range across {
		t := &across[x]
		p := pix[8*t.first : 8*(t.first+len(t.weights))]
		var r, g, b float32
		for _, w := range t.weights {
			q := p[:8:8]
			a := at(q[6:]) * (1. / 65535)
			wa, rest := w*a, w*(1-a)*65535*paper
			r += wa*at(q) + rest
			g += wa*at(q[2:]) + rest
			b += wa*at(q[4:]) + rest
			p = p[8:]
		}
		o := line[3*x : 3*x+3 : 3*x+3]
		o[0], o[1], o[2] = r*(1./65535), g*(1./65535), b*(1./65535)
	}
}
