package picture

import "image"

// orientation is Exif's: 1 is upright, 2..8 say how the stored pixels are
// mirrored and turned. The zero value is upright too.
type orientation int

// size returns the upright size of a picture that is stored with size p.
func (o orientation) size(p image.Point) image.Point {
	if o >= 5 {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// walk says how the upright picture is read out of w x h stored pixels: pixel
// (x, y) is the stored one of index base + x*dx + y*dy.
func (o orientation) walk(w, h int) (base, dx, dy int) {
	last := w*h - 1
	switch o {
	case 2:
		return w - 1, -1, w
	case 3:
		return last, -1, -w
	case 4:
		return last - w + 1, 1, -w
	case 5:
		return 0, w, 1
	case 6:
		return last - w + 1, -w, 1
	case 7:
		return last, -w, -1
	case 8:
		return w - 1, w, -1
	}
	return 0, 1, w
}

// upright turns a tight *image.NRGBA or *image.NRGBA64 as o says.
func (o orientation) upright(img image.Image) image.Image {
	if o <= 1 {
		return img
	}
	stored := img.Bounds().Size()
	base, dx, dy := o.walk(stored.X, stored.Y)
	size := o.size(stored)
	// Bands of 16 rows, column by column: where rows become columns, the 16
	// pixels read together lie side by side.
	bands := func(f func(x, y0, y1 int)) {
		rows((size.Y+15)/16, func(b0, b1 int) {
			for b := b0; b < b1; b++ {
				for x := range size.X {
					f(x, 16*b, min(16*b+16, size.Y))
				}
			}
		})
	}
	switch m := img.(type) {
	case *image.NRGBA:
		n := image.NewNRGBA(image.Rectangle{Max: size})
		bands(func(x, y0, y1 int) {
			for y := y0; y < y1; y++ {
				*(*[4]uint8)(n.Pix[4*(y*size.X+x):]) = *(*[4]uint8)(m.Pix[4*(base+x*dx+y*dy):])
			}
		})
		return n
	case *image.NRGBA64:
		n := image.NewNRGBA64(image.Rectangle{Max: size})
		bands(func(x, y0, y1 int) {
			for y := y0; y < y1; y++ {
				*(*[8]uint8)(n.Pix[8*(y*size.X+x):]) = *(*[8]uint8)(m.Pix[8*(base+x*dx+y*dy):])
			}
		})
		return n
	}
	return img
}
