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

func (t *trail) clear() { t.points = nil }

// paint tints every pixel within the radius of the line through the points.
func (t *trail) paint(dst *image.RGBA, cam *camera) {
	if len(t.points) == 0 {
		return
	}
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	hit := image.NewAlpha(dst.Rect)
	r := max(0.75, t.radius*cam.zoom)
	ax, ay := cam.toView(t.points[0])
	for i := range t.points {
		bx, by := cam.toView(t.points[i])
		x0, x1 := max(0, int(min(ax, bx)-r)), min(w-1, int(max(ax, bx)+r)+1)
		y0, y1 := max(0, int(min(ay, by)-r)), min(h-1, int(max(ay, by)+r)+1)
		dx, dy := bx-ax, by-ay
		long := dx*dx + dy*dy
		for y := y0; y <= y1; y++ {
			for x := x0; x <= x1; x++ {
				px, py := float64(x)+0.5-ax, float64(y)+0.5-ay
				k := 0.0
				if long > 0 {
					k = max(0, min(1, (px*dx+py*dy)/long))
				}
				d := math.Hypot(px-k*dx, py-k*dy)
				if c := r + 0.5 - d; c > 0 {
					o := hit.PixOffset(x, y)
					hit.Pix[o] = max(hit.Pix[o], uint8(255*min(1, c)))
				}
			}
		}
		ax, ay = bx, by
	}
	for i, a := range hit.Pix {
		if a == 0 {
			continue
		}
		m := uint32(a) * uint32(t.tint.A) / 255
		p := dst.Pix[4*i : 4*i+3]
		p[0] = uint8((uint32(p[0])*(255-m) + uint32(t.tint.R)*m) / 255)
		p[1] = uint8((uint32(p[1])*(255-m) + uint32(t.tint.G)*m) / 255)
		p[2] = uint8((uint32(p[2])*(255-m) + uint32(t.tint.B)*m) / 255)
	}
}
