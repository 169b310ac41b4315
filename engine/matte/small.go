package matte

import (
	"context"

	"kirinuki/engine/parallel"
)

// workSide is about how many pixels the longer side of the small picture
// has: that of the networks' own input, beyond which a mask says nothing.
const workSide = 1024

// draftSide is the same for a Draft.
const draftSide = 384

// small is the picture at about the network's resolution, beside the mask:
// here it is decided what is subject, what is not, and what is unknown.
type small struct {
	scale int // picture pixels a side of one of its own
	w, h  int
	rgb   []float32 // w*h*3, 0..1
	mask  []float32 // w*h, 0..1
	blur  float64   // how many of its pixels one of the mask's own covers, at least 1
	// state has 0 (background), 128 (unknown) or 255 (subject) a pixel.
	state []uint8
}

const (
	outside = 0
	unknown = 128
	inside  = 255
)

// scaleOf returns how many pixels of a w by h picture lie under one of the
// small picture's, of about side, along each side.
func scaleOf(w, h, side int) int { return max(1, (max(w, h)+side/2)/side) }

// newSmall shrinks p to about side by area average and stretches m over the
// same grid.
func newSmall(ctx context.Context, p *pixels, m Mask, side int) (*small, error) {
	s := scaleOf(p.w, p.h, side)
	g := &small{scale: s, w: (p.w + s - 1) / s, h: (p.h + s - 1) / s}
	g.blur = max(1, float64(p.w)/float64(s*m.W), float64(p.h)/float64(s*m.H))
	r, err := resample(ctx, m, g.w, g.h, float64(s*m.W)/float64(p.w), float64(s*m.H)/float64(p.h))
	if err != nil {
		return nil, err
	}
	g.mask = r.P
	g.rgb, err = p.shrink(ctx, s)
	return g, err
}

// shrink returns the picture's colours averaged over blocks of s by s pixels,
// interleaved R, G, B in 0..1; the blocks at the right and bottom may be cut.
func (p *pixels) shrink(ctx context.Context, s int) ([]float32, error) {
	w, h := (p.w+s-1)/s, (p.h+s-1)/s
	rgb := make([]float32, w*h*3)
	opaque := make([]bool, (h+parallel.Band-1)/parallel.Band)
	err := parallel.Rows(ctx, h, func(y0, y1 int) {
		all := uint8(255)
		defer func() { opaque[y0/parallel.Band] = all == 255 }()
		sum := make([]uint32, 3*w)
		for y := y0; y < y1; y++ {
			out := rgb[3*y*w : 3*(y+1)*w]
			if s == 1 {
				p.rgb(out, y, 0, p.w)
				all &= p.alphaOf(y)
				continue
			}
			clear(sum)
			last := min(p.h, (y+1)*s)
			for sy := y * s; sy < last; sy++ {
				all &= p.addRow(sum, sy, s)
			}
			unit := float32(1.0 / 255)
			if p.deep {
				unit = 1.0 / 65535
			}
			for x := 0; x < w; x++ {
				n := (min(p.w, (x+1)*s) - x*s) * (last - y*s)
				f := unit / float32(n)
				out[3*x] = float32(sum[3*x]) * f
				out[3*x+1] = float32(sum[3*x+1]) * f
				out[3*x+2] = float32(sum[3*x+2]) * f
			}
		}
	})
	p.solid = true
	for _, o := range opaque {
		p.solid = p.solid && o
	}
	return rgb, err
}

// addRow adds row y to the sums of blocks s pixels wide. It returns the bits
// that all the row's alphas share: 255 where it is opaque.
func (p *pixels) addRow(sum []uint32, y, s int) uint8 {
	all := uint8(255)
	if p.deep {
		row := p.pix[y*p.stride : y*p.stride+8*p.w]
		for i := 0; len(row) > 0; i += 3 {
			n := min(len(row), 8*s)
			var r, g, b uint32
			for q := row[:n]; len(q) >= 8; q = q[8:] {
				all &= q[6]
				r += uint32(q[0])<<8 | uint32(q[1])
				g += uint32(q[2])<<8 | uint32(q[3])
				b += uint32(q[4])<<8 | uint32(q[5])
			}
			sum[i] += r
			sum[i+1] += g
			sum[i+2] += b
			row = row[n:]
		}
		return all
	}
	row := p.pix[y*p.stride : y*p.stride+4*p.w]
	for i := 0; len(row) > 0; i += 3 {
		n := min(len(row), 4*s)
		var r, g, b uint32
		for q := row[:n]; len(q) >= 4; q = q[4:] {
			all &= q[3]
			r += uint32(q[0])
			g += uint32(q[1])
			b += uint32(q[2])
		}
		sum[i] += r
		sum[i+1] += g
		sum[i+2] += b
		row = row[n:]
	}
	return all
}

// alphaOf returns the bits that all alphas of row y share.
func (p *pixels) alphaOf(y int) uint8 {
	bytes, at := 4, 3
	if p.deep {
		bytes, at = 8, 6
	}
	all := uint8(255)
	for i := at; i < bytes*p.w; i += bytes {
		all &= p.pix[y*p.stride+i]
	}
	return all
}
