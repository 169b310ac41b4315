package matte

import (
	"context"
	"image"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// Touch answers hints on an existing cut-out of src: a Keep or Remove stroke
// spreads over the connected area that looks like what it touches, up to a
// visible edge, and the matte is solved anew along the new outline and under
// Unknown hints. Only pixels near the hints change; all others are base's to
// the byte. base is not modified, and is returned itself where nothing changes.
// base and h are of src's size, base's foreground of src's type; errors are as
// for Refine.
func Touch(ctx context.Context, src image.Image, base *Cutout, h *Hints, o Options) (*Cutout, error) {
	c, err := touch(ctx, src, base, h, o)
	if err != nil {
		return nil, fault.About("", err)
	}
	return c, nil
}

// How far a stroke is heard.
const (
	touchReach = 0.3  // of the picture's longer side, beyond the stroke itself
	touchSide  = 256  // cells a side of the grid that is segmented, about
	alikeFrom  = 2.5  // colours nearer than this (in deviations) look like the stroke's
	alikeShare = 0.35 // more of them than this are not the same thing
	touchBand  = 4    // cells each side of the new outline that are solved anew
)

func touch(ctx context.Context, src image.Image, base *Cutout, h *Hints, o Options) (*Cutout, error) {
	p, _ := pixelsOf(src)
	if err := h.check(p.w, p.h); err != nil {
		return nil, err
	}
	if base.Alpha.Rect != image.Rect(0, 0, p.w, p.h) || base.Foreground.Bounds().Size() != base.Alpha.Rect.Size() {
		return nil, fault.Newf(fault.Internal, "", "a cut-out of %v for a picture of %dx%d", base.Alpha.Rect, p.w, p.h)
	}
	if fore, _ := pixelsOf(base.Foreground); fore.deep != p.deep {
		return nil, fault.Newf(fault.Internal, "", "a cut-out of another type than the picture's")
	}
	strokes := h.bounds()
	if strokes.Empty() {
		return base, ctx.Err()
	}
	g := newPatch(&p, base, h, strokes)
	labels, err := g.segment(ctx)
	if err != nil {
		return nil, err
	}
	return g.solve(ctx, labels, o)
}

// patch is the surroundings of some hints, and the coarse grid of cells on
// which it is decided what they mean.
type patch struct {
	p     *pixels
	base  *Cutout
	hints *Hints

	level int             // a cell is 1<<level pixels a side
	r     image.Rectangle // in cells
	w, h  int
	rgb   []float32 // w*h*3
	alpha []float32 // w*h, the base's
	said  []Hint    // w*h
}

// newPatch reads the surroundings of strokes.
func newPatch(p *pixels, base *Cutout, h *Hints, strokes image.Rectangle) *patch {
	reach := int(touchReach*float64(max(p.w, p.h))) + 16
	r := grown(strokes, reach, p.w, p.h)
	g := &patch{p: p, base: base, hints: h}
	for max(r.Dx(), r.Dy())>>g.level > touchSide {
		g.level++
	}
	s := 1<<g.level - 1
	g.r = image.Rect(r.Min.X>>g.level, r.Min.Y>>g.level, (r.Max.X+s)>>g.level, (r.Max.Y+s)>>g.level)
	g.w, g.h = g.r.Dx(), g.r.Dy()
	n := g.w * g.h
	g.rgb, g.alpha, g.said = make([]float32, 3*n), make([]float32, n), make([]Hint, n)
	parallel.Rows(context.Background(), g.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			p.block(g.rgb[3*y*g.w:3*(y+1)*g.w], g.r.Min.X, g.r.Max.X, y+g.r.Min.Y, g.level)
			for x := 0; x < g.w; x++ {
				c := g.cell(x, y)
				sum := 0
				said := NoHint
				for py := c.Min.Y; py < c.Max.Y; py++ {
					for px := c.Min.X; px < c.Max.X; px++ {
						sum += int(base.Alpha.Pix[py*base.Alpha.Stride+px])
						if v := h.V[py*p.w+px]; v != NoHint && (said == NoHint || v < said) {
							said = v
						}
					}
				}
				g.alpha[y*g.w+x] = float32(sum) / float32(255*c.Dx()*c.Dy())
				g.said[y*g.w+x] = said
			}
		}
	})
	return g
}

// cell returns the picture's pixels under the cell (x, y).
func (g *patch) cell(x, y int) image.Rectangle {
	x, y = x+g.r.Min.X, y+g.r.Min.Y
	return image.Rect(x<<g.level, y<<g.level, min((x+1)<<g.level, g.p.w), min((y+1)<<g.level, g.p.h))
}

// solve turns the patch's new labels into a cut-out at full resolution.
func (g *patch) solve(ctx context.Context, labels []float32, o Options) (*Cutout, error) {
	region, state, err := g.region(ctx, labels)
	if err != nil {
		return nil, err
	}
	cells := image.Rectangle{}
	for y := 0; y < g.h; y++ {
		for x := 0; x < g.w; x++ {
			if region[y*g.w+x] {
				cells = cells.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if cells.Empty() {
		return g.base, nil
	}
	cells = grown(cells, 2, g.w, g.h)
	crop := g.cell(cells.Min.X, cells.Min.Y).Union(g.cell(cells.Max.X-1, cells.Max.Y-1))
	part := g.p.crop(crop)
	trimap := image.NewGray(image.Rect(0, 0, part.w, part.h))
	guess := &prior{float64(int(1) << g.level), cells.Dx(), cells.Dy(), nil, nil}
	own := make([]bool, part.w*part.h) // pixels that may change
	for y := cells.Min.Y; y < cells.Max.Y; y++ {
		for x := cells.Min.X; x < cells.Max.X; x++ {
			i := y*g.w + x
			weight := float32(touchPrior)
			switch {
			case !region[i]:
				weight = 1
			case g.said[i] == Unknown:
				weight = weakestPrior
			}
			guess.goal = append(guess.goal, labels[i])
			guess.weight = append(guess.weight, weight)
			c := g.cell(x, y)
			for py := c.Min.Y; py < c.Max.Y; py++ {
				for px := c.Min.X; px < c.Max.X; px++ {
					at := (py-crop.Min.Y)*part.w + px - crop.Min.X
					own[at] = region[i]
					trimap.Pix[at] = g.base.Alpha.Pix[py*g.base.Alpha.Stride+px]
					if region[i] {
						trimap.Pix[at] = state[i]
					}
					switch g.hints.V[py*g.p.w+px] {
					case Keep:
						trimap.Pix[at] = inside
					case Remove:
						trimap.Pix[at] = outside
					case Unknown:
						trimap.Pix[at] = unknown
					}
				}
			}
		}
	}
	alpha := image.NewGray(trimap.Rect)
	m := &matting{p: &part, trimap: trimap, prior: guess, epsilon: safeEpsilon, snap: true}
	if _, err := m.solve(ctx, 0, alpha); err != nil {
		return nil, err
	}
	return g.merge(ctx, &part, crop, own, alpha, o)
}

// touchPrior is how much the segmentation counts in the new band.
const touchPrior = 0.003

// region returns which cells may change, and for those whether they are
// subject, background or unknown.
func (g *patch) region(ctx context.Context, labels []float32) ([]bool, []uint8, error) {
	toChange, err := distanceTo(ctx, g.w, g.h, func(i int) bool { return labels[i] != g.alpha[i] || g.said[i] != NoHint })
	if err != nil {
		return nil, nil, err
	}
	toSubject, err := distanceTo(ctx, g.w, g.h, func(i int) bool { return labels[i] >= 0.5 })
	if err != nil {
		return nil, nil, err
	}
	toGround, err := distanceTo(ctx, g.w, g.h, func(i int) bool { return labels[i] < 0.5 })
	if err != nil {
		return nil, nil, err
	}
	region, state := make([]bool, len(labels)), make([]uint8, len(labels))
	for i, v := range labels {
		d := max(toSubject[i], toGround[i])
		switch {
		case toChange[i] > touchBand*touchBand:
			continue
		case labels[i] == g.alpha[i] && (v == 0 || v == 1) && d > touchBand*touchBand && g.said[i] == NoHint:
			// Nothing new here.
			continue
		case g.said[i] == Unknown || d <= touchBand*touchBand:
			state[i] = unknown
		case v >= 0.5:
			state[i] = inside
		}
		region[i] = true
	}
	return region, state, nil
}

// merge lays the solved crop over the base.
func (g *patch) merge(ctx context.Context, part *pixels, crop image.Rectangle, own []bool, alpha *image.Gray, o Options) (*Cutout, error) {
	old := g.base.Alpha
	for y := 0; y < part.h; y++ {
		was := old.Pix[(y+crop.Min.Y)*old.Stride+crop.Min.X:]
		for x := 0; x < part.w; x++ {
			if i := y*part.w + x; !own[i] {
				alpha.Pix[i] = was[x]
			}
		}
	}
	fore, err := part.opaque(ctx)
	if err == nil && !o.NoForeground {
		fore, err = part.cleaned(ctx, alpha)
	}
	if err != nil {
		return nil, err
	}
	from, _ := pixelsOf(fore)
	into, _ := pixelsOf(g.base.Foreground)
	out, err := into.opaque(ctx)
	if err != nil {
		return nil, err
	}
	into, _ = pixelsOf(out)
	product := image.NewGray(alpha.Rect)
	copy(product.Pix, alpha.Pix)
	part.mulAlpha(product, 0, part.h)
	c := &Cutout{image.NewGray(old.Rect), out}
	for y := 0; y < old.Rect.Dy(); y++ {
		copy(c.Alpha.Pix[y*c.Alpha.Stride:][:old.Rect.Dx()], old.Pix[y*old.Stride:])
	}
	bytes := 4
	if into.deep {
		bytes = 8
	}
	for y := 0; y < part.h; y++ {
		line := c.Alpha.Pix[(y+crop.Min.Y)*c.Alpha.Stride+crop.Min.X:]
		colours := into.pix[(y+crop.Min.Y)*into.stride+bytes*crop.Min.X:]
		for x := 0; x < part.w; x++ {
			if i := y*part.w + x; own[i] {
				line[x] = product.Pix[i]
				copy(colours[bytes*x:bytes*(x+1)], from.pix[y*from.stride+bytes*x:])
			}
		}
	}
	return c, ctx.Err()
}
