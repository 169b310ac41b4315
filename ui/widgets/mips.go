package widgets

import (
	"image"
	"image/draw"
)

// mips is one picture at several sizes, each half of the one before, so that
// drawing it small neither flickers nor costs more than the screen's pixels.
// Pixels are premultiplied. It never changes once made.
type mips []*image.RGBA

// newMips converts img and halves it down to about 256 pixels. It is slow for
// large pictures: make it off the UI thread.
func newMips(img image.Image) mips {
	if img == nil || img.Bounds().Empty() {
		return nil
	}
	b := img.Bounds()
	full, ok := img.(*image.RGBA)
	if !ok || b.Min != (image.Point{}) || full.Stride != 4*b.Dx() {
		full = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		if n, straight := img.(*image.NRGBA); straight {
			premultiply(full, n)
		} else {
			draw.Draw(full, full.Bounds(), img, b.Min, draw.Src)
		}
	}
	m := mips{full}
	for s := full.Bounds().Size(); s.X > 256 || s.Y > 256; s = m[len(m)-1].Bounds().Size() {
		m = append(m, halve(m[len(m)-1]))
	}
	return m
}

// premultiply is draw.Draw for straight alpha, several times as fast.
func premultiply(dst *image.RGBA, src *image.NRGBA) {
	b := src.Bounds()
	for y := range b.Dy() {
		s := src.Pix[src.PixOffset(b.Min.X, b.Min.Y+y):][:4*b.Dx()]
		d := dst.Pix[y*dst.Stride:][:4*b.Dx()]
		for i := 0; i < len(s); i += 4 {
			switch a := uint32(s[i+3]); a {
			case 255:
				copy(d[i:i+4], s[i:i+4])
			case 0:
			default:
				d[i] = uint8((uint32(s[i])*a + 127) / 255)
				d[i+1] = uint8((uint32(s[i+1])*a + 127) / 255)
				d[i+2] = uint8((uint32(s[i+2])*a + 127) / 255)
				d[i+3] = s[i+3]
			}
		}
	}
}

// halve returns src at half its size by the mean of each two by two; an odd
// last row or column is its own neighbour.
func halve(src *image.RGBA) *image.RGBA {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	w, h := max(1, (sw+1)/2), max(1, (sh+1)/2)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		a := src.Pix[2*y*src.Stride:]
		b := src.Pix[min(2*y+1, sh-1)*src.Stride:]
		d := dst.Pix[y*dst.Stride:]
		for x := range w {
			l, r := 8*x, 4*min(2*x+1, sw-1)
			for c := range 4 {
				d[4*x+c] = uint8((uint32(a[l+c]) + uint32(a[r+c]) + uint32(b[l+c]) + uint32(b[r+c]) + 2) / 4)
			}
		}
	}
	return dst
}

// size is the size of the largest.
func (m mips) size() image.Point {
	if len(m) == 0 {
		return image.Point{}
	}
	return m[0].Rect.Size()
}

// level returns the smallest one that still has a pixel for each of those
// that scale (screen pixels per pixel of the largest) asks for.
func (m mips) level(scale float64) *image.RGBA {
	i := 0
	for i+1 < len(m) && scale <= 0.5 {
		i++
		scale *= 2
	}
	return m[i]
}
