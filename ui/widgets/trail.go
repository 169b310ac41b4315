package widgets

import (
	"image"
	"image/color"
	"math"

	"kirinuki/engine/compose"
)

// trail is the stroke that is being drawn, tinted over the picture until the
// picture itself shows what it did.
type trail struct {
	points []compose.Point
	radius float64
	tint   color.NRGBA

	// What was drawn last is kept, so that a long stroke costs no more than
	// its newest piece.
	hit   *image.Alpha
	drawn int // points that hit has
	seen  camera
	dirty image.Rectangle // of hit
}

// BeginTrail starts a tinted stroke at p; radius is in picture pixels.
func (s *Stage) BeginTrail(p compose.Point, radius float64, tint color.NRGBA) {
	s.trail = trail{points: []compose.Point{p}, radius: radius, tint: tint}
	s.redraw()
}

// ExtendTrail draws the stroke on to p.
func (s *Stage) ExtendTrail(p compose.Point) {
	s.trail.points = append(s.trail.points, p)
	s.redraw()
}

// ClearTrail takes the tinted stroke away.
func (s *Stage) ClearTrail() {
	s.trail.clear()
	s.redraw()
}

func (t *trail) clear() { *t = trail{} }

// paint tints every pixel within the radius of the line through the points.
func (t *trail) paint(dst *image.RGBA, cam *camera) {
	if len(t.points) == 0 {
		return
	}
	if t.hit == nil || t.hit.Rect != dst.Rect || t.seen != *cam {
		t.hit, t.drawn, t.dirty, t.seen = image.NewAlpha(dst.Rect), 0, image.Rectangle{}, *cam
	}
	for ; t.drawn < len(t.points); t.drawn++ {
		t.piece(t.points[max(0, t.drawn-1)], t.points[t.drawn])
	}
	for y := t.dirty.Min.Y; y < t.dirty.Max.Y; y++ {
		row := dst.Pix[y*dst.Stride:]
		for x, a := range t.hit.Pix[y*t.hit.Stride:][:t.dirty.Max.X] {
			if a == 0 {
				continue
			}
			m := uint32(a) * uint32(t.tint.A) / 255
			p := row[4*x : 4*x+3]
			p[0] = uint8((uint32(p[0])*(255-m) + uint32(t.tint.R)*m) / 255)
			p[1] = uint8((uint32(p[1])*(255-m) + uint32(t.tint.G)*m) / 255)
			p[2] = uint8((uint32(p[2])*(255-m) + uint32(t.tint.B)*m) / 255)
		}
	}
}

// piece adds the line from a to b.
func (t *trail) piece(a, b compose.Point) {
	w, h := t.hit.Rect.Dx(), t.hit.Rect.Dy()
	r := max(0.75, t.radius*t.seen.zoom)
	ax, ay := t.seen.toView(a)
	bx, by := t.seen.toView(b)
	box := image.Rect(round(min(ax, bx)-r)-1, round(min(ay, by)-r)-1, round(max(ax, bx)+r)+2, round(max(ay, by)+r)+2).Intersect(image.Rect(0, 0, w, h))
	if box.Empty() {
		return
	}
	t.dirty = t.dirty.Union(box)
	dx, dy := bx-ax, by-ay
	long := dx*dx + dy*dy
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := t.hit.Pix[y*t.hit.Stride:]
		for x := box.Min.X; x < box.Max.X; x++ {
			px, py := float64(x)+0.5-ax, float64(y)+0.5-ay
			k := 0.0
			if long > 0 {
				k = max(0, min(1, (px*dx+py*dy)/long))
			}
			qx, qy := px-k*dx, py-k*dy
			if c := r + 0.5 - math.Sqrt(qx*qx+qy*qy); c > 0 {
				row[x] = max(row[x], uint8(255*min(1, c)))
			}
		}
	}
}
