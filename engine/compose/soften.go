package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// soften moves and feathers the edge.
//
// Moved outwards, the subject gets more of the picture: that is what a person
// asks for whose cut is too tight. Feathered, it gets none: where the soft
// edge reaches out over the old background, the subject's own colours go on.
func (j *job) soften(ctx context.Context) error {
	e := j.edit.Edge
	if e.Shift != 0 {
		j.alpha = matte.Shift(j.alpha, e.Shift*j.sourceScale)
	}
	if err := ctx.Err(); err != nil || e.Feather == 0 {
		return err
	}
	hard, width := j.alpha, e.Feather*j.sourceScale
	j.alpha = matte.Feather(hard, width)
	return j.bleed(ctx, hard, width)
}

// bleed gives pixels that have more alpha now than in hard the colours of the
// subject around them, weighted by how near it is.
func (j *job) bleed(ctx context.Context, hard *image.Gray, width float64) error {
	w, h := hard.Rect.Dx(), hard.Rect.Dy()
	sigma := math.Max(1, width/2)
	size := math.Max(2, grain(sigma))
	src := &source{w, h, j.front, hard}
	c, err := reduce(ctx, src, size, func(a float32) float32 { return 1 })
	if err != nil {
		return err
	}
	for _, p := range c {
		if err := p.gauss(ctx, sigma, 0); err != nil {
			return err
		}
	}
	j.front = cloneImage(j.front)
	return parallel.Rows(ctx, h, func(y0, y1 int) {
		line := make([]float32, 4*w)
		for y := y0; y < y1; y++ {
			was, is := hard.Pix[y*hard.Stride:][:w], j.alpha.Pix[y*j.alpha.Stride:][:w]
			var level [4][]float32
			for x, a := range is {
				if a <= was[x] {
					continue
				}
				if level[0] == nil {
					for n, p := range c {
						level[n] = p.level(float64(y)+0.5, true)
					}
					src.row(line, y, 0, w) // premultiplied by hard
				}
				k := c[3].along(level[3], float64(x)+0.5)
				if k < 1e-4 {
					continue
				}
				// What was there keeps its colour, what is new gets theirs.
				now, had := float32(a)/255, float32(was[x])/255
				for n := range 3 {
					far := c[n].along(level[n], float64(x)+0.5) / k
					line[4*x+n] = (line[4*x+n] + (now-had)*far) / now
				}
				paint(j.front, x, y, line[4*x:4*x+3])
			}
		}
	})
}

// paint sets a pixel's colour, 0..1.
func paint(m image.Image, x, y int, c []float32) {
	switch m := m.(type) {
	case *image.NRGBA:
		p := m.Pix[y*m.Stride+4*x:]
		for n, v := range c {
			p[n] = uint8(min(max(v, 0), 1)*255 + 0.5)
		}
	case *image.NRGBA64:
		p := m.Pix[y*m.Stride+8*x:]
		for n, v := range c {
			q := uint16(min(max(v, 0), 1)*65535 + 0.5)
			p[2*n], p[2*n+1] = uint8(q>>8), uint8(q)
		}
	}
}

// reduce averages a source into cells of size pixels: three planes of colour
// times weight and one of weight, the weight being alpha times weigh of it.
func reduce(ctx context.Context, src *source, size float64, weigh func(alpha float32) float32) (c [4]*plane, err error) {
	n := int(size)
	w, h := (src.w+n-1)/n, (src.h+n-1)/n
	for i := range c {
		c[i] = &plane{w: w, h: h, size: size, v: make([]float32, w*h)}
	}
	return c, parallel.Rows(ctx, h, func(j0, j1 int) {
		line := make([]float32, 4*src.w)
		for j := j0; j < j1; j++ {
			for y := j * n; y < min((j+1)*n, src.h); y++ {
				src.row(line, y, 0, src.w)
				for x := range src.w {
					k := weigh(line[4*x+3])
					if k == 0 {
						continue
					}
					i := j*w + x/n
					for q := range c {
						c[q].v[i] += k * line[4*x+q]
					}
				}
			}
			for i := j * w; i < (j+1)*w; i++ {
				for q := range c {
					c[q].v[i] /= float32(n * n)
				}
			}
		}
	})
}
