package compose

import (
	"context"
	"image"
	"image/color"
	"math"
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
// Distances are Euclidean and anti-aliased: every edge pixel knows how far
// inside of it that line runs (after Gustavson and Strand, "Anti-aliased
// Euclidean distance transform", 2011), and pixels pass on to their
// neighbours which edge pixel is nearest (Danielsson 1980, two sweeps over
// eight neighbours).
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
	err := rows(ctx, f.h, func(y0, y1 int) {
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

// edges is a distance map: dist is how far outside of the subject's outline
// a pixel's centre lies, negative inside; to is the step to the edge pixel
// that says so.
type edges struct {
	w, h int
	dist []float32
	to   [][2]int16
	seed []float32 // at edge pixels, their own distance
}

const farAway = 1e6

// find sets the distances of edge pixels: those with a neighbour on the
// other side of one half.
func (f *edges) find(ctx context.Context, alpha func(x, y int) float32, at image.Point) error {
	f.dist, f.seed = make([]float32, f.w*f.h), make([]float32, f.w*f.h)
	f.to = make([][2]int16, f.w*f.h)
	return rows(ctx, f.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range f.w {
				i := y*f.w + x
				var n [3][3]float32
				lo, hi := float32(1), float32(0)
				for dy := range 3 {
					for dx := range 3 {
						v := alpha(at.X+x+dx-1, at.Y+y+dy-1)
						n[dy][dx] = v
						if dx == 1 || dy == 1 {
							lo, hi = min(lo, v), max(hi, v)
						}
					}
				}
				inside := n[1][1] >= 0.5
				f.dist[i] = farAway
				if inside {
					f.dist[i] = -1
				}
				if lo < 0.5 && hi >= 0.5 {
					f.dist[i] = within(n)
					f.seed[i] = f.dist[i]
				}
			}
		}
	})
}

// within is the distance from a pixel's centre to the line where alpha passes
// one half, positive where the centre lies outside.
func within(n [3][3]float32) float32 {
	const diagonal = math.Sqrt2
	gx := float64(n[0][2]+n[2][2]-n[0][0]-n[2][0]) + diagonal*float64(n[1][2]-n[1][0])
	gy := float64(n[2][0]+n[2][2]-n[0][0]-n[0][2]) + diagonal*float64(n[2][1]-n[0][1])
	a := float64(n[1][1])
	length := math.Hypot(gx, gy)
	if length == 0 {
		return float32(0.5 - a)
	}
	// A sharp edge changes by about one over these weights' span; a softer
	// one is wider than the pixel and its slope says how far the line is.
	if slope := length / (2 * (2 + diagonal)); slope < 0.35 {
		return float32(min(max((0.5-a)/math.Max(slope, 0.05), -1), 1))
	}
	// A straight edge across a unit square, by the area it cuts off.
	gx, gy = math.Abs(gx)/length, math.Abs(gy)/length
	if gx < gy {
		gx, gy = gy, gx
	}
	switch corner := 0.5 * gy / gx; {
	case a < corner: // a triangle
		return float32(0.5*(gx+gy) - math.Sqrt(2*gx*gy*a))
	case a <= 1-corner: // a trapezium
		return float32((0.5 - a) * gx)
	default: // all but a triangle
		return float32(math.Sqrt(2*gx*gy*(1-a)) - 0.5*(gx+gy))
	}
}

// sweep carries the nearest edge pixels outwards.
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

// pull takes over a neighbour's edge pixel where it is nearer.
func (f *edges) pull(x, y int, from [][2]int) {
	i := y*f.w + x
	best := f.dist[i]
	if best <= 0 {
		return
	}
	for _, d := range from {
		nx, ny := x+d[0], y+d[1]
		if nx < 0 || ny < 0 || nx >= f.w || ny >= f.h {
			continue
		}
		n := ny*f.w + nx
		if f.dist[n] >= farAway || f.dist[n] < -0.9 {
			continue
		}
		tx, ty := int(f.to[n][0])+d[0], int(f.to[n][1])+d[1]
		far := float32(math.Sqrt(float64(tx*tx+ty*ty))) + f.seed[(y+ty)*f.w+x+tx]
		if far < best {
			best = far
			f.dist[i] = far
			f.to[i] = [2]int16{int16(tx), int16(ty)}
		}
	}
}
