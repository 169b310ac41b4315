package widgets

import (
	"image"
	"image/color"
	"math"

	"kirinuki/engine/compose"
)

// frame is a crop being chosen: what lies outside is dimmed.
type frame struct{ x0, y0, x1, y1 float64 } // picture pixels

// SetFrame shows a crop of the given picture pixels; an empty one takes it
// away.
func (s *Stage) SetFrame(r image.Rectangle) {
	s.frame = nil
	if !r.Empty() {
		s.frame = &frame{float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)}
	}
	s.redraw()
}

// Grip says which part of the frame a point is at: -1 left or top, +1 right
// or bottom, 0 between; ok is false outside its reach, and all 0 within ok
// means the inside.
func (s *Stage) Grip(p compose.Point) (gx, gy int, ok bool) {
	if s.frame == nil {
		return 0, 0, false
	}
	f, reach := s.frame, 12*s.density/s.place(s.cam).zoom
	if p.X < f.x0-reach || p.X > f.x1+reach || p.Y < f.y0-reach || p.Y > f.y1+reach {
		return 0, 0, false
	}
	side := func(v, low, high float64) int {
		switch {
		case math.Abs(v-low) <= reach && math.Abs(v-low) <= math.Abs(v-high):
			return -1
		case math.Abs(v-high) <= reach:
			return 1
		}
		return 0
	}
	return side(p.X, f.x0, f.x1), side(p.Y, f.y0, f.y1), true
}

func (f *frame) paint(dst *image.RGBA, cam *camera) {
	if f == nil {
		return
	}
	ax, ay := cam.toView(pt(f.x0, f.y0))
	bx, by := cam.toView(pt(f.x1, f.y1))
	px0, py0 := cam.toView(pt(0, 0))
	px1, py1 := cam.toView(pt(cam.picW, cam.picH))
	in := image.Rect(round(ax), round(ay), round(bx), round(by))
	pic := image.Rect(round(px0), round(py0), round(px1), round(py1)).Intersect(dst.Rect)
	for y := pic.Min.Y; y < pic.Max.Y; y++ {
		row := dst.Pix[y*dst.Stride:]
		for x := pic.Min.X; x < pic.Max.X; x++ {
			if y >= in.Min.Y && y < in.Max.Y && x >= in.Min.X && x < in.Max.X {
				x = in.Max.X - 1
				continue
			}
			p := row[4*x : 4*x+3]
			p[0], p[1], p[2] = p[0]*2/5, p[1]*2/5, p[2]*2/5
		}
	}
	white, faint := color.NRGBA{255, 255, 255, 255}, color.NRGBA{255, 255, 255, 70}
	for i := 1; i < 3; i++ {
		x, y := in.Min.X+in.Dx()*i/3, in.Min.Y+in.Dy()*i/3
		box(dst, image.Rect(x, in.Min.Y, x+1, in.Max.Y), faint)
		box(dst, image.Rect(in.Min.X, y, in.Max.X, y+1), faint)
	}
	box(dst, image.Rect(in.Min.X-1, in.Min.Y-1, in.Max.X+1, in.Min.Y), white)
	box(dst, image.Rect(in.Min.X-1, in.Max.Y, in.Max.X+1, in.Max.Y+1), white)
	box(dst, image.Rect(in.Min.X-1, in.Min.Y, in.Min.X, in.Max.Y), white)
	box(dst, image.Rect(in.Max.X, in.Min.Y, in.Max.X+1, in.Max.Y), white)
	mx, my := (in.Min.X+in.Max.X)/2, (in.Min.Y+in.Max.Y)/2
	for _, p := range []image.Point{
		{in.Min.X, in.Min.Y}, {mx, in.Min.Y}, {in.Max.X, in.Min.Y}, {in.Min.X, my},
		{in.Max.X, my}, {in.Min.X, in.Max.Y}, {mx, in.Max.Y}, {in.Max.X, in.Max.Y},
	} {
		box(dst, image.Rect(p.X-5, p.Y-5, p.X+5, p.Y+5), color.NRGBA{0, 0, 0, 90})
		box(dst, image.Rect(p.X-4, p.Y-4, p.X+4, p.Y+4), white)
	}
}

func round(v float64) int { return int(math.Round(max(-1e6, min(1e6, v)))) }

// box blends c into a rectangle of dst.
func box(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(dst.Rect)
	a := uint32(c.A)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := dst.Pix[y*dst.Stride+4*x:][:3]
			p[0] = uint8((uint32(p[0])*(255-a) + uint32(c.R)*a) / 255)
			p[1] = uint8((uint32(p[1])*(255-a) + uint32(c.G)*a) / 255)
			p[2] = uint8((uint32(p[2])*(255-a) + uint32(c.B)*a) / 255)
		}
	}
}
