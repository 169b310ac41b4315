package picture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

// What the payloads of JPEG's application segments begin with.
const (
	exifHeader = "Exif\x00\x00"
	xmpHeader  = "http://ns.adobe.com/xap/1.0/\x00"
	iccHeader  = "ICC_PROFILE\x00"
)

// maxScans is how many scans of a progressive JPEG are read. Cameras and
// programs write about ten; a small file of very many would keep a decoder
// busy for hours.
const maxScans = 256

func jpegHeader(src *source) (header, error) {
	c, err := jpeg.DecodeConfig(src.reader())
	if err != nil {
		return header{}, err
	}
	h := header{size: image.Pt(c.Width, c.Height)}
	h.least = area(h.size) / 512 // each block of 8 x 8 takes at least a bit
	h.pixels = func() (image.Image, error) { return jpeg.Decode(src.reader()) }

	var profile iccParts
	scan := jpegSegments(src, func(marker byte, p []byte) {
		switch {
		case marker == 0xe1 && bytes.HasPrefix(p, []byte(exifHeader)) && h.orient == 0:
			var x exif
			x, h.orient = parseExif(p)
			h.meta.Exif = x.block()
		case marker == 0xe1 && bytes.HasPrefix(p, []byte(xmpHeader)) && h.meta.XMP == nil:
			h.meta.XMP = cleanXMP(p[len(xmpHeader):])
		case marker == 0xe2 && bytes.HasPrefix(p, []byte(iccHeader)):
			profile.add(p[len(iccHeader):])
		}
	})
	h.icc = profile.join()
	if countScans(src, scan) > maxScans {
		return header{}, errDamaged("too many scans")
	}
	return h, nil
}

// jpegSegments calls f for the payload of each application segment before the
// first scan and returns where that begins. It reads nothing else.
func jpegSegments(src *source, f func(marker byte, p []byte)) (scan int64) {
	off := int64(2)
	for range 1 << 16 {
		p := src.bytes(off, 4, 4)
		if p == nil || p[0] != 0xff {
			break
		}
		marker := p[1]
		if marker == 0xff { // fill byte
			off++
			continue
		}
		if !hasPayload(marker) {
			off += 2
			continue
		}
		n := int64(binary.BigEndian.Uint16(p[2:]))
		if marker == 0xda || n < 2 {
			break
		}
		if marker >= 0xe0 && marker <= 0xef {
			if p := src.bytes(off+4, n-2, 1<<16); p != nil {
				f(marker, p)
			}
		}
		off += 2 + n
	}
	return off
}

// hasPayload says whether a length and data follow a marker. In the coded
// pixels 0xff is always followed by one that has none.
func hasPayload(marker byte) bool {
	return marker > 0x01 && (marker < 0xd0 || marker > 0xd9)
}

// countScans counts the scans from off to the end of the image, up to one more
// than maxScans. What lies behind the end, such as a phone's short film, does
// not count.
func countScans(src *source, off int64) (n int) {
	r := bufio.NewReaderSize(src.section(off, src.size), 1<<16)
	for n <= maxScans {
		_, err := r.ReadSlice(0xff)
		if err == bufio.ErrBufferFull {
			continue
		}
		marker, err2 := r.ReadByte()
		switch {
		case err != nil, err2 != nil, marker == 0xd9:
			return n
		case marker == 0xff:
			r.UnreadByte()
		case hasPayload(marker):
			if marker == 0xda {
				n++
			}
			if p, err := r.Peek(2); err == nil {
				r.Discard(int(binary.BigEndian.Uint16(p)))
			}
		}
	}
	return n
}

// iccParts collects a profile that is spread over several segments (ICC.1:2022,
// B.4): each begins with its number, from 1 on, and how many there are.
type iccParts struct {
	parts [256][]byte
	count int
	size  int
}

func (c *iccParts) add(p []byte) {
	if len(p) < 2 || p[0] == 0 || p[0] > p[1] || c.parts[p[0]] != nil {
		return
	}
	c.parts[p[0]], c.count = p[2:], int(p[1])
	c.size += len(p) - 2
}

// join returns the profile, or nil where a part is missing.
func (c *iccParts) join() []byte {
	if c.count == 0 || c.size > maxICC {
		return nil
	}
	whole := make([]byte, 0, c.size)
	for _, p := range c.parts[1 : c.count+1] {
		if p == nil {
			return nil
		}
		whole = append(whole, p...)
	}
	return whole
}
