package matte

import (
	"image"
	"image/draw"
)

// pixels reads the two types of picture the engine has, 8 and 16 bits a
// channel, as one.
type pixels struct {
	w, h, stride int
	pix          []uint8
	deep         bool // 16 bits a channel
	solid        bool // found to be opaque all over
}

// pixelsOf returns a view of src. Types other than *image.NRGBA and
// *image.NRGBA64, and pictures that do not start at (0, 0), are copied into
// an *image.NRGBA; the second result is the picture that the view reads.
func pixelsOf(src image.Image) (pixels, image.Image) {
	b := src.Bounds()
	if b.Min == (image.Point{}) {
		switch m := src.(type) {
		case *image.NRGBA:
			return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix, false, false}, m
		case *image.NRGBA64:
			return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix, true, false}, m
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(m, m.Bounds(), src, b.Min, draw.Src)
	return pixels{b.Dx(), b.Dy(), m.Stride, m.Pix, false, false}, m
}

// rgb writes the colours of pixels x0..x1-1 of row y as interleaved R, G, B
// in 0..1 to dst.
func (p *pixels) rgb(dst []float32, y, x0, x1 int) {
	if p.deep {
		row := p.pix[y*p.stride+8*x0 : y*p.stride+8*x1]
		for i := 0; len(row) >= 8; i += 3 {
			dst[i] = float32(uint16(row[0])<<8|uint16(row[1])) * (1.0 / 65535)
			dst[i+1] = float32(uint16(row[2])<<8|uint16(row[3])) * (1.0 / 65535)
			dst[i+2] = float32(uint16(row[4])<<8|uint16(row[5])) * (1.0 / 65535)
			row = row[8:]
		}
		return
	}
	row := p.pix[y*p.stride+4*x0 : y*p.stride+4*x1]
	for i := 0; len(row) >= 4; i += 3 {
		d := dst[i : i+3 : i+3]
		d[0] = float32(row[0]) * (1.0 / 255)
		d[1] = float32(row[1]) * (1.0 / 255)
		d[2] = float32(row[2]) * (1.0 / 255)
		row = row[4:]
	}
}

// newOpaque returns an empty picture of the type and size that p views, its
// values and its stride.
func (p *pixels) newOpaque() (image.Image, []uint8, int) {
	r := image.Rect(0, 0, p.w, p.h)
	if p.deep {
		m := image.NewNRGBA64(r)
		return m, m.Pix, m.Stride
	}
	m := image.NewNRGBA(r)
	return m, m.Pix, m.Stride
}

// copyRow copies row y to dst with alpha at its maximum.
func (p *pixels) copyRow(dst []uint8, y int) {
	if p.deep {
		copy(dst, p.pix[y*p.stride:y*p.stride+8*p.w])
		for i := 6; i < 8*p.w; i += 8 {
			dst[i], dst[i+1] = 255, 255
		}
		return
	}
	copy(dst, p.pix[y*p.stride:y*p.stride+4*p.w])
	for i := 3; i < 4*p.w; i += 4 {
		dst[i] = 255
	}
}

// put writes one colour in 0..1 to pixel x of a row of the picture's type.
func (p *pixels) put(row []uint8, x int, r, g, b float32) {
	if p.deep {
		d := row[8*x : 8*x+6 : 8*x+6]
		v := unit16(r)
		d[0], d[1] = uint8(v>>8), uint8(v)
		v = unit16(g)
		d[2], d[3] = uint8(v>>8), uint8(v)
		v = unit16(b)
		d[4], d[5] = uint8(v>>8), uint8(v)
		return
	}
	d := row[4*x : 4*x+3 : 4*x+3]
	d[0], d[1], d[2] = unit8(r), unit8(g), unit8(b)
}

// unit8 rounds a value in 0..1 to 0..255; what lies outside is clamped.
func unit8(v float32) uint8 {
	switch {
	case !(v > 0):
		return 0
	case v >= 1:
		return 255
	}
	return uint8(v*255 + 0.5)
}

// unit16 rounds a value in 0..1 to 0..65535; what lies outside is clamped.
func unit16(v float32) uint16 {
	switch {
	case !(v > 0):
		return 0
	case v >= 1:
		return 65535
	}
	return uint16(v*65535 + 0.5)
}

// mulAlpha multiplies alpha by the picture's own alpha, row y0 to y1.
func (p *pixels) mulAlpha(alpha *image.Gray, y0, y1 int) {
	if p.solid {
		return
	}
	bytes, at := 4, 3
	if p.deep {
		bytes, at = 8, 6
	}
	for y := y0; y < y1; y++ {
		row := p.pix[y*p.stride : y*p.stride+bytes*p.w]
		out := alpha.Pix[y*alpha.Stride : y*alpha.Stride+p.w]
		for x := range out {
			if a := row[bytes*x+at]; a != 255 {
				out[x] = uint8((int(out[x])*int(a) + 127) / 255)
			}
		}
	}
}

// crop returns a view of a part.
func (p *pixels) crop(r image.Rectangle) pixels {
	bytes := 4
	if p.deep {
		bytes = 8
	}
	return pixels{r.Dx(), r.Dy(), p.stride, p.pix[r.Min.Y*p.stride+bytes*r.Min.X:], p.deep, p.solid}
}
