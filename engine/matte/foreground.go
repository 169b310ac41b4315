package matte

import (
	"context"
	"image"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// EstimateForeground returns the colours of the subject alone in the partly
// transparent pixels of src, given its alpha (of the same size): an opaque
// picture of src's type and size. Elsewhere the colours are src's own.
//
// It is the multi-level estimation of Germer, Uelwer, Conrad and Harmeling,
// "Fast Multi-Level Foreground Estimation" (2020): foreground and background
// that explain the picture, smooth where alpha is, solved from coarse to
// fine. Above about a megapixel only tiles with partly transparent pixels are
// solved. Errors are as for Refine.
func EstimateForeground(ctx context.Context, src image.Image, alpha *image.Gray) (image.Image, error) {
	p, _ := pixelsOf(src)
	alpha = copyGray(alpha)
	if alpha.Rect != image.Rect(0, 0, p.w, p.h) {
		return nil, fault.Newf(fault.Internal, "", "alpha of %v for a picture of %dx%d", alpha.Rect, p.w, p.h)
	}
	fore, err := p.cleaned(ctx, alpha)
	if err != nil {
		return nil, fault.About("", err)
	}
	return fore, nil
}

// cleaned shrinks the picture and estimates its foreground.
func (p *pixels) cleaned(ctx context.Context, alpha *image.Gray) (image.Image, error) {
	s := scaleOf(p.w, p.h, workSide)
	rgb, err := p.shrink(ctx, s)
	if err != nil {
		return nil, err
	}
	return p.foreground(ctx, rgb, s, alpha, nil)
}

// layer is one level of the estimation: F and B, interleaved R, G, B.
type layer struct {
	w, h int
	f, b []float32
}

const (
	smoothness   = 1e-5 // keeps F and B smooth where alpha is flat
	colourTile   = 64
	colourMargin = 4
)

// foreground does the work of EstimateForeground; rgb is the picture shrunk
// s times, state says of its pixels where alpha is known, if it is not nil.
func (p *pixels) foreground(ctx context.Context, rgb []float32, s int, alpha *image.Gray, state []uint8) (image.Image, error) {
	out, pix, stride := p.newOpaque()
	if err := parallel.Rows(ctx, p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			p.copyRow(pix[y*stride:], y)
		}
	}); err != nil {
		return nil, err
	}
	tiles := tilesOf(p.w, p.h, colourTile, func(r image.Rectangle) bool {
		return anyPartial(alpha.Pix, alpha.Stride, r)
	})
	if len(tiles) == 0 {
		return out, nil
	}
	coarse, err := estimate(ctx, rgb, shrinkAlpha(alpha, s, state), (p.w+s-1)/s, (p.h+s-1)/s)
	if err != nil {
		return nil, err
	}
	return out, parallel.Do(ctx, len(tiles), func(i int) {
		p.colourTile(tiles[i], coarse, s, alpha, pix, stride)
	})
}

// shrinkAlpha averages alpha over blocks of s by s pixels, in 0..1. Where
// state, if there is one, is not unknown, it is taken for granted.
func shrinkAlpha(alpha *image.Gray, s int, state []uint8) []float32 {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	sw, sh := (w+s-1)/s, (h+s-1)/s
	out := make([]float32, sw*sh)
	parallel.Rows(context.Background(), sh, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := 0; x < sw; x++ {
				i := y*sw + x
				if state != nil && state[i] != unknown {
					out[i] = float32(state[i]) / 255
					continue
				}
				var sum, n int
				for py := y * s; py < min(h, (y+1)*s); py++ {
					for _, v := range alpha.Pix[py*alpha.Stride+x*s : py*alpha.Stride+min(w, (x+1)*s)] {
						sum += int(v)
						n++
					}
				}
				out[i] = float32(sum) / float32(255*n)
			}
		}
	})
	return out
}

// estimate solves for F and B over a whole w by h picture.
func estimate(ctx context.Context, rgb, alpha []float32, w, h int) (*layer, error) {
	if w == 1 && h == 1 || ctx.Err() != nil {
		l := &layer{w, h, append([]float32(nil), rgb...), append([]float32(nil), rgb...)}
		return l, ctx.Err()
	}
	cw, ch := (w+1)/2, (h+1)/2
	crgb, calpha := make([]float32, 3*cw*ch), make([]float32, cw*ch)
	for y := 0; y < ch; y++ {
		for x := 0; x < cw; x++ {
			x1, y1 := min(2*x+1, w-1), min(2*y+1, h-1)
			i, j, k, l := 2*y*w+2*x, 2*y*w+x1, y1*w+2*x, y1*w+x1
			o := y*cw + x
			calpha[o] = (alpha[i] + alpha[j] + alpha[k] + alpha[l]) / 4
			for c := 0; c < 3; c++ {
				crgb[3*o+c] = (rgb[3*i+c] + rgb[3*j+c] + rgb[3*k+c] + rgb[3*l+c]) / 4
			}
		}
	}
	coarse, err := estimate(ctx, crgb, calpha, cw, ch)
	if err != nil {
		return nil, err
	}
	fine := &layer{w, h, make([]float32, 3*w*h), make([]float32, 3*w*h)}
	rounds := 2
	if max(w, h) <= 32 {
		rounds = 10
	}
	// Beyond a few hundred pixels a side only the surroundings of partly
	// transparent pixels matter, also to the finer levels.
	side := 32
	tiles := tilesOf(w, h, side, func(r image.Rectangle) bool {
		if max(w, h) <= 300 {
			return true
		}
		r = grown(r, 2, w, h)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for _, a := range alpha[y*w+r.Min.X : y*w+r.Max.X] {
				if a > 0 && a < 1 {
					return true
				}
			}
		}
		return false
	})
	return fine, parallel.Do(ctx, len(tiles), func(i int) {
		t := tiles[i]
		r := grown(t, colourMargin, w, h)
		c := newColours(r)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(c.rgb[3*(y-r.Min.Y)*c.w:], rgb[3*(y*w+r.Min.X):3*(y*w+r.Max.X)])
			copy(c.alpha[(y-r.Min.Y)*c.w:], alpha[y*w+r.Min.X:y*w+r.Max.X])
		}
		c.start(coarse, 2)
		c.solve(rounds)
		for y := t.Min.Y; y < t.Max.Y; y++ {
			from := 3 * ((y-r.Min.Y)*c.w + t.Min.X - r.Min.X)
			copy(fine.f[3*(y*w+t.Min.X):3*(y*w+t.Max.X)], c.f[from:])
			copy(fine.b[3*(y*w+t.Min.X):3*(y*w+t.Max.X)], c.b[from:])
		}
	})
}

// colours is one tile while it is solved.
type colours struct {
	at         image.Rectangle
	w, h       int
	rgb, alpha []float32
	f, b       []float32
	// span is the columns from..to-1 of every row that are solved; if narrowed,
	// of these only the partly transparent ones are.
	span     [][2]int
	narrowed bool
}

func newColours(r image.Rectangle) *colours {
	n := r.Dx() * r.Dy()
	buf := make([]float32, 10*n)
	c := &colours{r, r.Dx(), r.Dy(), buf[:3*n], buf[3*n : 4*n], buf[4*n : 7*n], buf[7*n:], make([][2]int, r.Dy()), false}
	for y := range c.span {
		c.span[y] = [2]int{0, c.w}
	}
	return c
}

// narrow leaves only partly transparent pixels to be solved: where alpha is 0
// or 1 the picture shows one of the colours itself.
func (c *colours) narrow() {
	c.narrowed = true
	for y := range c.span {
		line := c.alpha[y*c.w : (y+1)*c.w]
		from, to := 0, len(line)
		for from < to && (line[from] == 0 || line[from] == 1) {
			from++
		}
		for from < to && (line[to-1] == 0 || line[to-1] == 1) {
			to--
		}
		c.span[y] = [2]int{from, to}
	}
}

// start takes F and B from a layer s times coarser, interpolated.
func (c *colours) start(l *layer, s int) {
	f := 1 / float32(s)
	for y := 0; y < c.h; y++ {
		v := (float32(y+c.at.Min.Y)+0.5)*f - 0.5
		y0 := max(int(v+1)-1, 0)
		y1 := min(y0+1, l.h-1)
		v = max(0, v-float32(y0))
		// The solver reads one pixel beyond its own.
		from, to := c.w, 0
		for _, n := range c.span[max(y-1, 0):min(y+2, c.h)] {
			if n[0] < n[1] {
				from, to = min(from, max(n[0]-1, 0)), max(to, min(n[1]+1, c.w))
			}
		}
		for x := from; x < to; x++ {
			u := (float32(x+c.at.Min.X)+0.5)*f - 0.5
			x0 := max(int(u+1)-1, 0)
			x1 := min(x0+1, l.w-1)
			u = max(0, u-float32(x0))
			w00, w01, w10, w11 := (1-u)*(1-v), u*(1-v), (1-u)*v, u*v
			i, j, k, m := 3*(y0*l.w+x0), 3*(y0*l.w+x1), 3*(y1*l.w+x0), 3*(y1*l.w+x1)
			o := 3 * (y*c.w + x)
			for ch := 0; ch < 3; ch++ {
				c.f[o+ch] = w00*l.f[i+ch] + w01*l.f[j+ch] + w10*l.f[k+ch] + w11*l.f[m+ch]
				c.b[o+ch] = w00*l.b[i+ch] + w01*l.b[j+ch] + w10*l.b[k+ch] + w11*l.b[m+ch]
			}
			if c.narrowed {
				switch c.alpha[y*c.w+x] {
				case 0:
					copy(c.b[o:o+3], c.rgb[o:o+3])
				case 1:
					copy(c.f[o:o+3], c.rgb[o:o+3])
				}
			}
		}
	}
}

// solve improves F and B by rounds of the 2 by 2 systems of equation 12, each
// pixel from its four neighbours.
func (c *colours) solve(rounds int) {
	w, h := c.w, c.h
	for k := 0; k < rounds; k++ {
		for y := 0; y < h; y++ {
			up, down := max(y-1, 0)*w, min(y+1, h-1)*w
			for x := c.span[y][0]; x < c.span[y][1]; x++ {
				i := y*w + x
				a := c.alpha[i]
				if c.narrowed && (a == 0 || a == 1) {
					continue
				}
				n := [4]int{y*w + max(x-1, 0), y*w + min(x+1, w-1), up + x, down + x}
				var sum, f0, f1, f2, b0, b1, b2 float32
				for _, j := range n {
					d := a - c.alpha[j]
					if d < 0 {
						d = -d
					}
					d += smoothness
					f, b := c.f[3*j:3*j+3:3*j+3], c.b[3*j:3*j+3:3*j+3]
					f0 += d * f[0]
					f1 += d * f[1]
					f2 += d * f[2]
					b0 += d * b[0]
					b1 += d * b[1]
					b2 += d * b[2]
					sum += d
				}
				g := 1 - a
				a00, a01, a11 := a*a+sum, a*g, g*g+sum
				det := 1 / (a00*a11 - a01*a01)
				rgb := c.rgb[3*i : 3*i+3 : 3*i+3]
				f, b := c.f[3*i:3*i+3:3*i+3], c.b[3*i:3*i+3:3*i+3]
				u, v := f0+a*rgb[0], b0+g*rgb[0]
				f[0], b[0] = unit((a11*u-a01*v)*det), unit((a00*v-a01*u)*det)
				u, v = f1+a*rgb[1], b1+g*rgb[1]
				f[1], b[1] = unit((a11*u-a01*v)*det), unit((a00*v-a01*u)*det)
				u, v = f2+a*rgb[2], b2+g*rgb[2]
				f[2], b[2] = unit((a11*u-a01*v)*det), unit((a00*v-a01*u)*det)
			}
		}
	}
}

// colourTile writes the subject's colours of one tile at full resolution.
func (p *pixels) colourTile(t image.Rectangle, coarse *layer, s int, alpha *image.Gray, pix []uint8, stride int) {
	var c *colours
	r := t
	if s == 1 {
		c = newColours(r)
		c.start(coarse, 1)
	} else {
		r = grown(t, colourMargin, p.w, p.h)
		c = newColours(r)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			p.rgb(c.rgb[3*(y-r.Min.Y)*c.w:], y, r.Min.X, r.Max.X)
			for x, v := range alpha.Pix[y*alpha.Stride+r.Min.X : y*alpha.Stride+r.Max.X] {
				c.alpha[(y-r.Min.Y)*c.w+x] = float32(v) * (1.0 / 255)
			}
		}
		c.narrow()
		c.start(coarse, s)
		c.solve(3)
	}
	for y := t.Min.Y; y < t.Max.Y; y++ {
		row := pix[y*stride:]
		for x := t.Min.X; x < t.Max.X; x++ {
			if alpha.Pix[y*alpha.Stride+x]-1 < 254 {
				o := 3 * ((y-r.Min.Y)*c.w + x - r.Min.X)
				p.put(row, x, c.f[o], c.f[o+1], c.f[o+2])
			}
		}
	}
}
