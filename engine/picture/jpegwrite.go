package picture

import (
	"encoding/binary"
	"image"
	"image/jpeg"
	"io"
	"math"
)

// maxSegment is how many bytes a JPEG segment holds.
const maxSegment = 65533

// writeJPEG writes an opaque image, 0 standing for quality 92.
func writeJPEG(w io.Writer, img image.Image, quality int, x extras) error {
	if quality == 0 {
		quality = 92
	}
	p := []byte{0xff, 0xd8}
	segment := func(marker byte, parts ...[]byte) {
		n := 2
		for _, part := range parts {
			n += len(part)
		}
		p = binary.BigEndian.AppendUint16(append(p, 0xff, marker), uint16(n))
		for _, part := range parts {
			p = append(p, part...)
		}
	}
	// JFIF 1.02: its unit is 1 for dots an inch, 0 for pixels of no size.
	unit, density := byte(0), uint16(1)
	if x.dpi > 0 {
		unit, density = 1, uint16(max(1, math.Round(x.dpi)))
	}
	jfif := binary.BigEndian.AppendUint16([]byte{'J', 'F', 'I', 'F', 0, 1, 2, unit}, density)
	segment(0xe0, append(binary.BigEndian.AppendUint16(jfif, density), 0, 0))
	if b := x.exif.block(); b != nil && len(b) <= maxSegment-len(exifHeader) {
		segment(0xe1, []byte(exifHeader), b)
	}
	if x.xmp != nil && len(x.xmp) <= maxSegment-len(xmpHeader) {
		segment(0xe1, []byte(xmpHeader), x.xmp)
	}
	const most = maxSegment - len(iccHeader) - 2
	for i, n := 0, (len(x.icc)+most-1)/most; i < n; i++ {
		segment(0xe2, []byte(iccHeader), []byte{byte(i + 1), byte(n)}, x.icc[i*most:min((i+1)*most, len(x.icc))])
	}
	if _, err := w.Write(p); err != nil {
		return err
	}
	img = eightBits(img)
	if n, ok := img.(*image.NRGBA); ok {
		// Opaque pixels read the same, and RGBA is what the encoder is fast at.
		img = &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect}
	}
	return jpeg.Encode(&skipper{w, 2}, img, &jpeg.Options{Quality: min(max(quality, 1), 100)})
}

// skipper drops the first bytes, here the start of image that has been
// written already.
type skipper struct {
	w io.Writer
	n int
}

func (s *skipper) Write(p []byte) (int, error) {
	k := min(s.n, len(p))
	s.n -= k
	n, err := s.w.Write(p[k:])
	return k + n, err
}
