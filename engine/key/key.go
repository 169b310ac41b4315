// Package key removes a background of one plain colour without any network:
// logos, scans, product shots. It learns the colour from the border, grows
// inwards from there, and unmixes the pixels at the edge, which are
// a*F + (1-a)*B with B known. It knows pixels, not files or windows.
package key

import (
	"image"
)

// Background is the plain colour around a subject. It is a value that can be
// kept and compared. Colours are in the picture's own encoding, 0..1.
type Background struct {
	// Color is the colour halfway along the border.
	Color [3]float64
	// Surface holds per channel the coefficients of 1, u, v, u², uv, v² with
	// u and v running from -1 to 1 across the picture: even paper under an
	// uneven lamp.
	Surface [3][6]float64
	// Noise is the standard deviation of the border around the surface.
	Noise float64
	// Clear says that the border is already transparent, so that the
	// picture's own alpha is the answer.
	Clear bool
}

// at returns the surface's colour at u, v in -1..1.
func (b *Background) at(u, v float64) [3]float32 {
	var c [3]float32
	for i := range c {
		s := &b.Surface[i]
		c[i] = float32(s[0] + u*(s[1]+u*s[3]+v*s[4]) + v*(s[2]+v*s[5]))
	}
	return c
}

// flat says that the surface is one colour.
func (b *Background) flat() bool {
	for _, s := range b.Surface {
		if s != [6]float64{s[0]} {
			return false
		}
	}
	return true
}

// Options say how Cut works. The zero value finds out for itself.
type Options struct {
	// Holes also removes areas of the background's colour that the subject
	// encloses, like the inside of the letter O.
	Holes bool
	// Tolerance is the largest difference, 0..1 in any channel, from the
	// background that still is background; 0 means as the noise suggests.
	Tolerance float64
}

// raster reads 8 and 16 bit pictures alike.
type raster struct {
	w, h, stride int
	pix          []uint8
	deep         bool // 16 bits a channel
}

// open wraps img without copying where it is an NRGBA or NRGBA64.
func open(img image.Image) raster {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.NRGBA:
		return raster{b.Dx(), b.Dy(), m.Stride, m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], false}
	case *image.NRGBA64:
		return raster{b.Dx(), b.Dy(), m.Stride, m.Pix[m.PixOffset(b.Min.X, b.Min.Y):], true}
	}
	m := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			m.Set(x, y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return open(m)
}

// at returns colour and alpha of one pixel, 0..1.
func (r *raster) at(x, y int) (c [3]float32, a float32) {
	if r.deep {
		p := r.pix[y*r.stride+8*x:]
		p = p[:8]
		const k = 1.0 / 65535
		return [3]float32{
			float32(uint16(p[0])<<8|uint16(p[1])) * k,
			float32(uint16(p[2])<<8|uint16(p[3])) * k,
			float32(uint16(p[4])<<8|uint16(p[5])) * k,
		}, float32(uint16(p[6])<<8|uint16(p[7])) * k
	}
	p := r.pix[y*r.stride+4*x:]
	p = p[:4]
	const k = 1.0 / 255
	return [3]float32{float32(p[0]) * k, float32(p[1]) * k, float32(p[2]) * k}, float32(p[3]) * k
}

// copy returns the picture as a new opaque image of its own depth.
func (r *raster) copy() (image.Image, *raster) {
	box := image.Rect(0, 0, r.w, r.h)
	if r.deep {
		m := image.NewNRGBA64(box)
		for y := range r.h {
			row := m.Pix[y*m.Stride : y*m.Stride+8*r.w]
			copy(row, r.pix[y*r.stride:])
			for x := 6; x < len(row); x += 8 {
				row[x], row[x+1] = 0xff, 0xff
			}
		}
		return m, &raster{r.w, r.h, m.Stride, m.Pix, true}
	}
	m := image.NewNRGBA(box)
	for y := range r.h {
		row := m.Pix[y*m.Stride : y*m.Stride+4*r.w]
		copy(row, r.pix[y*r.stride:])
		for x := 3; x < len(row); x += 4 {
			row[x] = 0xff
		}
	}
	return m, &raster{r.w, r.h, m.Stride, m.Pix, false}
}

// set writes an opaque colour, clamped and rounded.
func (r *raster) set(x, y int, c [3]float32) {
	if r.deep {
		p := r.pix[y*r.stride+8*x:]
		for i, v := range c {
			q := uint16(min(max(v, 0), 1)*65535 + 0.5)
			p[2*i], p[2*i+1] = uint8(q>>8), uint8(q)
		}
		return
	}
	p := r.pix[y*r.stride+4*x:]
	for i, v := range c {
		p[i] = uint8(min(max(v, 0), 1)*255 + 0.5)
	}
}

// apart is the largest difference in any channel.
func apart(a, b [3]float32) float32 {
	return max(abs(a[0]-b[0]), abs(a[1]-b[1]), abs(a[2]-b[2]))
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}
