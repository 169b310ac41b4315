package picture

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"image"
	"io"
	"math"
	"runtime"
)

// PNG's pixels are one zlib stream of filtered rows (PNG specification, third
// edition, 9 and 10). This writer deflates blocks of rows at the same time on
// all cores and joins them, each ending on a byte by an empty stored block.
// What comes out depends on the pixels alone, not on the number of cores.

// pngBlock is how many bytes of rows are deflated as one block: enough that
// starting anew costs little.
const pngBlock = 1 << 20

// pngLevel is flate's level. On cut-out photos of 12 megapixels level 4 took 0.25
// to 0.65 s of one core, half the time of image/png at its fastest on two; level
// 1 saved a quarter to a half of that for files larger by a tenth or more, 5
// took half as much again to save a thirtieth.
const pngLevel = 4

// pngPixels is how rows are stored.
type pngPixels struct {
	w, h  int
	depth byte // bits a sample
	kind  byte // colour type: 0 grey, 2 RGB, 6 RGB with alpha
	bpp   int  // bytes a pixel
	row   func(y int, dst []uint8)
}

func newPNGPixels(img image.Image) pngPixels {
	size := img.Bounds().Size()
	p := pngPixels{w: size.X, h: size.Y, depth: 8}
	switch m := img.(type) {
	case *image.Gray:
		p.kind, p.bpp = 0, 1
		p.row = func(y int, dst []uint8) { copy(dst, m.Pix[y*m.Stride:]) }
	case *image.NRGBA:
		if m.Opaque() {
			p.kind, p.bpp = 2, 3
			p.row = func(y int, dst []uint8) {
				src := m.Pix[y*m.Stride:]
				for x, s := 0, 0; x < len(dst); x, s = x+3, s+4 {
					dst[x], dst[x+1], dst[x+2] = src[s], src[s+1], src[s+2]
				}
			}
		} else {
			p.kind, p.bpp = 6, 4
			p.row = func(y int, dst []uint8) { copy(dst, m.Pix[y*m.Stride:]) }
		}
	case *image.NRGBA64:
		p.depth = 16
		if m.Opaque() {
			p.kind, p.bpp = 2, 6
			p.row = func(y int, dst []uint8) {
				src := m.Pix[y*m.Stride:]
				for x, s := 0, 0; x < len(dst); x, s = x+6, s+8 {
					copy(dst[x:x+6], src[s:s+6])
				}
			}
		} else {
			p.kind, p.bpp = 6, 8
			p.row = func(y int, dst []uint8) { copy(dst, m.Pix[y*m.Stride:]) }
		}
	}
	return p
}

// writePNG writes img, which must be one of the three types that Encode
// settles on.
func writePNG(w io.Writer, img image.Image, x extras) error {
	p := newPNGPixels(img)
	out := pngWriter{w: w}
	out.write([]byte(pngSignature))
	head := binary.BigEndian.AppendUint32(nil, uint32(p.w))
	head = binary.BigEndian.AppendUint32(head, uint32(p.h))
	out.chunk("IHDR", append(head, p.depth, p.kind, 0, 0, 0))
	if x.icc != nil {
		var z bytes.Buffer
		d := zlib.NewWriter(&z)
		d.Write(x.icc) // to memory
		d.Close()
		out.chunk("iCCP", []byte("ICC profile\x00\x00"), z.Bytes())
	}
	if x.dpi > 0 {
		perMetre := uint32(math.Round(x.dpi / 0.0254))
		size := binary.BigEndian.AppendUint32(nil, perMetre)
		out.chunk("pHYs", append(binary.BigEndian.AppendUint32(size, perMetre), 1))
	}
	if b := x.exif.block(); b != nil {
		out.chunk("eXIf", b)
	}
	if x.xmp != nil {
		out.chunk("iTXt", []byte(xmpKeyword+"\x00\x00\x00\x00\x00"), x.xmp)
	}
	p.deflate(&out)
	out.chunk("IEND", nil)
	return out.err
}

// pngWriter writes chunks until the first error.
type pngWriter struct {
	w   io.Writer
	err error
}

func (w *pngWriter) write(p []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(p)
	}
}

func (w *pngWriter) chunk(name string, parts ...[]byte) {
	n := 0
	crc := crc32.ChecksumIEEE([]byte(name))
	for _, p := range parts {
		n += len(p)
		crc = crc32.Update(crc, crc32.IEEETable, p)
	}
	w.write(append(binary.BigEndian.AppendUint32(nil, uint32(n)), name...))
	for _, p := range parts {
		w.write(p)
	}
	w.write(binary.BigEndian.AppendUint32(nil, crc))
}

// deflated is a block of rows, filtered and deflated.
type deflated struct {
	data []byte
	n    int    // bytes before deflating
	sum  uint32 // Adler-32 of them
}

// deflate writes all rows as IDAT chunks. A block is begun only when the one
// that many cores before it has been taken, so few are in memory at a time.
func (p pngPixels) deflate(out *pngWriter) {
	perBlock := max(1, pngBlock/(p.w*p.bpp+1))
	blocks := (p.h + perBlock - 1) / perBlock
	cores := min(runtime.GOMAXPROCS(0), blocks)
	stop := make(chan struct{})
	defer close(stop)
	done := make([]chan deflated, cores)
	for c := range done {
		done[c] = make(chan deflated)
		go func() {
			d := newDeflater(p)
			for b := c; b < blocks; b += cores {
				select {
				case done[c] <- d.block(b*perBlock, min((b+1)*perBlock, p.h)):
				case <-stop:
					return
				}
			}
		}()
	}
	sum := uint32(1)
	for b := 0; b < blocks && out.err == nil; b++ {
		d := <-done[b%cores]
		sum = adlerJoin(sum, d.sum, d.n)
		var head, tail []byte
		if b == 0 {
			head = []byte{0x78, 0x01}
		}
		if b == blocks-1 {
			tail = binary.BigEndian.AppendUint32(nil, sum)
		}
		out.chunk("IDAT", head, d.data, tail)
	}
}

// adlerJoin returns the Adler-32 of two pieces of data, of which the second
// has n bytes, by the checksums of each: the sum's low half adds up; the high
// half, the sum of all low halves on the way, grows by n times what the first
// piece left (RFC 1950, 8.2).
func adlerJoin(first, second uint32, n int) uint32 {
	const mod = 65521
	a1, b1 := first&0xffff, first>>16
	a2, b2 := second&0xffff, second>>16
	a := (a1 + a2 + mod - 1) % mod
	b := (uint64(b1) + uint64(b2) + uint64(n%mod)*uint64(a1+mod-1)) % mod
	return uint32(b)<<16 | a
}

// deflater filters and deflates blocks of rows with buffers of its own.
type deflater struct {
	p         pngPixels
	prev, cur []uint8 // rows
	filtered  []uint8 // rows
	flate     *flate.Writer
}

func newDeflater(p pngPixels) *deflater {
	n := p.w * p.bpp
	d := &deflater{p: p, prev: make([]uint8, n), cur: make([]uint8, n)}
	d.flate, _ = flate.NewWriter(nil, pngLevel) // fails for wrong levels only
	return d
}

// block returns the rows y0..y1.
func (d *deflater) block(y0, y1 int) deflated {
	clear(d.prev)
	if y0 > 0 {
		d.p.row(y0-1, d.prev)
	}
	d.filtered = d.filtered[:0]
	for y := y0; y < y1; y++ {
		d.p.row(y, d.cur)
		d.filtered = appendPaeth(d.filtered, d.cur, d.prev, d.p.bpp)
		d.prev, d.cur = d.cur, d.prev
	}
	var buf bytes.Buffer
	d.flate.Reset(&buf)
	d.flate.Write(d.filtered)
	if y1 < d.p.h {
		d.flate.Flush()
	} else {
		d.flate.Close()
	}
	return deflated{buf.Bytes(), len(d.filtered), adler32.Checksum(d.filtered)}
}

// appendPaeth filters a row with PNG's fourth filter: each byte becomes the
// difference to the left, upper or upper left neighbour, whichever is nearest
// to left + upper - upper left. On photos and cut-outs alike it came within a
// hundredth of choosing among all five filters row by row, in half the time.
func appendPaeth(p, cur, prev []uint8, bpp int) []uint8 {
	p = append(p, 4)
	for i, v := range cur[:bpp] {
		p = append(p, v-prev[i])
	}
	at := len(p)
	p = append(p, cur[bpp:]...)
	dst := p[at:]
	n := len(dst)
	left, up, corner := cur[:n], prev[bpp:][:n], prev[:n]
	for i := range dst {
		a, b, c := int(left[i]), int(up[i]), int(corner[i])
		da, db := b-c, a-c // how far the guess is from a and from b
		dc := da + db
		da, db, dc = max(da, -da), max(db, -db), max(dc, -dc)
		guess := a
		if db < da {
			guess, da = b, db
		}
		if dc < da {
			guess = c
		}
		dst[i] -= uint8(guess)
	}
	return p
}
