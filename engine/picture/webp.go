package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/vp8l"
	"golang.org/x/image/webp"
)

// webpHeader walks a WebP file's chunks (RFC 9649). Of an animation only the
// first frame is read, on a transparent canvas.
func webpHeader(src *source) (header, error) {
	var (
		h       header
		canvas  image.Point
		still   webpFrame
		at      image.Point // of the first frame
		animate bool
	)
	err := riffChunks(src, 12, src.size, func(id string, off, n int64) error {
		switch id {
		case "VP8X":
			p := src.bytes(off, 10, 10)
			if p == nil {
				return errDamaged("a short VP8X chunk")
			}
			canvas = image.Pt(1+uint24(p[4:]), 1+uint24(p[7:]))
		case "ANMF":
			if animate {
				return nil
			}
			animate = true
			p := src.bytes(off, 16, 16)
			if p == nil {
				return errDamaged("a short frame")
			}
			at = image.Pt(2*uint24(p), 2*uint24(p[3:]))
			return riffChunks(src, off+16, off+n, func(id string, off, n int64) error {
				return still.chunk(src, id, off, n)
			})
		case "ALPH", "VP8 ", "VP8L":
			if !animate {
				return still.chunk(src, id, off, n)
			}
		case "ICCP":
			h.icc = src.bytes(off, n, maxICC)
		case "EXIF":
			if h.orient == 0 {
				var x exif
				x, h.orient = parseExif(src.bytes(off, n, exifBudget))
				h.meta.Exif = x.block()
			}
		case "XMP ":
			h.meta.XMP = cleanXMP(src.bytes(off, n, maxXMP))
		}
		return nil
	})
	if err != nil {
		return header{}, err
	}
	if still.id == "" {
		return header{}, errDamaged("no picture in it")
	}
	if canvas == (image.Point{}) {
		canvas = still.size
	}
	frame := image.Rectangle{at, at.Add(still.size)}
	screen := image.Rectangle{Max: canvas}
	if !frame.In(screen) || !animate && frame != screen {
		return header{}, errDamaged("the frame does not fit the canvas")
	}
	h.size = canvas
	h.pixels = func() (image.Image, error) {
		img, err := still.decode(src)
		if err != nil || frame == screen {
			return img, err
		}
		whole := image.NewNRGBA(screen)
		paste(whole, img, at)
		return whole, nil
	}
	return h, nil
}

// riffChunks calls f for each chunk between off and end.
func riffChunks(src *source, off, end int64, f func(id string, off, n int64) error) error {
	for range 1 << 20 {
		p := src.bytes(off, 8, 8)
		if p == nil || off+8 > end {
			break
		}
		n := int64(binary.LittleEndian.Uint32(p[4:]))
		if err := f(string(p[:4]), off+8, n); err != nil {
			return err
		}
		off += 8 + n + n&1
	}
	return nil
}

// webpFrame is where one frame's pixels are.
type webpFrame struct {
	id     string // "VP8 " or "VP8L"
	off, n int64
	size   image.Point
	// Lossy frames have their alpha apart.
	alphaOff, alphaN int64
}

// chunk takes one chunk of the frame.
func (f *webpFrame) chunk(src *source, id string, off, n int64) error {
	if f.id != "" {
		return nil
	}
	if n > src.size-off {
		return errDamaged("it ends early")
	}
	switch id {
	case "ALPH":
		f.alphaOff, f.alphaN = off, n
	case "VP8L":
		c, err := vp8l.DecodeConfig(src.section(off, n))
		if err != nil {
			return err
		}
		f.id, f.off, f.n, f.size = id, off, n, image.Pt(c.Width, c.Height)
	case "VP8 ":
		p := src.bytes(off, 10, 10)
		if p == nil || string(p[3:6]) != "\x9d\x01\x2a" {
			return errDamaged("no key frame")
		}
		f.id, f.off, f.n = id, off, n
		f.size = image.Pt(int(binary.LittleEndian.Uint16(p[6:])&0x3fff), int(binary.LittleEndian.Uint16(p[8:])&0x3fff))
	}
	return nil
}

// decode decodes the frame. The decoder is strict about which chunks stand in
// a file and in which order, and knows no animations, so it is given a file
// of this frame alone.
func (f *webpFrame) decode(src *source) (image.Image, error) {
	var parts []io.Reader
	size := uint32(4)
	add := func(id string, data io.Reader, n int64) {
		head := binary.LittleEndian.AppendUint32([]byte(id), uint32(n))
		parts = append(parts, bytes.NewReader(head), data, bytes.NewReader(make([]byte, n&1)))
		size += 8 + uint32(n+n&1)
	}
	if f.id == "VP8 " && f.alphaN > 0 {
		x := []byte{0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0}
		putUint24(x[4:], f.size.X-1)
		putUint24(x[7:], f.size.Y-1)
		add("VP8X", bytes.NewReader(x), 10)
		add("ALPH", src.section(f.alphaOff, f.alphaN), f.alphaN)
	}
	add(f.id, src.section(f.off, f.n), f.n)
	riff := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), size), "WEBP"...)
	img, err := webp.Decode(io.MultiReader(append([]io.Reader{bytes.NewReader(riff)}, parts...)...))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return fromVP8(m, nil, 0), nil
	case *image.NYCbCrA:
		return fromVP8(&m.YCbCr, m.A, m.AStride), nil
	}
	return img, nil // NRGBA
}

func uint24(p []byte) int { return int(p[0]) | int(p[1])<<8 | int(p[2])<<16 }

func putUint24(p []byte, v int) { p[0], p[1], p[2] = byte(v), byte(v>>8), byte(v>>16) }
