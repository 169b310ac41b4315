package compose

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// brush is a rasterised stroke: how much of each pixel of r it covers, 0..255.
type brush struct {
	r image.Rectangle
	v []uint8
}

// raster draws the stroke, all lengths times scale, within bounds. The points
// are joined by straight segments, so the stroke is the union of capsules,
// and each pixel has the coverage of the nearest point of the line: stamps of
// one stroke never build up. A hard brush ends within the one pixel that its
// edge crosses; a softer one is full up to hardness*radius and falls off
// smoothly to the radius.
func (s Stroke) raster(ctx context.Context, bounds image.Rectangle, scale float64) (*brush, error) {
	points := s.path(scale)
	radius := s.Radius * scale
	b := &brush{}
	if len(points) == 0 || radius <= 0 {
		return b, nil
	}
	edge := radius + 0.5
	all := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range points {
		all = all.or(box{p.X - edge, p.Y - edge, p.X + edge, p.Y + edge})
	}
	all = all.and(boxOf(bounds)).out()
	if all.empty() {
		return b, nil
	}
	b.r = image.Rect(int(all.x0), int(all.y0), int(all.x1), int(all.y1))
	w := b.r.Dx()
	b.v = make([]uint8, w*b.r.Dy())

	// Inside of this, coverage is full and nothing nearer matters.
	fall := math.Max(1, (1-s.Hardness)*radius)
	full := math.Max(0, edge-fall)
	ramp := func(d2 float32) uint8 {
		t := (edge - math.Sqrt(float64(d2))) / fall
		t = math.Min(math.Max(t, 0), 1)
		if fall > 1 {
			t = t * t * (3 - 2*t)
		}
		// A brush thinner than a pixel covers but a part of it.
		return uint8(t*math.Min(1, 2*radius)*255 + 0.5)
	}
	const none = math.MaxFloat32
	err := parallel.Rows(ctx, b.r.Dy(), func(y0, y1 int) {
		near := make([]float32, (y1-y0)*w)
		for i := range near {
			near[i] = none
		}
		top, low := float64(b.r.Min.Y+y0), float64(b.r.Min.Y+y1)
		for i := range points {
			p, q := points[i], points[min(i+1, len(points)-1)]
			if i > 0 && i == len(points)-1 {
				break // the last point ended the last segment
			}
			if math.Min(p.Y, q.Y)-edge > low || math.Max(p.Y, q.Y)+edge < top {
				continue
			}
			capsule(near, w, image.Pt(b.r.Min.X, b.r.Min.Y+y0), y1-y0, p, q, edge, float32(full*full))
		}
		for i, d2 := range near {
			if d2 < none {
				b.v[y0*w+i] = ramp(d2)
			}
		}
	})
	return b, err
}

// path is the stroke's points scaled, without those that hardly move.
func (s Stroke) path(scale float64) []Point {
	var out []Point
	for i, p := range s.Points {
		p = Point{p.X * scale, p.Y * scale}
		if n := len(out); n > 0 && i < len(s.Points)-1 && math.Hypot(p.X-out[n-1].X, p.Y-out[n-1].Y) < 0.25 {
			continue
		}
		out = append(out, p)
	}
	return out
}

// capsule lowers near, rows of w squared distances whose first pixel is at
// from, to those from the segment pq, up to reach away. Pixels already nearer
// than full (squared) stay.
func capsule(near []float32, w int, from image.Point, h int, p, q Point, reach float64, full float32) {
	x0 := max(0, int(math.Floor(math.Min(p.X, q.X)-reach))-from.X)
	x1 := min(w, int(math.Ceil(math.Max(p.X, q.X)+reach))-from.X)
	y0 := max(0, int(math.Floor(math.Min(p.Y, q.Y)-reach))-from.Y)
	y1 := min(h, int(math.Ceil(math.Max(p.Y, q.Y)+reach))-from.Y)
	vx, vy := q.X-p.X, q.Y-p.Y
	inv := 0.0
	if l := vx*vx + vy*vy; l > 0 {
		inv = 1 / l
	}
	far := float32(reach * reach)
	for y := y0; y < y1; y++ {
		row := near[y*w:][:w]
		py := float64(from.Y+y) + 0.5 - p.Y
		for x := x0; x < x1; x++ {
			if row[x] <= full {
				continue
			}
			px := float64(from.X+x) + 0.5 - p.X
			t := min(max((px*vx+py*vy)*inv, 0), 1)
			dx, dy := px-t*vx, py-t*vy
			if d := float32(dx*dx + dy*dy); d < far && d < row[x] {
				row[x] = d
			}
		}
	}
}
