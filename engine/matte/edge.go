package matte

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// ShiftLimit is the farthest that Shift moves an outline, in pixels.
const ShiftLimit = 10

// Beyond these distances from the outline, in pixels, a soft edge is moved less
// and less, and then not at all.
const (
	shiftNear = 24
	shiftFar  = 40
)

// Shift returns alpha with its outline moved by px pixels, outwards where
// positive; px is clamped to -10..+10. Every pixel takes the alpha that lies
// px pixels farther in along the outline's normal, so the edge keeps its
// softness: a disc of radius r becomes one of radius r+px with the same edge.
// The outline is where alpha crosses one half.
func Shift(alpha *image.Gray, px float64) *image.Gray {
	in := copyGray(alpha)
	w, h := in.Rect.Dx(), in.Rect.Dy()
	px = max(-ShiftLimit, min(ShiftLimit, px))
	if px == 0 || math.IsNaN(px) {
		return in
	}
	out := copyGray(in)
	tiles := tilesOf(w, h, 64, func(r image.Rectangle) bool {
		return !flat(in, grown(r, ShiftLimit+3, w, h))
	})
	parallel.Do(context.Background(), len(tiles), func(i int) {
		t := tiles[i]
		l := outlinesIn(in, grown(t, shiftFar, w, h))
		if l.points == nil {
			return
		}
		for y := t.Min.Y; y < t.Max.Y; y++ {
			for x := t.Min.X; x < t.Max.X; x++ {
				e, d := l.nearest(float64(x), float64(y))
				if d >= shiftFar {
					continue
				}
				move := px * min(1, (shiftFar-d)/(shiftFar-shiftNear))
				nx, ny := e.direction(float64(x), float64(y))
				out.Pix[y*w+x] = bilinearAt(in, float64(x)-move*nx, float64(y)-move*ny)
			}
		}
	})
	return out
}

// flat tells whether alpha has one value in r.
func flat(a *image.Gray, r image.Rectangle) bool {
	v := a.Pix[r.Min.Y*a.Stride+r.Min.X]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, u := range a.Pix[y*a.Stride+r.Min.X : y*a.Stride+r.Max.X] {
			if u != v {
				return false
			}
		}
	}
	return true
}

// outlines are the points of alpha's outline in a rectangle, one for each of
// its inner pixels (at least half opaque beside one that is not), by rows.
type outlines struct {
	r      image.Rectangle
	points []outline
	rows   []int // where each row's points begin, and at last their number
}

func outlinesIn(a *image.Gray, r image.Rectangle) *outlines {
	w, h := a.Rect.Dx(), a.Rect.Dy()
	l := &outlines{r: r}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		l.rows = append(l.rows, len(l.points))
		row := a.Pix[y*w : (y+1)*w]
		up, down := a.Pix[max(y-1, 0)*w:][:w], a.Pix[min(y+1, h-1)*w:][:w]
		for x := r.Min.X; x < r.Max.X; x++ {
			if row[x] >= 128 && (row[max(x-1, 0)] < 128 || row[min(x+1, w-1)] < 128 || up[x] < 128 || down[x] < 128) {
				l.points = append(l.points, outlineAt(a, x, y))
			}
		}
	}
	l.rows = append(l.rows, len(l.points))
	return l
}

// nearest returns the outline's point nearest to (x, y) and its distance, which
// is shiftFar where there is none so near. Rows are searched from y outwards;
// a point lies within two pixels of its own row.
func (l *outlines) nearest(x, y float64) (*outline, float64) {
	var best *outline
	least := float64(shiftFar * shiftFar)
	at := int(y) - l.r.Min.Y
	for k := 0; k < len(l.rows); k++ {
		if d := float64(k - 2); d > 0 && d*d >= least {
			break
		}
		for side := -1; side <= 1; side += 2 {
			row := at + side*k
			if row < 0 || row >= len(l.rows)-1 || k == 0 && side > 0 {
				continue
			}
			for i := l.rows[row]; i < l.rows[row+1]; i++ {
				if d := l.points[i].squared(x, y); d < least {
					best, least = &l.points[i], d
				}
			}
		}
	}
	return best, math.Sqrt(least)
}

// outline is a point of alpha's outline and the normal there, outwards.
type outline struct{ x, y, nx, ny float64 }

// outlineAt finds the outline next to the edge pixel (x, y): the normal is
// alpha's gradient under a small Gaussian, the point lies where alpha,
// followed along it, crosses one half.
func outlineAt(a *image.Gray, x, y int) outline {
	w, h := a.Rect.Dx(), a.Rect.Dy()
	const r = 3
	var gx, gy float64
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			v := float64(a.Pix[min(max(y+dy, 0), h-1)*w+min(max(x+dx, 0), w-1)])
			k := gaussian[dx*dx+dy*dy]
			gx -= float64(dx) * k * v
			gy -= float64(dy) * k * v
		}
	}
	n := math.Hypot(gx, gy)
	if n < 1e-6 {
		return outline{float64(x), float64(y), 1, 0}
	}
	e := outline{float64(x), float64(y), gx / n, gy / n}
	for t := 0.0; t < 2; t += 0.125 {
		if bilinearAt(a, e.x+t*e.nx, e.y+t*e.ny) < 128 {
			e.x += t * e.nx
			e.y += t * e.ny
			break
		}
	}
	return e
}

// gaussian has exp(-d/(2 sigma^2)) by squared distance d, sigma 1.2.
var gaussian = func() (g [19]float64) {
	for i := range g {
		g[i] = math.Exp(-float64(i) / (2 * 1.2 * 1.2))
	}
	return g
}()

// squared returns the squared distance to (x, y).
func (e *outline) squared(x, y float64) float64 {
	return (x-e.x)*(x-e.x) + (y-e.y)*(y-e.y)
}

// direction returns the unit vector that leads outwards through (x, y): the
// normal where the outline passes beside, else (beyond a corner) the way from
// the outline's point.
func (e *outline) direction(x, y float64) (nx, ny float64) {
	dx, dy := x-e.x, y-e.y
	along := dx*e.nx + dy*e.ny
	side := dy*e.nx - dx*e.ny
	const beside = 1
	if math.Abs(side) <= beside {
		return e.nx, e.ny
	}
	side -= math.Copysign(beside, side)
	n := math.Hypot(along, side)
	if along < 0 {
		n = -n
	}
	return (along*e.nx - side*e.ny) / n, (along*e.ny + side*e.nx) / n
}

// bilinearAt returns alpha at a point, pixel centres being whole numbers.
func bilinearAt(a *image.Gray, x, y float64) uint8 {
	w, h := a.Rect.Dx(), a.Rect.Dy()
	x, y = max(0, min(x, float64(w-1))), max(0, min(y, float64(h-1)))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	u, v := x-float64(x0), y-float64(y0)
	p00, p01 := float64(a.Pix[y0*w+x0]), float64(a.Pix[y0*w+x1])
	p10, p11 := float64(a.Pix[y1*w+x0]), float64(a.Pix[y1*w+x1])
	top, low := p00+u*(p01-p00), p10+u*(p11-p10)
	return uint8(top + v*(low-top) + 0.5)
}

// copyGray returns a copy that starts at (0, 0) and has no gaps.
func copyGray(a *image.Gray) *image.Gray {
	b := a.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := 0; y < b.Dy(); y++ {
		copy(out.Pix[y*out.Stride:][:b.Dx()], a.Pix[a.PixOffset(b.Min.X, b.Min.Y+y):])
	}
	return out
}

// FeatherLimit is the widest soft edge that Feather makes, in pixels.
const FeatherLimit = 50

// Feather returns alpha with an edge px pixels wide, 0..50: a sharp straight
// edge becomes the integral of a Gaussian that rises from 2 % to 98 % over px
// pixels, centred where it was. What the picture's border cuts stays sharp
// there.
func Feather(alpha *image.Gray, px float64) *image.Gray {
	out := copyGray(alpha)
	px = min(px, FeatherLimit)
	w, h := out.Rect.Dx(), out.Rect.Dy()
	if !(px > 0) || w == 0 || h == 0 {
		return out
	}
	// 2 % and 98 % lie 2.054 sigma from the middle.
	sigma := px / (2 * 2.054)
	blur := newBoxes(sigma)
	ctx := context.Background()
	mid := make([]float32, w*h)
	parallel.Rows(ctx, h, func(y0, y1 int) {
		line, room := make([]float32, w), make([]float32, w+2*blur.margin())
		for y := y0; y < y1; y++ {
			for x, v := range out.Pix[y*w : (y+1)*w] {
				line[x] = float32(v)
			}
			blur.line(line, room)
			copy(mid[y*w:], line)
		}
	})
	parallel.Rows(ctx, w, func(x0, x1 int) {
		n := x1 - x0
		cols, room := make([]float32, n*h), make([]float32, h+2*blur.margin())
		for y := 0; y < h; y++ {
			for x, v := range mid[y*w+x0 : y*w+x1] {
				cols[x*h+y] = v
			}
		}
		for x := range n {
			blur.line(cols[x*h:(x+1)*h], room)
		}
		for y := 0; y < h; y++ {
			for x := range n {
				out.Pix[y*w+x0+x] = uint8(max(0, min(255, cols[x*h+y]+0.5)))
			}
		}
	})
	return out
}

// boxes blurs lines like a Gaussian by four extended boxes: a box of radius r
// with its next values weighted by edge, which meets any variance exactly
// (Gwosdek, Grewenig, Bruhn and Weickert, "Theoretical Foundations of Gaussian
// Convolution by Extended Box Filtering", 2011).
type boxes struct {
	r    int
	edge float32
}

const boxPasses = 4

func newBoxes(sigma float64) boxes {
	v := sigma * sigma / boxPasses
	r := math.Floor((math.Sqrt(12*v+1) - 1) / 2)
	edge := (2*r + 1) * (r*(r+1) - 3*v) / (6 * (v - (r+1)*(r+1)))
	return boxes{int(r), float32(edge)}
}

// line blurs one line in place; beyond its ends its last values go on. room
// has the line's length and twice margin values more.
func (b boxes) line(p, room []float32) {
	first := p[0]
	same := true
	for _, v := range p {
		same = same && v == first
	}
	if same {
		return
	}
	n, m := len(p), b.margin()
	scale := 1 / (float32(2*b.r+1) + 2*b.edge)
	for range boxPasses {
		copy(room[m:], p)
		for i := range m {
			room[i], room[m+n+i] = p[0], p[n-1]
		}
		// room[i] is the value m before p[i], room[i+2*m] that m after.
		var sum float32
		for _, v := range room[1 : 2*m] {
			sum += v
		}
		before, after := room[:n], room[2*m:2*m+n]
		inner := room[1 : n+1]
		for i := range p {
			p[i] = scale * (sum + b.edge*(before[i]+after[i]))
			sum += after[i] - inner[i]
		}
	}
}

// margin is how many values beside one a pass reads.
func (b boxes) margin() int { return b.r + 1 }
