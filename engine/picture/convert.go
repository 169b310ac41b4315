package picture

import (
	"context"
	"image"
	"image/color"

	"kirinuki/engine/parallel"
)

// FromImage makes a picture of pixels that come from elsewhere than a file,
// for example from the screen or the clipboard. Pixels whose type and layout
// fit already are shared, not copied, so img must not be changed afterwards.
// Images of 16 bits stay so; all others become 8 bits. Colours are converted
// without a profile: CMYK by the plain formula.
func FromImage(img image.Image) *Picture {
	switch m := img.(type) {
	case *image.NRGBA:
		n := tight(m)
		return &Picture{Image: n, Opaque: n.Opaque()}
	case *image.NRGBA64:
		n := tight64(m)
		return &Picture{Image: n, Opaque: n.Opaque()}
	case *image.RGBA:
		if m.Opaque() {
			// Opaque pixels read the same, premultiplied or straight.
			return &Picture{Image: tight(&image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}), Opaque: true}
		}
		return &Picture{Image: straight(m)}
	case *image.RGBA64:
		if m.Opaque() {
			return &Picture{Image: tight64(&image.NRGBA64{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}), Opaque: true}
		}
		return &Picture{Image: straight64(m)}
	case *image.YCbCr:
		if m.Rect.Min == (image.Point{}) {
			return &Picture{Image: fromYCbCr(m), Opaque: true}
		}
	case *image.Gray:
		return &Picture{Image: fromGray(m), Opaque: true}
	case *image.Gray16:
		return &Picture{Image: fromGray16(m), Opaque: true}
	case *image.CMYK:
		return &Picture{Image: fromCMYK(m), Opaque: true}
	case *image.Paletted:
		n := fromPaletted(m)
		return &Picture{Image: n, Opaque: n.Opaque()}
	}
	n := image.NewNRGBA(image.Rectangle{Max: img.Bounds().Size()})
	at := img.Bounds().Min
	eachRow(n, func(y int, dst []uint8) {
		for x := 0; x < len(dst); x += 4 {
			c := color.NRGBAModel.Convert(img.At(at.X+x/4, at.Y+y)).(color.NRGBA)
			dst[x], dst[x+1], dst[x+2], dst[x+3] = c.R, c.G, c.B, c.A
		}
	})
	return &Picture{Image: n, Opaque: n.Opaque()}
}

// eachRow calls f for each row of n's pixels, on all cores.
func eachRow(n *image.NRGBA, f func(y int, dst []uint8)) {
	w, h := n.Rect.Dx(), n.Rect.Dy()
	parallel.Rows(context.Background(), h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			f(y, n.Pix[y*n.Stride:][:4*w])
		}
	})
}

// eachRow64 is eachRow for 16 bits.
func eachRow64(n *image.NRGBA64, f func(y int, dst []uint8)) {
	w, h := n.Rect.Dx(), n.Rect.Dy()
	parallel.Rows(context.Background(), h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			f(y, n.Pix[y*n.Stride:][:8*w])
		}
	})
}

// blank returns an image of size's pixels at (0, 0).
func blank(r image.Rectangle) *image.NRGBA {
	return image.NewNRGBA(image.Rectangle{Max: r.Size()})
}

func blank64(r image.Rectangle) *image.NRGBA64 {
	return image.NewNRGBA64(image.Rectangle{Max: r.Size()})
}

// tight returns m with its bounds at (0, 0) and no gap between rows: m itself
// where it is so.
func tight(m *image.NRGBA) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if m.Stride == 4*w && len(m.Pix) == 4*w*h {
		return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: image.Rect(0, 0, w, h)}
	}
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) { copy(dst, m.Pix[y*m.Stride:]) })
	return n
}

func tight64(m *image.NRGBA64) *image.NRGBA64 {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if m.Stride == 8*w && len(m.Pix) == 8*w*h {
		return &image.NRGBA64{Pix: m.Pix, Stride: m.Stride, Rect: image.Rect(0, 0, w, h)}
	}
	n := blank64(m.Rect)
	eachRow64(n, func(y int, dst []uint8) { copy(dst, m.Pix[y*m.Stride:]) })
	return n
}

// straight divides premultiplied colours by their alpha, rounded to the
// nearest. Colours brighter than their alpha, which no honest file has, are
// cut off at full.
func straight(m *image.RGBA) *image.NRGBA {
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		src := m.Pix[y*m.Stride:][:len(dst)]
		for i := 0; i < len(dst); i += 4 {
			a := uint32(src[i+3])
			if a == 0 {
				continue
			}
			for c := i; c < i+3; c++ {
				dst[c] = uint8(min((uint32(src[c])*255+a/2)/a, 255))
			}
			dst[i+3] = uint8(a)
		}
	})
	return n
}

func straight64(m *image.RGBA64) *image.NRGBA64 {
	n := blank64(m.Rect)
	eachRow64(n, func(y int, dst []uint8) {
		src := m.Pix[y*m.Stride:][:len(dst)]
		for i := 0; i < len(dst); i += 8 {
			a := uint64(src[i+6])<<8 | uint64(src[i+7])
			if a == 0 {
				continue
			}
			for c := i; c < i+6; c += 2 {
				v := uint64(src[c])<<8 | uint64(src[c+1])
				v = min((v*65535+a/2)/a, 65535)
				dst[c], dst[c+1] = uint8(v>>8), uint8(v)
			}
			dst[i+6], dst[i+7] = src[i+6], src[i+7]
		}
	})
	return n
}

func fromGray(m *image.Gray) *image.NRGBA {
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		for x, v := range m.Pix[y*m.Stride:][:len(dst)/4] {
			p := dst[4*x:][:4:4]
			p[0], p[1], p[2], p[3] = v, v, v, 255
		}
	})
	return n
}

func fromGray16(m *image.Gray16) *image.NRGBA64 {
	n := blank64(m.Rect)
	eachRow64(n, func(y int, dst []uint8) {
		src := m.Pix[y*m.Stride:][:len(dst)/4]
		for i := 0; i < len(src); i += 2 {
			hi, lo := src[i], src[i+1]
			p := dst[4*i:][:8:8]
			p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7] = hi, lo, hi, lo, hi, lo, 255, 255
		}
	})
	return n
}

func fromCMYK(m *image.CMYK) *image.NRGBA {
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		src := m.Pix[y*m.Stride:][:len(dst)]
		for i := 0; i < len(dst); i += 4 {
			dst[i], dst[i+1], dst[i+2] = color.CMYKToRGB(src[i], src[i+1], src[i+2], src[i+3])
			dst[i+3] = 255
		}
	})
	return n
}

func fromPaletted(m *image.Paletted) *image.NRGBA {
	var table [256][4]uint8
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		v := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [4]uint8{v.R, v.G, v.B, v.A}
	}
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		for x, v := range m.Pix[y*m.Stride:][:len(dst)/4] {
			*(*[4]uint8)(dst[4*x:]) = table[v]
		}
	})
	return n
}
