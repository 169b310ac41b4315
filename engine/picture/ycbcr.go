package picture

import "image"

// fromYCbCr converts JPEG's full-range YCbCr, whose bounds start at (0, 0), as
// color.YCbCrToRGB does it, to the bit. It is by rows on all cores because it
// is a good part of the time that a photo takes to open.
func fromYCbCr(m *image.YCbCr) *image.NRGBA {
	var shift uint // of x, from luma to chroma
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		shift = 1
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		shift = 2
	}
	n := blank(m.Rect)
	eachRow(n, func(y int, dst []uint8) {
		luma := m.Y[m.YOffset(0, y):]
		at := m.COffset(0, y)
		cb, cr := m.Cb[at:], m.Cr[at:]
		w := len(dst) / 4
		luma = luma[:w]
		for c := 0; c<<shift < w; c++ {
			b, r := int32(cb[c])-128, int32(cr[c])-128
			red, green, blue := 91881*r, -22554*b-46802*r, 116130*b
			for x, end := c<<shift, min((c+1)<<shift, w); x < end; x++ {
				v := int32(luma[x]) * 0x10101
				p := dst[4*x:][:4:4]
				p[0], p[1], p[2], p[3] = clamp16(v+red), clamp16(v+green), clamp16(v+blue), 255
			}
		}
	})
	return n
}

// clamp16 is v / 65536 held in 0..255.
func clamp16(v int32) uint8 {
	if uint32(v)&0xff000000 == 0 {
		return uint8(v >> 16)
	}
	return uint8(^(v >> 31))
}
