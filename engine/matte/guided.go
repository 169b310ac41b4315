package matte

import (
	"context"
	"image"

	"kirinuki/engine/parallel"
)

const (
	guidedRadius  = 6
	guidedEpsilon = 1e-4
	guidedTile    = 96
)

// guided returns four coefficients a pixel of the small picture, such that
// alpha = c0 R + c1 G + c2 B + c3 near it: the guided filter of He, Sun and
// Tang, "Guided Image Filtering" (2013), equations 19 and 20, with the
// picture's colours as the guide and the mask as the input. Being linear in
// the colours, the coefficients hold at full resolution too (He and Sun,
// "Fast Guided Filter", 2015). Only tiles with unknown pixels are computed.
func (s *small) guided(ctx context.Context) ([]float32, error) {
	in := make([]float32, s.w*s.h)
	for i, v := range s.state {
		switch v {
		case unknown:
			in[i] = s.mask[i]
		case inside:
			in[i] = 1
		}
	}
	coef := make([]float32, 4*s.w*s.h)
	tiles := tilesOf(s.w, s.h, guidedTile, func(r image.Rectangle) bool {
		return anyPartial(s.state, s.w, grown(r, 1, s.w, s.h))
	})
	return coef, parallel.Do(ctx, len(tiles), func(i int) {
		s.guidedIn(tiles[i], in, coef)
	})
}

// guidedIn fills in the coefficients of one tile.
func (s *small) guidedIn(tile image.Rectangle, in, coef []float32) {
	r := grown(tile, 2*guidedRadius, s.w, s.h)
	w, h := r.Dx(), r.Dy()
	n := w * h
	buf := make([]float32, 14*n)
	plane := func(k int) []float32 { return buf[k*n : (k+1)*n] }
	// Planes: R G B, p, Rp Gp Bp, RR RG RB GG GB BB, and room to work in.
	for y := 0; y < h; y++ {
		from := (y+r.Min.Y)*s.w + r.Min.X
		rgb := s.rgb[3*from : 3*(from+w)]
		for x, p := range in[from : from+w] {
			i := y*w + x
			R, G, B := rgb[3*x], rgb[3*x+1], rgb[3*x+2]
			buf[i], buf[n+i], buf[2*n+i], buf[3*n+i] = R, G, B, p
			buf[4*n+i], buf[5*n+i], buf[6*n+i] = R*p, G*p, B*p
			buf[7*n+i], buf[8*n+i], buf[9*n+i] = R*R, R*G, R*B
			buf[10*n+i], buf[11*n+i], buf[12*n+i] = G*G, G*B, B*B
		}
	}
	room := plane(13)
	for k := 0; k < 13; k++ {
		boxMean(plane(k), room, w, h, guidedRadius)
	}
	for i := 0; i < n; i++ {
		R, G, B, p := buf[i], buf[n+i], buf[2*n+i], buf[3*n+i]
		a, b, c := buf[7*n+i]-R*R+guidedEpsilon, buf[8*n+i]-R*G, buf[9*n+i]-R*B
		d, e, f := buf[10*n+i]-G*G+guidedEpsilon, buf[11*n+i]-G*B, buf[12*n+i]-B*B+guidedEpsilon
		u, v, t := buf[4*n+i]-R*p, buf[5*n+i]-G*p, buf[6*n+i]-B*p
		m := invert(a, b, c, d, e, f)
		x := m[0]*u + m[1]*v + m[2]*t
		y := m[1]*u + m[3]*v + m[4]*t
		z := m[2]*u + m[4]*v + m[5]*t
		buf[i], buf[n+i], buf[2*n+i], buf[3*n+i] = x, y, z, p-x*R-y*G-z*B
	}
	for k := 0; k < 4; k++ {
		boxMean(plane(k), room, w, h, guidedRadius)
	}
	for y := tile.Min.Y; y < tile.Max.Y; y++ {
		i := (y-r.Min.Y)*w + tile.Min.X - r.Min.X
		out := coef[4*(y*s.w+tile.Min.X) : 4*(y*s.w+tile.Max.X)]
		for x := 0; x < tile.Dx(); x++ {
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = buf[i+x], buf[n+i+x], buf[2*n+i+x], buf[3*n+i+x]
		}
	}
}

// invert returns the inverse of the symmetric matrix (a b c; b d e; c e f),
// also symmetric, as its six values in the same order.
func invert(a, b, c, d, e, f float32) [6]float32 {
	A, B, C := d*f-e*e, c*e-b*f, b*e-c*d
	det := a*A + b*B + c*C
	if det < 1e-30 {
		det = 1e-30
	}
	k := 1 / det
	return [6]float32{A * k, B * k, C * k, (a*f - c*c) * k, (b*c - a*e) * k, (a*d - b*b) * k}
}

// boxMean replaces p, a w by h plane, by its mean over squares of radius r,
// cut at the plane's borders. room is of the same size.
func boxMean(p, room []float32, w, h, r int) {
	for y := 0; y < h; y++ {
		in, out := p[y*w:(y+1)*w], room[y*w:(y+1)*w]
		var sum float32
		for x := 0; x < min(r, w); x++ {
			sum += in[x]
		}
		for x := range out {
			n := min(x+r, w-1) - max(x-r, 0) + 1
			if x+r < w {
				sum += in[x+r]
			}
			if x > r {
				sum -= in[x-r-1]
			}
			out[x] = sum / float32(n)
		}
	}
	sum := make([]float32, w)
	for y := 0; y < min(r, h); y++ {
		for x, v := range room[y*w : (y+1)*w] {
			sum[x] += v
		}
	}
	for y := 0; y < h; y++ {
		if y+r < h {
			for x, v := range room[(y+r)*w : (y+r+1)*w] {
				sum[x] += v
			}
		}
		if y > r {
			for x, v := range room[(y-r-1)*w : (y-r)*w] {
				sum[x] -= v
			}
		}
		f := 1 / float32(min(y+r, h-1)-max(y-r, 0)+1)
		out := p[y*w : (y+1)*w]
		for x, v := range sum {
			out[x] = v * f
		}
	}
}

// guidedAlpha writes alpha where the small picture is unknown, from the
// guided filter's coefficients, interpolated between its pixels.
func (s *small) guidedAlpha(ctx context.Context, p *pixels, coef []float32, alpha *image.Gray) error {
	return parallel.Rows(ctx, p.h, func(y0, y1 int) {
		rgb := make([]float32, 3*p.w)
		line := make([]float32, 4*s.w)
		f := 1 / float32(s.scale)
		for y := y0; y < y1; y++ {
			state := s.state[y/s.scale*s.w:][:s.w]
			if !anyPartial(state, 0, image.Rect(0, 0, s.w, 1)) {
				continue
			}
			v := (float32(y)+0.5)*f - 0.5
			c0 := max(int(v+1)-1, 0)
			c1 := min(c0+1, s.h-1)
			v = max(0, v-float32(c0))
			r0, r1 := coef[4*c0*s.w:][:4*s.w], coef[4*c1*s.w:][:4*s.w]
			out := alpha.Pix[y*alpha.Stride:][:p.w]
			for x := 0; x < s.w; x++ {
				if state[x] != unknown {
					continue
				}
				n := x
				for n < s.w && state[n] == unknown {
					n++
				}
				for i := 4 * max(x-1, 0); i < 4*min(n+1, s.w); i++ {
					line[i] = r0[i] + v*(r1[i]-r0[i])
				}
				from, to := x*s.scale, min(n*s.scale, p.w)
				p.rgb(rgb[3*from:], y, from, to)
				for fx := from; fx < to; fx++ {
					u := (float32(fx)+0.5)*f - 0.5
					k := max(int(u+1)-1, 0)
					u = max(0, u-float32(k))
					a := line[4*k : 4*k+4 : 4*k+4]
					k = min(k+1, s.w-1)
					b := line[4*k : 4*k+4 : 4*k+4]
					c := rgb[3*fx : 3*fx+3 : 3*fx+3]
					va := a[0]*c[0] + a[1]*c[1] + a[2]*c[2] + a[3]
					vb := b[0]*c[0] + b[1]*c[1] + b[2]*c[2] + b[3]
					out[fx] = snap(va + u*(vb-va))
				}
				x = n
			}
		}
	})
}

// snap rounds alpha to 8 bits; what is within 3 % of an end goes to that end,
// so that no veil stays on the background and no hole in the subject.
func snap(v float32) uint8 {
	const low, high = 0.03, 0.97
	return unit8((v - low) * (1 / (high - low)))
}
