package picture

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math/bits"
)

// BMP is read here, and not by golang.org/x/image/bmp, because that refuses
// much of what Windows programs and clipboards write: bit masks, 16 bits, run
// lengths, OS/2's headers, gaps before the pixels. The formats are those of
// Microsoft's BITMAPINFOHEADER and its successors, and of IBM's for OS/2.

// bmpFile is what a BMP file's headers say.
type bmpFile struct {
	size    image.Point
	topDown bool
	bits    int   // a pixel
	pixels  int64 // where they begin
	runs    bool  // run lengths
	palette [256][4]uint8
	masks   [4]uint32 // of red, green, blue, alpha; for 16 and 32 bits
}

// Compressions.
const (
	bmpPlain     = 0
	bmpRuns8     = 1
	bmpRuns4     = 2
	bmpMasks     = 3
	bmpAlphaMask = 6
)

func bmpHeader(src *source) (header, error) {
	f, err := readBMP(src)
	if err != nil {
		return header{}, err
	}
	h := header{size: f.size}
	if !f.runs {
		rowBits := int64(f.size.X) * int64(f.bits)
		h.least = f.pixels + (rowBits+31)/32*4*int64(f.size.Y-1) + (rowBits+7)/8
	}
	h.pixels = func() (image.Image, error) {
		r := bufio.NewReaderSize(src.section(f.pixels, src.size), 1<<16)
		img := image.NewNRGBA(image.Rectangle{Max: f.size})
		if f.runs {
			return img, f.readRuns(r, img)
		}
		return img, f.readRows(r, img)
	}
	return h, nil
}

func readBMP(src *source) (bmpFile, error) {
	le := binary.LittleEndian
	head := src.bytes(0, 18, 18)
	if head == nil {
		return bmpFile{}, errDamaged("it ends early")
	}
	n := int64(le.Uint32(head[14:]))
	info := make([]byte, 124) // what a shorter header does not say is 0
	if got, _ := src.ReadAt(info[:n], 14); int64(got) < n {
		return bmpFile{}, errDamaged("it ends early")
	}
	var (
		f           = bmpFile{pixels: int64(le.Uint32(head[10:]))}
		compression uint32
		colours     int64 // in the palette
		colourSize  int64 = 4
	)
	if n == 12 {
		f.size = image.Pt(int(le.Uint16(info[4:])), int(le.Uint16(info[6:])))
		f.bits = int(le.Uint16(info[10:]))
		colourSize = 3
	} else {
		f.size = image.Pt(int(int32(le.Uint32(info[4:]))), int(int32(le.Uint32(info[8:]))))
		f.bits = int(le.Uint16(info[14:]))
		compression = le.Uint32(info[16:])
		colours = int64(le.Uint32(info[32:]))
	}
	if f.size.Y < 0 {
		f.size.Y, f.topDown = -f.size.Y, true
	}
	os2 := n == 12 || n == 16 || n == 64 // others use the same numbers for other compressions
	switch {
	case f.bits == 8 && compression == bmpRuns8, f.bits == 4 && compression == bmpRuns4:
		f.runs = true
	case compression == bmpPlain:
		switch f.bits {
		case 16:
			f.masks = [4]uint32{0x7c00, 0x03e0, 0x001f}
		case 24, 32:
			f.masks = [4]uint32{0xff0000, 0xff00, 0xff}
			if f.bits == 32 && n >= 56 {
				f.masks[3] = le.Uint32(info[52:])
			}
		}
	case !os2 && (compression == bmpMasks || compression == bmpAlphaMask) && (f.bits == 16 || f.bits == 32):
		// The masks are a part of the long headers and follow the short one,
		// which is the same place.
		p := src.bytes(14+40, 16, 16)
		if p == nil {
			return bmpFile{}, errDamaged("it ends early")
		}
		for i := range f.masks {
			f.masks[i] = le.Uint32(p[4*i:])
		}
		if n < 56 && compression == bmpMasks {
			f.masks[3] = 0
		}
		for _, m := range f.masks {
			if m>>bits.TrailingZeros32(m)&(m>>bits.TrailingZeros32(m)+1) != 0 {
				return bmpFile{}, errDamaged("a mask with gaps")
			}
		}
	default:
		return bmpFile{}, errUnsupported(fmt.Sprintf("a bitmap of %d bits with compression %d", f.bits, compression))
	}
	switch f.bits {
	case 1, 2, 4, 8:
		most := int64(1) << f.bits
		if colours == 0 || colours > most {
			colours = most
		}
		// Some palettes are cut short by the pixels.
		colours = min(colours, max(0, (f.pixels-14-n)/colourSize))
		for i := range f.palette {
			f.palette[i] = [4]uint8{3: 255}
		}
		p := src.bytes(14+n, colours*colourSize, 1024)
		for i := 0; (i+1)*int(colourSize) <= len(p); i++ {
			c := p[i*int(colourSize):]
			f.palette[i] = [4]uint8{c[2], c[1], c[0], 255}
		}
	case 16, 24, 32:
	default:
		return bmpFile{}, errUnsupported(fmt.Sprintf("a bitmap of %d bits", f.bits))
	}
	return f, nil
}

// row returns the pixels of the y-th row in the file.
func (f *bmpFile) row(img *image.NRGBA, y int) []uint8 {
	if !f.topDown {
		y = f.size.Y - 1 - y
	}
	return img.Pix[y*img.Stride:][:4*f.size.X]
}

// readRows reads pixels that are stored one by one.
func (f *bmpFile) readRows(r io.Reader, img *image.NRGBA) error {
	n := (f.size.X*f.bits + 7) / 8
	row := make([]byte, (n+3)&^3)
	channels := [4]channel{newChannel(f.masks[0]), newChannel(f.masks[1]), newChannel(f.masks[2]), newChannel(f.masks[3])}
	for y := range f.size.Y {
		if y == f.size.Y-1 {
			row = row[:n] // its padding may be missing
		}
		if _, err := io.ReadFull(r, row); err != nil {
			return err
		}
		dst := f.row(img, y)
		for x := range f.size.X {
			var v uint32
			switch f.bits {
			case 32:
				v = binary.LittleEndian.Uint32(row[4*x:])
			case 24:
				v = uint32(row[3*x]) | uint32(row[3*x+1])<<8 | uint32(row[3*x+2])<<16
			case 16:
				v = uint32(binary.LittleEndian.Uint16(row[2*x:]))
			default:
				at := x * f.bits
				v = uint32(row[at/8]) >> (8 - f.bits - at%8) & (1<<f.bits - 1)
				*(*[4]uint8)(dst[4*x:]) = f.palette[v]
				continue
			}
			for c := range 3 {
				dst[4*x+c] = channels[c].of(v)
			}
			dst[4*x+3] = 255
			if f.masks[3] != 0 {
				dst[4*x+3] = channels[3].of(v)
			}
		}
	}
	if f.masks[3] != 0 {
		ignoreBlankAlpha(img)
	}
	return nil
}

// channel takes a colour out of a pixel.
type channel struct {
	shift int
	most  uint32
}

func newChannel(mask uint32) channel {
	shift := bits.TrailingZeros32(mask) & 31
	return channel{shift, mask >> shift}
}

// of returns the channel's value, stretched to 8 bits.
func (c channel) of(pixel uint32) uint8 {
	switch v := pixel >> c.shift & c.most; c.most {
	case 255:
		return uint8(v)
	case 0:
		return 0
	default:
		return uint8((uint64(v)*255 + uint64(c.most)/2) / uint64(c.most))
	}
}

// ignoreBlankAlpha makes a picture opaque whose alpha is 0 everywhere: many
// programs leave the fourth byte of a BMP's pixels unset.
func ignoreBlankAlpha(n *image.NRGBA) {
	for i := 3; i < len(n.Pix); i += 4 {
		if n.Pix[i] != 0 {
			return
		}
	}
	for i := 3; i < len(n.Pix); i += 4 {
		n.Pix[i] = 255
	}
}

// readRuns reads pixels that are stored as runs of one colour (or two in turn,
// with 4 bits) and runs of single ones. Pixels that are skipped have the first
// colour; what reaches over the edge is dropped.
func (f *bmpFile) readRuns(r io.ByteReader, img *image.NRGBA) error {
	for i := 0; i < len(img.Pix); i += 4 {
		*(*[4]uint8)(img.Pix[i:]) = f.palette[0]
	}
	x, y := 0, 0
	put := func(v uint8) {
		if x < f.size.X {
			*(*[4]uint8)(f.row(img, y)[4*x:]) = f.palette[v]
			x++
		}
	}
	var err error
	next := func() int {
		b, e := r.ReadByte()
		if e != nil && err == nil {
			err = io.ErrUnexpectedEOF
		}
		return int(b)
	}
	for y < f.size.Y {
		n, v := next(), next()
		switch {
		case err != nil:
			return err
		case n > 0: // a run
			for i := range n {
				put(f.nth(v, i))
			}
		case v == 0: // the end of the row
			x, y = 0, y+1
		case v == 1: // the end
			return nil
		case v == 2: // a jump
			x, y = min(x+next(), f.size.X), y+next()
		default: // v single pixels, in whole words
			bytes := v
			if f.bits == 4 {
				bytes = (v + 1) / 2
			}
			for i := range (bytes + 1) &^ 1 {
				b := next()
				for j := 0; j < 8/f.bits && i*8/f.bits+j < v; j++ {
					put(f.nth(b, j))
				}
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nth returns the i-th colour of a run's byte: with 4 bits its two halves in
// turn.
func (f *bmpFile) nth(v, i int) uint8 {
	if f.bits == 8 {
		return uint8(v)
	}
	return uint8(v >> (4 * (1 - i&1)) & 15)
}
