package picture

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"image"
	"io"
	"math"
	"sync"

	"kirinuki/engine/fault"
	"kirinuki/engine/parallel"
)

// TIFF is written here, and not by golang.org/x/image/tiff, because that can
// write neither a colour profile nor a resolution. The file is little-endian:
// header, strips, and behind them the directories.

// tiffStrip is how many bytes of rows make a strip.
const tiffStrip = 1 << 18

// writeTIFF writes img, which must be one of the three types that Encode
// settles on.
func writeTIFF(w io.Writer, img image.Image, x extras) error {
	p := newTIFFPixels(img)
	perStrip := max(1, tiffStrip/(p.w*p.bpp))
	strips := p.strips(perStrip)
	var offsets, counts []uint32
	end := int64(8)
	for _, s := range strips {
		offsets, counts = append(offsets, uint32(end)), append(counts, uint32(len(s)))
		end += int64(len(s)+1) &^ 1
	}
	if end > math.MaxUint32-(maxICC+maxXMP+exifBudget+1<<20) {
		return fault.Newf(fault.TooLarge, "", "TIFF holds at most 4 GB")
	}
	bits := make([]uint16, p.samples)
	for i := range bits {
		bits[i] = p.depth
	}
	photometric := uint16(2) // RGB
	if p.samples == 1 {
		photometric = 1 // black is 0
	}
	main := dir{
		long(tagWidth, uint32(p.w)), long(tagHeight, uint32(p.h)),
		short(258, bits...),
		short(259, 8), // Deflate
		short(262, photometric),
		long(273, offsets...),
		short(277, uint16(p.samples)),
		long(278, uint32(perStrip)),
		long(279, counts...),
		short(tagPlanar, 1),
		short(317, 2), // differences between neighbours
	}
	if p.samples == 4 {
		main = append(main, short(338, 2)) // unassociated alpha
	}
	if x.dpi > 0 {
		v := long(0, uint32(math.Round(x.dpi*1000)), 1000).data
		main = append(main, entry{282, kindRational, v}, entry{283, kindRational, v}, short(296, 2))
	}
	if x.xmp != nil {
		main = append(main, entry{tagXMP, kindByte, x.xmp})
	}
	if x.icc != nil {
		main = append(main, entry{tagICC, kindUndefined, x.icc})
	}
	if !x.exif.empty() {
		main = append(append(main, short(tagOrientation, 1)), x.exif.main...)
	}

	if _, err := w.Write(binary.LittleEndian.AppendUint32([]byte("II*\x00"), uint32(end))); err != nil {
		return err
	}
	for _, s := range strips {
		if _, err := w.Write(append(s, make([]byte, len(s)&1)...)); err != nil {
			return err
		}
	}
	_, err := w.Write(x.exif.append(nil, main, uint32(end)))
	return err
}

// tiffPixels is how rows are stored.
type tiffPixels struct {
	w, h    int
	depth   uint16 // bits a sample
	samples int    // a pixel
	bpp     int    // bytes a pixel
	pix     []uint8
	stride  int
	from    int // bytes a pixel in pix
}

func newTIFFPixels(img image.Image) tiffPixels {
	size := img.Bounds().Size()
	p := tiffPixels{w: size.X, h: size.Y, depth: 8}
	switch m := img.(type) {
	case *image.Gray:
		p.samples, p.pix, p.stride, p.from = 1, m.Pix, m.Stride, 1
	case *image.NRGBA:
		p.samples, p.pix, p.stride, p.from = 4, m.Pix, m.Stride, 4
	case *image.NRGBA64:
		p.samples, p.pix, p.stride, p.from = 4, m.Pix, m.Stride, 8
		p.depth = 16
	}
	if p.samples == 4 && opaque(img) {
		p.samples = 3
	}
	p.bpp = p.samples * int(p.depth) / 8
	return p
}

// strips returns the deflated strips of so many rows each, made on all cores.
func (p tiffPixels) strips(rowsEach int) [][]byte {
	strips := make([][]byte, (p.h+rowsEach-1)/rowsEach)
	writers := sync.Pool{New: func() any {
		z, _ := zlib.NewWriterLevel(nil, pngLevel) // fails for wrong levels only
		return z
	}}
	parallel.Do(context.Background(), len(strips), func(i int) {
		var buf bytes.Buffer
		z := writers.Get().(*zlib.Writer)
		defer writers.Put(z)
		z.Reset(&buf)
		row := make([]uint8, p.w*p.bpp)
		for y := i * rowsEach; y < min((i+1)*rowsEach, p.h); y++ {
			p.row(y, row)
			z.Write(row) // to memory
		}
		z.Close()
		strips[i] = buf.Bytes()
	})
	return strips
}

// row puts the differences of row y's samples to those of the pixel before
// into dst.
func (p tiffPixels) row(y int, dst []uint8) {
	src := p.pix[y*p.stride:]
	if p.depth == 8 {
		var last [4]uint8
		for x, s := 0, 0; x < len(dst); x, s = x+p.bpp, s+p.from {
			for c := range p.samples {
				v := src[s+c]
				dst[x+c] = v - last[c]
				last[c] = v
			}
		}
		return
	}
	var last [4]uint16
	for x, s := 0, 0; x < len(dst); x, s = x+p.bpp, s+p.from {
		for c := range p.samples {
			v := binary.BigEndian.Uint16(src[s+2*c:])
			binary.LittleEndian.PutUint16(dst[x+2*c:], v-last[c])
			last[c] = v
		}
	}
}
