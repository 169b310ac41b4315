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

// NewVeil makes the picture that the Overlay and Grey veils show: the
// original's colours with the matte beside them. Both have the same size.
func NewVeil(original image.Image, alpha *image.Gray, full image.Point) *Pic {
	b, a := original.Bounds(), alpha.Bounds()
	if b.Size() != a.Size() || b.Empty() {
		return nil
	}
	img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := img.Pix[y*img.Stride:]
		matte := alpha.Pix[alpha.PixOffset(a.Min.X, a.Min.Y+y):]
		switch src := original.(type) {
		case *image.NRGBA:
			copy(row[:4*b.Dx()], src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		case *image.RGBA:
			copy(row[:4*b.Dx()], src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):])
		default:
			for x := range b.Dx() {
				r, g, bl, _ := original.At(b.Min.X+x, b.Min.Y+y).RGBA()
				row[4*x], row[4*x+1], row[4*x+2] = uint8(r>>8), uint8(g>>8), uint8(bl>>8)
			}
		}
		for x := range b.Dx() {
			row[4*x+3] = matte[x]
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
