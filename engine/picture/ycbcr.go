package picture

import (
	"context"
	"image"

	"kirinuki/engine/parallel"
)

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

// smallYCbCr is fromYCbCr at a smaller size: of the pixels that one stands for
// the mean luma, of up to samples a side, and the chroma in their middle.
func smallYCbCr(m *image.YCbCr, size image.Point) *image.NRGBA {
	const samples = 4
	full := m.Rect.Size()
	n := image.NewNRGBA(image.Rectangle{Max: size})
	eachRow(n, func(y int, dst []uint8) {
		y0, y1 := y*full.Y/size.Y, (y+1)*full.Y/size.Y
		down := max(1, (y1-y0)/samples)
		for x := range size.X {
			x0, x1 := x*full.X/size.X, (x+1)*full.X/size.X
			across := max(1, (x1-x0)/samples)
			sum, count := int32(0), int32(0)
			for v := y0; v < y1; v += down {
				line := m.Y[v*m.YStride:][:full.X]
				for u := x0; u < x1; u += across {
					sum, count = sum+int32(line[u]), count+1
				}
			}
			at := m.COffset((x0+x1)/2, (y0+y1)/2)
			b, r := int32(m.Cb[at])-128, int32(m.Cr[at])-128
			v := (sum + count/2) / count * 0x10101
			p := dst[4*x:][:4:4]
			p[0], p[1], p[2], p[3] = clamp16(v+91881*r), clamp16(v-22554*b-46802*r), clamp16(v+116130*b), 255
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

// fromVP8 converts a lossy WebP frame: 4:2:0 of the range that television uses
// (BT.601, luma 16..235), not the full range that image.YCbCr stands for. The
// constants are those formulas' in 14 bits (RFC 6386, 9.2; BT.601, 2.5).
// Chroma is interpolated between its samples, as WebP's own decoder does it.
// alpha has one value a pixel, in rows of stride, or is nil.
func fromVP8(m *image.YCbCr, alpha []uint8, stride int) *image.NRGBA {
	n := blank(m.Rect)
	w, h := n.Rect.Dx(), n.Rect.Dy()
	cw, ch := (w+1)/2, (h+1)/2
	parallel.Rows(context.Background(), h, func(y0, y1 int) {
		cb, cr := make([]int32, cw), make([]int32, cw)
		for y := y0; y < y1; y++ {
			// The nearer row of chroma counts three times, the other once.
			near := y / 2
			far := min(max(near-1+y%2*2, 0), ch-1)
			for c := range cw {
				i, j := near*m.CStride+c, far*m.CStride+c
				cb[c] = 3*int32(m.Cb[i]) + int32(m.Cb[j])
				cr[c] = 3*int32(m.Cr[i]) + int32(m.Cr[j])
			}
			luma := m.Y[y*m.YStride:][:w]
			dst := n.Pix[y*n.Stride:][:4*w]
			for x, l := range luma {
				near := x / 2
				far := min(max(near-1+x%2*2, 0), cw-1)
				v := int32(l) * 19077 >> 8
				u := (3*cb[near] + cb[far] + 8) >> 4
				t := (3*cr[near] + cr[far] + 8) >> 4
				p := dst[4*x:][:4:4]
				p[0] = clamp6(v + t*26149>>8 - 14234)
				p[1] = clamp6(v - u*6419>>8 - t*13320>>8 + 8708)
				p[2] = clamp6(v + u*33050>>8 - 17685)
				p[3] = 255
			}
			if alpha != nil {
				for x, a := range alpha[y*stride:][:w] {
					dst[4*x+3] = a
				}
			}
		}
	})
	return n
}

// clamp6 is v / 64 held in 0..255.
func clamp6(v int32) uint8 { return uint8(min(max(v>>6, 0), 255)) }
