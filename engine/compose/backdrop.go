package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/fault"
)

// backdrop is what stands behind everything: it fills premultiplied pixels
// x0..x1 of row y.
type backdrop interface {
	row(line []float32, x0, x1, y int)
}

// even is one colour, premultiplied; the zero value is nothing.
type even [4]float32

func (c even) row(line []float32, _, _, _ int) {
	for i := 0; i < len(line); i += 4 {
		copy(line[i:i+4], c[:])
	}
}

// newBackdrop makes the backdrop that the edit asks for.
func (j *job) newBackdrop(ctx context.Context, o Options) (backdrop, error) {
	b := j.edit.Background
	var ground even
	if b.Color != "" && (b.Kind == "color" || b.Kind == "picture") {
		c, err := ParseColor(b.Color)
		if err != nil {
			return nil, err
		}
		a := float32(c.A) / 255
		ground = even{float32(c.R) / 255 * a, float32(c.G) / 255 * a, float32(c.B) / 255 * a, a}
	}
	switch b.Kind {
	case "picture":
		if o.Load == nil {
			return nil, fault.Newf(fault.Internal, "", "no way to open a background picture")
		}
		m, err := o.Load(b.Path)
		if err != nil {
			return nil, err
		}
		return j.newWall(ctx, m, ground)
	case "blur":
		return j.newBlur(ctx)
	}
	return ground, nil
}

// wall is another picture over a colour.
type wall struct {
	*layer
	ground even
}

// newWall scales another picture to the canvas.
func (j *job) newWall(ctx context.Context, m image.Image, ground even) (backdrop, error) {
	m = straight(m)
	size := m.Bounds().Size()
	if size.X == 0 || size.Y == 0 {
		return ground, nil
	}
	b := j.edit.Background
	fx, fy := float64(j.w)/float64(size.X), float64(j.h)/float64(size.Y)
	k := math.Max(fx, fy)
	if b.Fit == "fit" {
		k = math.Min(fx, fy)
	}
	if b.Scale > 0 {
		k *= b.Scale
	}
	w, h := float64(j.w), float64(j.h)
	x := (w-k*float64(size.X))/2 + b.X*w
	y := (h-k*float64(size.Y))/2 + b.Y*h
	src := &source{size.X, size.Y, m, nil}
	area := box{x, y, x + k*float64(size.X), y + k*float64(size.Y)}.out()
	r := image.Rect(int(area.x0), int(area.y0), int(area.x1), int(area.y1)).
		Intersect(image.Rect(0, 0, j.w, j.h))
	l, err := resample(ctx, src, r, k, x, y)
	return &wall{l, ground}, err
}

func (b *wall) row(line []float32, x0, x1, y int) {
	b.ground.row(line, x0, x1, y)
	if y < b.r.Min.Y || y >= b.r.Max.Y {
		return
	}
	row := b.pix[4*(y-b.r.Min.Y)*b.r.Dx():][:4*b.r.Dx()]
	for x := max(x0, b.r.Min.X); x < min(x1, b.r.Max.X); x++ {
		q := row[4*(x-b.r.Min.X):][:4]
		p := line[4*(x-x0):][:4]
		rest := 1 - float32(q[3])/65535
		for n := range p {
			p[n] = float32(q[n])/65535 + rest*p[n]
		}
	}
}

// straight returns m as an NRGBA or NRGBA64 at (0, 0).
func straight(m image.Image) image.Image {
	b := m.Bounds()
	switch m := m.(type) {
	case *image.NRGBA:
		if b.Min == (image.Point{}) {
			return m
		}
	case *image.NRGBA64:
		if b.Min == (image.Point{}) {
			return m
		}
	}
	out := image.NewNRGBA64(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.Set(x, y, m.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// haze is the original blurred.
type haze struct {
	color       [3]*plane
	scale, x, y float64
}

// defaultBlur is used where Background.Blur is 0.
const defaultBlur = 0.02

// newBlur blurs the original without its subject: colours are weighted by how
// little subject there is, and the holes that leaves are filled from around
// them, so that nothing of the subject smears into what is behind it.
func (j *job) newBlur(ctx context.Context) (backdrop, error) {
	m := j.source.Original
	if m == nil {
		return nil, fault.Newf(fault.Internal, "", "no original to blur")
	}
	share := j.edit.Background.Blur
	if share == 0 {
		share = defaultBlur
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	sigma := share * float64(max(w, h))
	// The mask as the network or the person left it, before its edge was
	// moved: that is where the subject is in the original.
	alpha := j.source.Cutout.Alpha
	c, err := reduceAround(ctx, m, alpha, grain(sigma))
	if err != nil {
		return nil, err
	}
	spreadInto(c)
	out := &haze{scale: j.scale, x: j.x, y: j.y}
	for q := range 3 {
		if err := c[q].gaussInside(ctx, sigma); err != nil {
			return nil, err
		}
		out.color[q] = c[q]
	}
	return out, nil
}

// reduceAround averages m into cells, each pixel weighted by how little
// subject it holds.
func reduceAround(ctx context.Context, m image.Image, alpha *image.Gray, size float64) ([4]*plane, error) {
	w, h := alpha.Rect.Dx(), alpha.Rect.Dy()
	around := image.NewGray(alpha.Rect)
	for y := range h {
		row := around.Pix[y*around.Stride:][:w]
		for x, a := range alpha.Pix[y*alpha.Stride:][:w] {
			row[x] = 255 - a
		}
	}
	// The fringe still has the subject's colour, so it counts for less.
	return reduce(ctx, &source{w, h, m, around}, size, func(a float32) float32 { return a * a })
}

// spreadInto divides colours by their weight and fills cells of little weight
// from around them, by a pyramid of weighted means.
func spreadInto(c [4]*plane) {
	w, h := c[0].w, c[0].h
	weight := c[3].v
	const enough = 0.25
	poor := false
	for _, v := range weight {
		poor = poor || v < enough
	}
	var coarse [4]*plane
	if poor && w*h > 1 {
		hw, hh := (w+1)/2, (h+1)/2
		for q := range c {
			coarse[q] = &plane{w: hw, h: hh, size: 2, v: make([]float32, hw*hh)}
			for y := range h {
				for x := range w {
					coarse[q].v[y/2*hw+x/2] += c[q].v[y*w+x] / 4
				}
			}
		}
		// A cell that has anything counts in full further up, or a far
		// larger area would win over what is near.
		for i, v := range coarse[3].v {
			if v > 0.02 {
				for q := range c {
					coarse[q].v[i] /= v
				}
			}
		}
		spreadInto(coarse)
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			k := weight[i]
			for q := range 3 {
				own := float32(0)
				if k > 0 {
					own = c[q].v[i] / k
				}
				if trust := min(k/enough, 1); trust < 1 && coarse[q] != nil {
					far := coarse[q].inside(float64(x)+0.5, float64(y)+0.5)
					own = trust*own + (1-trust)*far
				}
				c[q].v[i] = own
			}
		}
	}
}

// inside samples bilinearly; beyond the edge the edge's value goes on.
func (p *plane) inside(x, y float64) float32 {
	u := math.Min(math.Max((x-p.x0)/p.size-0.5, 0), float64(p.w-1))
	v := math.Min(math.Max((y-p.y0)/p.size-0.5, 0), float64(p.h-1))
	n, m := int(u), int(v)
	a, b := float32(u-float64(n)), float32(v-float64(m))
	n1, m1 := min(n+1, p.w-1), min(m+1, p.h-1)
	top := p.v[m*p.w+n] + (p.v[m*p.w+n1]-p.v[m*p.w+n])*a
	low := p.v[m1*p.w+n] + (p.v[m1*p.w+n1]-p.v[m1*p.w+n])*a
	return top + (low-top)*b
}

// gaussInside blurs with the edge's values going on beyond it.
func (p *plane) gaussInside(ctx context.Context, sigma float64) error {
	room := int(math.Ceil(3*sigma/p.size)) + 1
	wide := &plane{w: p.w + 2*room, h: p.h + 2*room, size: p.size}
	wide.v = make([]float32, wide.w*wide.h)
	for y := range wide.h {
		from := p.v[min(max(y-room, 0), p.h-1)*p.w:][:p.w]
		row := wide.v[y*wide.w:][:wide.w]
		copy(row[room:], from)
		for x := range room {
			row[x], row[wide.w-1-x] = from[0], from[p.w-1]
		}
	}
	if err := wide.gauss(ctx, sigma, 0); err != nil {
		return err
	}
	for y := range p.h {
		copy(p.v[y*p.w:][:p.w], wide.v[(y+room)*wide.w+room:])
	}
	return nil
}

func (b *haze) row(line []float32, x0, x1, y int) {
	for n, c := range b.color {
		level := c.level((float64(y)+0.5-b.y)/b.scale, true)
		u, step := (float64(x0)+0.5-b.x)/b.scale, 1/b.scale
		for i := n; i < 4*(x1-x0); i += 4 {
			line[i] = min(max(c.along(level, u), 0), 1)
			u += step
		}
	}
	for i := 3; i < 4*(x1-x0); i += 4 {
		line[i] = 1
	}
}
