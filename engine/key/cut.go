package key

import (
	"context"
	"image"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// Cut frees the subject of img from the plain background bg that Plain found.
//
// It grows the background from the border, estimates in what is left beside
// it each pixel's own colour F from the solid subject nearby, and solves
// I = a*F + (1-a)*B for a. Pixels deeper inside are solid. The edge of a
// photographed subject is then solved again by matting. A picture with alpha
// of its own gets the product.
//
// progress, if not nil, is told the share done, 0..1. A picture in which
// nothing stands out from the background is fault.NoSubject.
func Cut(ctx context.Context, img image.Image, bg Background, o Options, progress func(float64)) (*matte.Cutout, error) {
	if progress == nil {
		progress = func(float64) {}
	}
	src := open(img)
	if src.w == 0 || src.h == 0 {
		return nil, fault.Newf(fault.NoSubject, "", "the picture has no pixels")
	}
	front, dst := src.copy()
	cut := &matte.Cutout{Alpha: image.NewGray(image.Rect(0, 0, src.w, src.h)), Foreground: front}
	k := &cutter{picture: img, src: src, dst: dst, alpha: cut.Alpha.Pix, bg: bg, options: o}
	steps := []func(context.Context) error{
		k.compare, k.threshold, k.grow, k.settle, k.calm, k.grow, k.punch, k.depths, k.palette, k.unmix, k.tidy, k.photograph, k.product,
	}
	if bg.Clear {
		steps = []func(context.Context) error{k.solid, k.product}
	}
	for i, step := range steps {
		k.report = func(p float64) { progress((float64(i) + p) / float64(len(steps))) }
		k.report(0)
		if err := step(ctx); err != nil {
			return nil, fault.About("", err)
		}
	}
	progress(1)
	for _, a := range cut.Alpha.Pix {
		if a >= 128 {
			return cut, nil
		}
	}
	return nil, fault.Newf(fault.NoSubject, "", "nothing stands out from the background")
}

// cutter is one picture on its way through Cut.
type cutter struct {
	picture image.Image
	src     raster
	dst     *raster
	alpha   []uint8
	bg      Background
	options Options
	report  func(float64) // progress of the step at work

	field field   // what the surface leaves of the local background
	diff  []uint8 // difference from the background, 255 = full range
	depth []uint8 // 0 is background, else steps from it, at most deepest
	limit float32 // differences up to this are background
	noise float32 // standard deviation of what is no subject
	jpeg  bool    // it looks as if it was written as JPEG
	inks  [][3]float32
	edge  int // how many pixels wide an edge is
}

const deepest = 32

// behind is the background's colour at a pixel.
func (k *cutter) behind(x, y int) [3]float32 {
	u, v := k.src.uv(x, y)
	c := k.bg.at(u, v)
	k.field.add(&c, x, y)
	return c
}

// compare fills diff. Transparent pixels are background.
func (k *cutter) compare(ctx context.Context) error {
	if k.diff == nil {
		k.diff = make([]uint8, k.src.w*k.src.h)
	}
	flat := k.field.cells == nil && k.bg.flat()
	return parallel.Rows(ctx, k.src.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := k.diff[y*k.src.w:][:k.src.w]
			b := k.behind(0, y)
			for x := range row {
				if !flat {
					b = k.behind(x, y)
				}
				c, a := k.src.at(x, y)
				d := apart(c, b)*255 + 0.5
				if a < clearAlpha {
					d = 0
				}
				row[x] = uint8(min(d, 255))
			}
		}
	})
}

// threshold chooses the limit by the border's own noise.
func (k *cutter) threshold(ctx context.Context) error {
	k.noise = float32(k.bg.Noise)
	k.limit = min(max(2.5/255, 4*k.noise), 0.12)
	if t := float32(k.options.Tolerance); t > 0 {
		k.limit = min(t, 1)
	}
	return ctx.Err()
}

// solid makes everything subject.
func (k *cutter) solid(ctx context.Context) error {
	for i := range k.alpha {
		k.alpha[i] = 255
	}
	return ctx.Err()
}

// product multiplies with the picture's own alpha.
func (k *cutter) product(ctx context.Context) error {
	return parallel.Rows(ctx, k.src.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := k.alpha[y*k.src.w:][:k.src.w]
			for x, v := range row {
				if v != 0 {
					_, a := k.src.at(x, y)
					row[x] = uint8(float32(v)*a + 0.5)
				}
			}
		}
	})
}
