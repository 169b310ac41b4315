package widgets

import (
	"image"

	"kirinuki/engine/compose"
)

// Pic is a picture made ready for a Stage. It never changes once made.
type Pic struct {
	levels mips
	of     image.Point // the size, in pixels, of what it shows at full size
}

// NewPic makes img ready, which takes a while for large pictures: call it off
// the UI thread. full is the size of the picture that img shows, of which img
// may be a smaller copy; zero means img's own.
func NewPic(img image.Image, full image.Point) *Pic {
	if img == nil {
		return nil
	}
	m := newMips(img)
	if len(m) == 0 {
		return nil
	}
	if full == (image.Point{}) {
		full = m.size()
	}
	return &Pic{levels: m, of: full}
}

// NewVeil makes a matte ready for the Overlay and Grey veils. full is as in
// NewPic.
func NewVeil(alpha *image.Gray, full image.Point) *Pic {
	if alpha == nil {
		return nil
	}
	b := alpha.Bounds()
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := img.Pix[y*img.Stride:]
		for x, a := range alpha.Pix[alpha.PixOffset(b.Min.X, b.Min.Y+y):][:b.Dx()] {
			row[4*x+3] = a
		}
	}
	return NewPic(img, full)
}

// Size is the full size of what the picture shows, which may be more than it
// has pixels.
func (p *Pic) Size() image.Point {
	if p == nil {
		return image.Point{}
	}
	return p.of
}

// Sharpness is how many pixels it has per pixel of the full size, at most 1.
func (p *Pic) Sharpness() float64 {
	if p == nil || p.of.X == 0 {
		return 0
	}
	return float64(p.levels.size().X) / float64(p.of.X)
}

func pt(x, y float64) compose.Point { return compose.Point{X: x, Y: y} }
