package picture_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// bitmap is a BMP file in parts.
type bitmap struct {
	header      int // bytes
	w, h, bits  int
	compression int
	masks       []uint32 // behind the first 40 bytes of the header
	palette     []byte
	gap         int // bytes before the pixels
	pixels      []byte
}

func (b bitmap) bytes() []byte {
	le := binary.LittleEndian
	info := make([]byte, max(b.header, 40))
	le.PutUint32(info, uint32(b.header))
	if b.header == 12 {
		le.PutUint16(info[4:], uint16(b.w))
		le.PutUint16(info[6:], uint16(b.h))
		le.PutUint16(info[8:], 1)
		le.PutUint16(info[10:], uint16(b.bits))
	} else {
		le.PutUint32(info[4:], uint32(b.w))
		le.PutUint32(info[8:], uint32(b.h))
		le.PutUint16(info[12:], 1)
		le.PutUint16(info[14:], uint16(b.bits))
		le.PutUint32(info[16:], uint32(b.compression))
		le.PutUint32(info[32:], uint32(len(b.palette)/4))
	}
	info = info[:b.header]
	for i, m := range b.masks {
		if b.header == 40 {
			info = le.AppendUint32(info, m)
		} else {
			le.PutUint32(info[40+4*i:], m)
		}
	}
	info = append(append(info, b.palette...), make([]byte, b.gap)...)
	p := append([]byte("BM"), make([]byte, 12)...)
	le.PutUint32(p[10:], uint32(14+len(info)))
	return append(append(p, info...), b.pixels...)
}

// rowsOf stores the drawing's rows, the lowest first, each padded to words.
func rowsOf(topDown bool, f func(p []byte, c color.NRGBA) []byte) []byte {
	var p []byte
	for y := range height {
		if !topDown {
			y = height - 1 - y
		}
		for x := range width {
			p = f(p, at(x, y))
		}
		p = append(p, make([]byte, -len(p)&3)...)
	}
	return p
}

func TestBitmaps(t *testing.T) {
	le := binary.LittleEndian
	bgr := func(p []byte, c color.NRGBA) []byte { return append(p, c.B, c.G, c.R) }
	bgrx := func(p []byte, c color.NRGBA) []byte { return append(p, c.B, c.G, c.R, 0) }
	bgra := func(p []byte, c color.NRGBA) []byte { return append(p, c.B, c.G, c.R, c.A) }
	rgba := func(p []byte, c color.NRGBA) []byte { return append(p, c.R, c.G, c.B, c.A) }
	x555 := func(p []byte, c color.NRGBA) []byte {
		return le.AppendUint16(p, uint16(c.R>>3)<<10|uint16(c.G>>3)<<5|uint16(c.B>>3))
	}
	x4444 := func(p []byte, c color.NRGBA) []byte {
		return le.AppendUint16(p, uint16(c.A>>4)<<12|uint16(c.R>>4)<<8|uint16(c.G>>4)<<4|uint16(c.B>>4))
	}
	deep := func(p []byte, c color.NRGBA) []byte { // ten bits a colour, two of alpha
		up := func(v uint8) uint32 { return uint32(v)<<2 | uint32(v)>>6 }
		return le.AppendUint32(p, 3<<30|up(c.R)<<20|up(c.G)<<10|up(c.B))
	}
	rgbaMasks := []uint32{0xff, 0xff00, 0xff0000, 0xff000000}
	for name, c := range map[string]struct {
		b    bitmap
		want func(x, y int) color.NRGBA
		off  int
	}{
		"24":               {bitmap{header: 40, h: height, bits: 24, pixels: rowsOf(false, bgr)}, opaque, 0},
		"24 of OS/2":       {bitmap{header: 12, h: height, bits: 24, pixels: rowsOf(false, bgr)}, opaque, 0},
		"24 of OS/2, long": {bitmap{header: 64, h: height, bits: 24, pixels: rowsOf(false, bgr)}, opaque, 0},
		"24, from the top": {bitmap{header: 40, h: -height, bits: 24, pixels: rowsOf(true, bgr)}, opaque, 0},
		"24, with a gap":   {bitmap{header: 124, h: height, bits: 24, gap: 77, pixels: rowsOf(false, bgr)}, opaque, 0},
		"32, no alpha":     {bitmap{header: 40, h: height, bits: 32, pixels: rowsOf(false, bgra)}, opaque, 0},
		"32, alpha":        {bitmap{header: 108, h: height, bits: 32, masks: []uint32{0, 0, 0, 0xff000000}, pixels: rowsOf(false, bgra)}, at, 0},
		"32, unset alpha":  {bitmap{header: 124, h: height, bits: 32, masks: []uint32{0, 0, 0, 0xff000000}, pixels: rowsOf(false, bgrx)}, opaque, 0},
		"32, masks":        {bitmap{header: 40, h: height, bits: 32, compression: 3, masks: rgbaMasks[:3], pixels: rowsOf(false, rgba)}, opaque, 0},
		"32, four masks":   {bitmap{header: 40, h: height, bits: 32, compression: 6, masks: rgbaMasks, pixels: rowsOf(false, rgba)}, at, 0},
		"32, masks inside": {bitmap{header: 56, h: height, bits: 32, compression: 3, masks: rgbaMasks, pixels: rowsOf(false, rgba)}, at, 0},
		"32, ten bits": {bitmap{header: 108, h: -height, bits: 32, compression: 3,
			masks: []uint32{0x3ff00000, 0xffc00, 0x3ff, 0xc0000000}, pixels: rowsOf(true, deep)}, opaque, 0},
		"16": {bitmap{header: 40, h: height, bits: 16, pixels: rowsOf(false, x555)}, opaque, 8},
		"16, alpha": {bitmap{header: 124, h: height, bits: 16, compression: 3,
			masks: []uint32{0xf00, 0xf0, 0xf, 0xf000}, pixels: rowsOf(false, x4444)}, at, 15},
	} {
		c.b.w = width
		p, err := Decode(bytes.NewReader(c.b.bytes()), name, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if off := worst(t, p.Image, render(c.want)); off > c.off {
			t.Errorf("%s: off by %d", name, off)
		}
		cut := c.b.bytes()
		if _, err := Decode(bytes.NewReader(cut[:len(cut)-height]), name, Limits{}); fault.Of(err) != fault.Damaged {
			t.Errorf("%s, cut: %v", name, err)
		}
	}
}

// TestBitmapRuns reads run lengths by the example of Microsoft's description:
// runs, single pixels, a jump, ends of rows and of all.
func TestBitmapRuns(t *testing.T) {
	palette := make([]byte, 16*4)
	for i := range 16 {
		palette[4*i] = byte(i) // blue tells the index
	}
	for name, c := range map[string]struct {
		bits int
		runs []byte
		want []string // rows, the lowest first
	}{
		"8 bits": {8, []byte{3, 4, 0, 3, 5, 6, 7, 0, 0, 0, 2, 7, 0, 2, 3, 1, 1, 9, 9, 3, 0, 1}, []string{"444567..", "77......", ".....933"}},
		"4 bits": {4, []byte{5, 0x46, 0, 3, 0x12, 0x30, 0, 0, 0, 0, 2, 0xab, 0, 1}, []string{"46464123", "........", "ab......"}},
	} {
		b := bitmap{header: 40, w: 8, h: 3, bits: c.bits, compression: 3 - c.bits/4, palette: palette, pixels: c.runs}
		p, err := Decode(bytes.NewReader(b.bytes()), name, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for y, row := range c.want {
			for x := range row {
				got := "0123456789abcdef"[p.Image.(*image.NRGBA).NRGBAAt(x, 2-y).B]
				if want := row[x]; got != want && !(want == '.' && got == '0') {
					t.Errorf("%s: (%d, %d) is %c, not %c", name, x, y, got, want)
				}
			}
		}
		for n := range c.runs[:len(c.runs)-1] {
			b.pixels = c.runs[:n]
			if _, err := Decode(bytes.NewReader(b.bytes()), name, Limits{}); fault.Of(err) != fault.Damaged {
				t.Errorf("%s, %d bytes of runs: %v", name, n, err)
			}
		}
	}
}

func TestBitmapsNotRead(t *testing.T) {
	for name, b := range map[string]bitmap{
		"a jpeg inside": {header: 40, bits: 0, compression: 4},
		"huffman":       {header: 64, bits: 1, compression: 3},
		"3 bits":        {header: 40, bits: 3},
		"runs of 24":    {header: 64, bits: 24, compression: 4},
	} {
		b.w, b.h, b.pixels = 9, 9, make([]byte, 1000)
		if _, err := Decode(bytes.NewReader(b.bytes()), name, Limits{}); fault.Of(err) != fault.Unsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}
