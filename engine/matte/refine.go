package matte

import (
	"context"
	"image"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// Refine makes a cut-out at full resolution of src from the coarse mask m.
//
// src is an *image.NRGBA or *image.NRGBA64 that starts at (0, 0) and has
// straight alpha; where it is transparent itself, the cut-out's alpha is the
// product. m may be of any size and is stretched over src; values outside
// 0..1 are clamped and NaN counts as background. progress, which may be nil,
// is called with 0..1. An error is a *fault.Error: Cancelled after ctx was
// cancelled, Internal where m or the hints do not match their own size.
func Refine(ctx context.Context, src image.Image, m Mask, o Options, progress func(float64)) (*Cutout, error) {
	c, err := refine(ctx, src, m, o, progress)
	if err != nil {
		return nil, fault.About("", err)
	}
	return c, nil
}

func refine(ctx context.Context, src image.Image, m Mask, o Options, progress func(float64)) (*Cutout, error) {
	p, src := pixelsOf(src)
	if err := o.Hints.check(p.w, p.h); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	if p.w == 0 || p.h == 0 {
		return nil, fault.Newf(fault.Internal, "", "picture of %dx%d", p.w, p.h)
	}
	todo := &steps{report: progress}
	todo.part(0)(0)
	var c *Cutout
	var err error
	if o.Quality == Off {
		c, err = bilinear(ctx, &p, m)
	} else {
		c, err = matted(ctx, &p, m, o, todo)
	}
	if err != nil {
		return nil, err
	}
	todo.part(0.05)(1)
	if o.Hints != nil {
		if c, err = touch(ctx, src, c, o.Hints, o); err != nil {
			return nil, err
		}
	}
	todo.part(1 - todo.done)(1)
	return c, nil
}

// matted makes a cut-out by the guided filter or by matting.
func matted(ctx context.Context, p *pixels, m Mask, o Options, todo *steps) (*Cutout, error) {
	side := workSide
	if o.Quality == Draft {
		side = draftSide
	}
	s, err := newSmall(ctx, p, m, side)
	if err != nil {
		return nil, err
	}
	todo.part(0.05)(1)
	if err := s.divide(ctx, o); err != nil {
		return nil, err
	}
	alpha := image.NewGray(image.Rect(0, 0, p.w, p.h))
	if err := s.expand(ctx, alpha); err != nil {
		return nil, err
	}
	todo.part(0.05)(1)
	solved := todo.part(0.5)
	if o.Quality.guided() {
		err = s.fast(ctx, p, alpha)
	} else {
		err = s.fine(ctx, p, alpha, solved)
	}
	if err != nil {
		return nil, err
	}
	solved(1)
	if !o.Translucent {
		if err := s.solidify(ctx, p, alpha, o); err != nil {
			return nil, err
		}
	}
	if !o.KeepSpecks {
		if err := s.removeFaint(ctx, p, alpha); err != nil {
			return nil, err
		}
	}
	todo.part(0.05)(1)
	c := &Cutout{Alpha: alpha}
	if o.NoForeground || o.Quality == Draft {
		c.Foreground, err = p.opaque(ctx)
	} else {
		c.Foreground, err = p.foreground(ctx, s.rgb, s.scale, alpha, s.state)
	}
	if err != nil {
		return nil, err
	}
	todo.part(0.25)(1)
	return c, parallel.Rows(ctx, p.h, func(y0, y1 int) { p.mulAlpha(alpha, y0, y1) })
}

// fast fills in the unknown part of alpha by the guided filter.
func (s *small) fast(ctx context.Context, p *pixels, alpha *image.Gray) error {
	coef, err := s.guided(ctx)
	if err != nil {
		return err
	}
	return s.guidedAlpha(ctx, p, coef, alpha)
}

// fine fills in the unknown part of alpha, which holds the trimap.
func (s *small) fine(ctx context.Context, p *pixels, alpha *image.Gray, progress func(float64)) error {
	trimap := image.NewGray(alpha.Rect)
	copy(trimap.Pix, alpha.Pix)
	prior := s.prior()
	if err := s.trustWhereFlat(ctx, prior); err != nil {
		return err
	}
	if err := s.sampled(ctx, prior); err != nil {
		return err
	}
	m := &matting{p: p, trimap: trimap, prior: prior, epsilon: safeEpsilon, snap: true, report: progress}
	_, err := m.solve(ctx, 0, alpha)
	return err
}

// bilinear makes a cut-out from the mask alone.
func bilinear(ctx context.Context, p *pixels, m Mask) (*Cutout, error) {
	alpha := image.NewGray(image.Rect(0, 0, p.w, p.h))
	cols := triangle(p.w, m.W, float64(m.W)/float64(p.w))
	rows := triangle(p.h, m.H, float64(m.H)/float64(p.h))
	err := parallel.Rows(ctx, p.h, func(y0, y1 int) {
		line := make([]float32, m.W)
		for y := y0; y < y1; y++ {
			clear(line)
			for k, f := range rows[y].weight {
				for x, v := range m.P[(rows[y].from+k)*m.W:][:m.W] {
					line[x] += f * unit(v)
				}
			}
			for x := range cols {
				var sum float32
				for k, f := range cols[x].weight {
					sum += f * line[cols[x].from+k]
				}
				alpha.Pix[y*alpha.Stride+x] = unit8(sum)
			}
		}
		p.mulAlpha(alpha, y0, y1)
	})
	if err != nil {
		return nil, err
	}
	fore, err := p.opaque(ctx)
	return &Cutout{alpha, fore}, err
}

// opaque returns an opaque copy of the picture.
func (p *pixels) opaque(ctx context.Context) (image.Image, error) {
	out, pix, stride := p.newOpaque()
	return out, parallel.Rows(ctx, p.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			p.copyRow(pix[y*stride:], y)
		}
	})
}

// Solve finds alpha where trimap is neither 0 nor 255, by closed-form matting
// at full resolution; elsewhere alpha is the trimap's. trimap has the size of
// src. prior, which may be nil, is a coarse guess of any size that decides
// where the colours do not. Errors are as for Refine.
func Solve(ctx context.Context, src image.Image, trimap *image.Gray, prior *Mask, progress func(float64)) (*image.Gray, error) {
	a, err := solve(ctx, src, trimap, prior, progress)
	if err != nil {
		return nil, fault.About("", err)
	}
	return a, nil
}

func solve(ctx context.Context, src image.Image, trimap *image.Gray, guess *Mask, progress func(float64)) (*image.Gray, error) {
	p, _ := pixelsOf(src)
	trimap = copyGray(trimap)
	if w, h := trimap.Rect.Dx(), trimap.Rect.Dy(); p.w != w || p.h != h || w == 0 || h == 0 {
		return nil, fault.Newf(fault.Internal, "", "trimap of %dx%d for a picture of %dx%d", w, h, p.w, p.h)
	}
	m := &matting{p: &p, trimap: trimap, epsilon: exactEpsilon, report: progress}
	if guess != nil {
		if err := guess.check(); err != nil {
			return nil, err
		}
		s, err := newSmall(ctx, &p, *guess, workSide)
		if err != nil {
			return nil, err
		}
		m.prior = s.prior()
	}
	alpha := image.NewGray(trimap.Rect)
	if _, err := m.solve(ctx, 0, alpha); err != nil {
		return nil, err
	}
	return alpha, nil
}
