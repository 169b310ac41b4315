package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"io"

	"github.com/HugoSmits86/nativewebp"
)

// maxWebP is the longest side of a WebP picture.
const maxWebP = 1 << 14

// writeWebP writes a lossless WebP file, in the extended format where there is
// metadata (RFC 9649, 2.7).
func writeWebP(w io.Writer, img image.Image, x extras) error {
	img = eightBits(img)
	transparent := !opaque(img)
	if n, ok := img.(*image.NRGBA); ok && transparent {
		img = exactNRGBA{n}
	}
	var file bytes.Buffer // the encoder does not report what writing says
	if err := nativewebp.Encode(&file, img, nil); err != nil {
		return err
	}
	pixels := file.Bytes()[12:] // one chunk behind "RIFF", its length and "WEBP"

	exif := x.exif.block()
	var before, after []byte
	if x.icc != nil || exif != nil || x.xmp != nil {
		size := img.Bounds().Size()
		head := make([]byte, 10)
		for _, flag := range []struct {
			set bool
			bit byte
		}{{x.icc != nil, 0x20}, {transparent, 0x10}, {exif != nil, 0x08}, {x.xmp != nil, 0x04}} {
			if flag.set {
				head[0] |= flag.bit
			}
		}
		putUint24(head[4:], size.X-1)
		putUint24(head[7:], size.Y-1)
		before = appendRIFF(before, "VP8X", head)
		before = appendRIFF(before, "ICCP", x.icc)
		after = appendRIFF(after, "EXIF", exif)
		after = appendRIFF(after, "XMP ", x.xmp)
	}
	riff := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(before)+len(pixels)+len(after)))
	for _, p := range [][]byte{riff, []byte("WEBP"), before, pixels, after} {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// appendRIFF appends a chunk, unless there is nothing in it.
func appendRIFF(p []byte, id string, data []byte) []byte {
	if data == nil {
		return p
	}
	p = binary.LittleEndian.AppendUint32(append(p, id...), uint32(len(data)))
	p = append(p, data...)
	return append(p, make([]byte, len(data)&1)...)
}

// exactNRGBA is an NRGBA whose pixels survive image/draw, which the encoder
// copies them with: draw hands them over premultiplied, with 16 bits, and
// divides by alpha again, rounding down. Handing over the smallest value that
// gives the same straight one back makes that exact; where alpha is 0 draw
// takes the colour as it is.
type exactNRGBA struct{ *image.NRGBA }

func (m exactNRGBA) RGBA64At(x, y int) color.RGBA64 {
	c := m.NRGBAAt(x, y)
	a := uint32(c.A) * 0x101
	up := func(v uint8) uint16 {
		if a == 0 {
			return uint16(v) << 8
		}
		return uint16((uint32(v)<<8*a + 0xfffe) / 0xffff)
	}
	return color.RGBA64{R: up(c.R), G: up(c.G), B: up(c.B), A: uint16(a)}
}
