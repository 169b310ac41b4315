package compose

import (
	"context"
	"image"
	"image/color"
	"math"

	"kirinuki/engine/parallel"
)

// outline is a band of one colour around the subject. It lies behind the
// subject and reaches under its soft edge.
type outline struct {
	r     image.Rectangle
	v     []uint8 // coverage, 255 is full
	color [4]float32
}

// newOutline finds what lies within width pixels of the subject: of the line
// where its alpha passes one half.
//
// Distances are Euclidean and anti-aliased: every edge pixel knows where in it
// that line runs (after Gustavson and Strand, "Anti-aliased Euclidean distance
// transform", 2011), and pixels pass on to their neighbours which edge pixel
// is nearest (Danielsson 1980, two sweeps over eight neighbours).
func newOutline(ctx context.Context, alpha func(x, y int) float32, need image.Rectangle, at box, width float64, c color.NRGBA) (*outline, error) {
	grow := int(math.Ceil(width)) + 2
	all := at.out()
	r := image.Rect(int(all.x0)-grow, int(all.y0)-grow, int(all.x1)+grow, int(all.y1)+grow).Intersect(need)
	o := &outline{r: r, v: make([]uint8, r.Dx()*r.Dy())}
	a := float32(c.A) / 255
	o.color = [4]float32{float32(c.R) / 255 * a, float32(c.G) / 255 * a, float32(c.B) / 255 * a, a}

	f := edges{w: r.Dx(), h: r.Dy()}
	if err := f.find(ctx, alpha, r.Min); err != nil {
		return nil, err
	}
	if err := f.sweep(ctx); err != nil {
		return nil, err
	}
	err := parallel.Rows(ctx, f.h, func(y0, y1 int) {
		for i := y0 * f.w; i < y1*f.w; i++ {
			o.v[i] = uint8(min(max(float32(width)+0.5-f.dist[i], 0), 1)*255 + 0.5)
		}
	})
	return o, err
}

// at is the outline's opacity at a rendered pixel.
func (o *outline) at(x, y int) float32 {
	if !image.Pt(x, y).In(o.r) {
		return 0
	}
	return float32(o.v[(y-o.r.Min.Y)*o.r.Dx()+x-o.r.Min.X]) / 255 * o.color[3]
}

// over lays the outline over premultiplied pixels x0..x1 of row y.
func (o *outline) over(line []float32, x0, x1, y int) {
	if y < o.r.Min.Y || y >= o.r.Max.Y {
		return
	}
	row := o.v[(y-o.r.Min.Y)*o.r.Dx():][:o.r.Dx()]
	for x := max(x0, o.r.Min.X); x < min(x1, o.r.Max.X); x++ {
		v := row[x-o.r.Min.X]
		if v == 0 {
			continue
		}
		k := float32(v) / 255
		p := line[4*(x-x0):][:4]
		for n := range p {
			p[n] = k*o.color[n] + (1-k*o.color[3])*p[n]
		}
	}
}

// edges is a distance map: dist is how far outside of the subject a pixel's
// centre lies, 0 inside; from is the edge pixel that says so.
type edges struct {
	w, h int
	dist []float32
	from []int32 // index into list, -1 for none yet
	list []edge
}

// edge is a pixel through which the subject's outline runs, as a piece of a
// straight line: off is how far outside of the subject the pixel's centre
// lies, (nx, ny) the direction outwards.
type edge struct {
	x, y, off, nx, ny float32
}

// to is the distance from the edge's line to the centre of pixel (x, y). The
// line ends about where the pixel ends.
func (e *edge) to(x, y float32) float32 {
	dx, dy := x-e.x, y-e.y
	n := dx*e.nx + dy*e.ny + e.off
	t := abs(dx*e.ny-dy*e.nx) - 0.5/max(abs(e.nx), abs(e.ny))
	if t <= 0 {
		return max(n, 0)
	}
	return float32(math.Sqrt(float64(n*n + t*t)))
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

// find lists the edge pixels: those with a neighbour on the other side of
// one half.
func (f *edges) find(ctx context.Context, alpha func(x, y int) float32, at image.Point) error {
	f.dist, f.from = make([]float32, f.w*f.h), make([]int32, f.w*f.h)
	found := make([][]edge, f.h)
	err := parallel.Rows(ctx, f.h, func(y0, y1 int) {
		// Three rows of alpha with a pixel of room at either end.
		var line [3][]float32
		read := func(y int) []float32 {
			row := make([]float32, f.w+2)
			for x := range row {
				row[x] = alpha(at.X+x-1, at.Y+y)
			}
			return row
		}
		line[1], line[2] = read(y0-1), read(y0)
		for y := y0; y < y1; y++ {
			line[0], line[1], line[2] = line[1], line[2], read(y+1)
			for x := range f.w {
				i := y*f.w + x
				f.from[i] = -1
				f.dist[i] = farAway
				a := line[1][x+1]
				up, down, left, right := line[0][x+1], line[2][x+1], line[1][x], line[1][x+2]
				lo, hi := min(a, up, down, left, right), max(a, up, down, left, right)
				if a >= 0.5 {
					f.dist[i] = 0
				}
				if lo >= 0.5 || hi < 0.5 {
					continue
				}
				if full := a <= 0 || a >= 1; full && (lo > 0 || hi < 1) {
					continue // the line runs through a neighbour, who knows better
				}
				var n [3][3]float32
				for j := range n {
					copy(n[j][:], line[j][x:x+3])
				}
				found[y] = append(found[y], lineThrough(n, x, y))
			}
		}
	})
	if err != nil {
		return err
	}
	for y, row := range found {
		for _, e := range row {
			i := y*f.w + int(e.x)
			f.from[i] = int32(len(f.list))
			f.dist[i] = max(e.off, 0)
			f.list = append(f.list, e)
		}
	}
	return nil
}

// lineThrough estimates where in a pixel alpha passes one half, from its
// neighbourhood.
func lineThrough(n [3][3]float32, x, y int) edge {
	const diagonal = math.Sqrt2
	gx := float64(n[0][0]+n[2][0]-n[0][2]-n[2][2]) + diagonal*float64(n[1][0]-n[1][2])
	gy := float64(n[0][0]+n[0][2]-n[2][0]-n[2][2]) + diagonal*float64(n[0][1]-n[2][1])
	e := edge{x: float32(x), y: float32(y), nx: 1}
	a := float64(n[1][1])
	length := math.Hypot(gx, gy)
	if length == 0 { // a lone pixel
		e.off = float32(0.5 - a)
		return e
	}
	gx, gy = gx/length, gy/length
	e.nx, e.ny = float32(gx), float32(gy)
	// A sharp edge changes by about a half over one pixel of this operator;
	// a softer one is wider than the pixel, and its slope says how far the
	// line is.
	if slope := length / (2 * (2 + diagonal)); slope < 0.35 {
		e.off = float32(min(max((0.5-a)/math.Max(slope, 0.05), -1), 1))
		return e
	}
	// A straight edge across a unit square, by the area it cuts off.
	gx, gy = math.Abs(gx), math.Abs(gy)
	if gx < gy {
		gx, gy = gy, gx
	}
	switch corner := 0.5 * gy / gx; {
	case a < corner: // a triangle
		e.off = float32(0.5*(gx+gy) - math.Sqrt(2*gx*gy*a))
	case a <= 1-corner: // a trapezium
		e.off = float32((0.5 - a) * gx)
	default: // all but a triangle
		e.off = float32(math.Sqrt(2*gx*gy*(1-a)) - 0.5*(gx+gy))
	}
	return e
}

const farAway = 1e6

// sweep carries the nearest edges outwards.
func (f *edges) sweep(ctx context.Context) error {
	forth := [][2]int{{-1, 0}, {-1, -1}, {0, -1}, {1, -1}}
	back := [][2]int{{1, 0}, {1, 1}, {0, 1}, {-1, 1}}
	for y := range f.h {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for x := range f.w {
			f.pull(x, y, forth)
		}
		for x := f.w - 1; x >= 0; x-- {
			f.pull(x, y, back[:1])
		}
	}
	for y := f.h - 1; y >= 0; y-- {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for x := f.w - 1; x >= 0; x-- {
			f.pull(x, y, back)
		}
		for x := range f.w {
			f.pull(x, y, forth[:1])
		}
	}
	return nil
}

// pull takes over a neighbour's edge where that is nearer.
func (f *edges) pull(x, y int, beside [][2]int) {
	i := y*f.w + x
	if f.dist[i] <= 0 {
		return
	}
	for _, d := range beside {
		nx, ny := x+d[0], y+d[1]
		if nx < 0 || ny < 0 || nx >= f.w || ny >= f.h {
			continue
		}
		e := f.from[ny*f.w+nx]
		if e < 0 || e == f.from[i] {
			continue
		}
		if far := f.list[e].to(float32(x), float32(y)); far < f.dist[i] {
			f.dist[i], f.from[i] = far, e
		}
	}
}
