package key

import (
	"context"
	"image"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

// Cut frees the subject of img from the plain background bg that Plain found.
//
// It grows the background from the border, estimates in what is left beside
// it each pixel's own colour F from the solid subject nearby, and solves
// I = a*F + (1-a)*B for a. Pixels deeper inside are solid. A picture with
// alpha of its own gets the product.
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
	k := &cutter{src: src, dst: dst, alpha: cut.Alpha.Pix, bg: bg, options: o}
	steps := []func(context.Context) error{
		k.compare, k.threshold, k.grow, k.settle, k.grow, k.punch, k.depths, k.palette, k.unmix, k.tidy, k.product,
	}
	if bg.Clear {
		steps = []func(context.Context) error{k.solid, k.product}
	}
	for i, step := range steps {
		progress(float64(i) / float64(len(steps)))
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
	src     raster
	dst     *raster
	alpha   []uint8
	bg      Background
	options Options

	field field   // what the surface leaves of the local background
	diff  []uint8 // difference from the background, 255 = full range
	depth []uint8 // 0 is background, else steps from it, at most deepest
	limit float32 // differences up to this are background
	noise float32 // what compression leaves beside edges
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
	return rows(ctx, k.src.h, func(y0, y1 int) {
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

// threshold chooses the limit. Besides the border's own noise there may be
// the ringing that JPEG leaves around edges: it flips from pixel to pixel
// close to strong edges, which neither flat artwork nor a soft edge does.
func (k *cutter) threshold(ctx context.Context) error {
	k.noise = max(float32(k.bg.Noise), k.ringing())
	k.limit = min(max(2.5/255, 4*k.noise), 0.12)
	if t := float32(k.options.Tolerance); t > 0 {
		k.limit = min(t, 1)
	}
	return ctx.Err()
}

// ringing measures, a few pixels outside of strong edges, how far pixels
// differ from the mean of their neighbours.
func (k *cutter) ringing() float32 {
	const strong, weak, inner, outer = 64, 40, 3, 7
	w, h := k.src.w, k.src.h
	// Only every few rows are looked at, each with its own run-lengths:
	// edges that are near along the row are enough to say.
	step := max(1, h/600)
	var hist [256]int
	n := 0
	for y := 1; y < h-1; y += step {
		row := k.diff[y*w:][:w]
		up, down := k.diff[(y-1)*w:][:w], k.diff[(y+1)*w:][:w]
		last := -outer - 1
		next := 0
		for x := 1; x < w-1; x++ {
			if row[x] >= strong {
				last = x
				continue
			}
			if next < x {
				for next = x; next < w && next <= x+outer && row[next] < strong; next++ {
				}
			}
			gap := min(x-last, next-x)
			if gap < inner || gap > outer || next <= x+outer && next >= w {
				continue
			}
			if row[x] > weak || up[x] > weak || down[x] > weak {
				continue
			}
			d := 4*int(row[x]) - int(row[x-1]) - int(row[x+1]) - int(up[x]) - int(down[x])
			hist[min(max(d, -d)/4, 255)]++
			n++
		}
	}
	if n < 16 {
		return 0
	}
	// Three quarters lie below this many levels.
	sum := 0
	for i, c := range hist {
		if sum += c; sum*4 >= n*3 {
			return float32(i) / 255
		}
	}
	return 0
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
	return rows(ctx, k.src.h, func(y0, y1 int) {
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
