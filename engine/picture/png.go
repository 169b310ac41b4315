package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/png"
	"io"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	xmpKeyword   = "XML:com.adobe.xmp"
)

func pngHeader(src *source) (header, error) {
	c, err := png.DecodeConfig(src.reader())
	if err != nil {
		return header{}, err
	}
	h := header{size: image.Pt(c.Width, c.Height)}
	h.least = area(h.size) / (8 * 1032) // a pixel takes a bit, and deflate saves at most 1032 to 1
	h.pixels = func() (image.Image, error) { return png.Decode(src.reader()) }

	// Metadata may stand before the pixels or after them. Only the first chunk
	// of a kind is looked at, so that many small ones cannot swell to much.
	var profile, text bool
	off := int64(len(pngSignature))
	for range 1 << 20 {
		p := src.bytes(off, 8, 8)
		if p == nil {
			break
		}
		n, data := int64(binary.BigEndian.Uint32(p)), off+8
		switch string(p[4:]) {
		case "iCCP":
			if !profile {
				profile = true
				// A name, a zero, and how it is compressed: always zlib.
				_, z, _ := bytes.Cut(src.bytes(data, n, maxICC), []byte{0})
				if len(z) > 0 && z[0] == 0 {
					h.icc = inflate(z[1:], maxICC)
				}
			}
		case "eXIf":
			if h.orient == 0 {
				var x exif
				x, h.orient = parseExif(src.bytes(data, n, exifBudget))
				h.meta.Exif = x.block()
			}
		case "iTXt":
			if key, value, _ := bytes.Cut(src.bytes(data, n, maxXMP), []byte{0}); !text && string(key) == xmpKeyword {
				text = true
				h.meta.XMP = cleanXMP(pngText(value))
			}
		case "IEND":
			return h, nil
		}
		off = data + n + 4
	}
	return h, nil
}

// pngText returns the text of an iTXt chunk behind its keyword: whether it is
// compressed and how, a language, a translated keyword, the text.
func pngText(p []byte) []byte {
	if len(p) < 2 {
		return nil
	}
	compressed := p[0] == 1
	_, p, _ = bytes.Cut(p[2:], []byte{0})
	_, p, _ = bytes.Cut(p, []byte{0})
	if compressed {
		return inflate(p, maxXMP)
	}
	return p
}

// inflate undoes zlib's compression; nil where p is broken or would become
// more than most bytes.
func inflate(p []byte, most int64) []byte {
	z, err := zlib.NewReader(bytes.NewReader(p))
	if err != nil {
		return nil
	}
	p, err = io.ReadAll(io.LimitReader(z, most+1))
	if err != nil || int64(len(p)) > most {
		return nil
	}
	return p
}
