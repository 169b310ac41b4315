package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

func TestDecodeEveryKind(t *testing.T) {
	type px = func(x, y int) color.NRGBA
	type px64 = func(x, y int) color.NRGBA64
	// inPart is the drawing in one part, and nothing around it.
	inPart := func(part image.Rectangle, f px) px {
		return func(x, y int) color.NRGBA {
			if !image.Pt(x, y).In(part) {
				return color.NRGBA{}
			}
			return f(x, y)
		}
	}
	for _, c := range []struct {
		file   string
		format Format
		want   any
		off    int // how far a channel may be off
	}{
		{"jpeg-444.jpg", JPEG, px(opaque), 6},
		{"jpeg-422.jpg", JPEG, px(opaque), 8},
		{"jpeg-420.jpg", JPEG, px(opaque), 8},
		{"jpeg-440.jpg", JPEG, px(opaque), 8},
		{"jpeg-411.jpg", JPEG, px(opaque), 40},
		{"jpeg-progressive.jpg", JPEG, px(opaque), 6},
		{"jpeg-grey.jpg", JPEG, px(grey), 4},
		{"jpeg-cmyk.jpg", JPEG, px(opaque), 12},
		{"jpeg-ycck.jpg", JPEG, px(opaque), 12},
		{"png-grey1.png", PNG, px(bilevel), 0},
		{"png-grey8.png", PNG, px(grey), 0},
		{"png-grey16.png", PNG, px64(deepGrey), 0},
		{"png-rgb8.png", PNG, px(opaque), 0},
		{"png-rgb16.png", PNG, px64(deep), 0},
		{"png-palette.png", PNG, px(opaque), 0},
		{"png-palette-trns.png", PNG, px(cut), 0},
		{"png-rgb8-trns.png", PNG, func(x, y int) color.NRGBA {
			if c := opaque(x, y); c != (color.NRGBA{0, 0, 200, 255}) {
				return c
			}
			return color.NRGBA{0, 0, 200, 0}
		}, 0},
		{"png-greyalpha8.png", PNG, px(greyAlpha), 0},
		{"png-rgba8.png", PNG, px(at), 0},
		{"png-rgba16.png", PNG, px64(deepAlpha), 0},
		{"png-grey1-interlaced.png", PNG, px(bilevel), 0},
		{"png-grey8-interlaced.png", PNG, px(grey), 0},
		{"png-grey16-interlaced.png", PNG, px64(deepGrey), 0},
		{"png-rgb8-interlaced.png", PNG, px(opaque), 0},
		{"png-rgb16-interlaced.png", PNG, px64(deep), 0},
		{"png-palette-interlaced.png", PNG, px(opaque), 0},
		{"png-greyalpha8-interlaced.png", PNG, px(greyAlpha), 0},
		{"png-rgba8-interlaced.png", PNG, px(at), 0},
		{"png-rgba16-interlaced.png", PNG, px64(deepAlpha), 0},
		{"gif-still.gif", GIF, px(cut), 0},
		{"gif-offset.gif", GIF, inPart(image.Rect(6, 4, 17, 13), cut), 0},
		{"bmp-24.bmp", BMP, px(opaque), 0},
		{"bmp-32.bmp", BMP, px(at), 0},
		{"bmp-8.bmp", BMP, px(opaque), 0},
		{"bmp-1.bmp", BMP, px(bilevel), 0},
		{"bmp-runs.bmp", BMP, px(opaque), 0},
		{"bmp-565.bmp", BMP, px(opaque), 8},
		{"tiff-rgb.tif", TIFF, px(opaque), 0},
		{"tiff-rgb-msb.tif", TIFF, px(opaque), 0},
		{"tiff-rgb16.tif", TIFF, px64(deep), 0},
		{"tiff-rgba.tif", TIFF, px(at), 0},
		{"tiff-rgba16-tile.tif", TIFF, px64(deepAlpha), 0},
		{"tiff-grey.tif", TIFF, px(grey), 0},
		{"tiff-palette.tif", TIFF, px(opaque), 0},
		{"tiff-bilevel.tif", TIFF, px(bilevel), 0},
		{"webp-lossless.webp", WebP, px(at), 0},
		{"webp-lossy.webp", WebP, px(opaque), 30},
		{"webp-lossy-alpha.webp", WebP, px(at), 30},
		{"webp-lossy-rawalpha.webp", WebP, px(at), 30},
		{"webp-animated.webp", WebP, inPart(image.Rect(4, 6, 16, 14), at), 30},
	} {
		t.Run(c.file, func(t *testing.T) {
			p := decode(t, c.file)
			if p.Format != c.format {
				t.Errorf("format %q", p.Format)
			}
			var want image.Image
			switch f := c.want.(type) {
			case px:
				want = render(f)
				if off := worst(t, p.Image, want); off > c.off {
					t.Errorf("off by %d, more than %d", off, c.off)
				}
				if strings.HasPrefix(c.file, "webp") && !bytes.Equal(alphas(p.Image), alphas(want)) {
					t.Error("alpha is not exact")
				}
			case px64:
				want = render64(f)
				if !bytes.Equal(p.Image.(*image.NRGBA64).Pix, want.(*image.NRGBA64).Pix) {
					t.Error("pixels differ")
				}
			}
			if all := want.(interface{ Opaque() bool }).Opaque(); p.Opaque != all {
				t.Errorf("opaque is %v", p.Opaque)
			}
		})
	}
}

// TestDecodeAssociatedAlpha reads colours that were stored multiplied with
// their alpha: as far as their bits went, they come back.
func TestDecodeAssociatedAlpha(t *testing.T) {
	got, want := decode(t, "tiff-rgba-assoc.tif").Image.(*image.NRGBA), render(at)
	for i := 0; i < len(want.Pix); i += 4 {
		a := int(want.Pix[i+3])
		if int(got.Pix[i+3]) != a {
			t.Fatalf("alpha %d is %d", a, got.Pix[i+3])
		}
		for c := i; c < i+3; c++ {
			if off := int(got.Pix[c]) - int(want.Pix[c]); max(off, -off) > 255/(2*a)+1 {
				t.Errorf("alpha %d: %d is %d", a, want.Pix[c], got.Pix[c])
			}
		}
	}
}

func alphas(m image.Image) []byte {
	var a []byte
	for i, v := range m.(*image.NRGBA).Pix {
		if i%4 == 3 {
			a = append(a, v)
		}
	}
	return a
}

func TestDecodeUpright(t *testing.T) {
	for o := 1; o <= 8; o++ {
		for ext, want := range map[string]any{
			"jpg": render(opaque), "png": render64(deepAlpha), "tif": render(at), "webp": render(at),
		} {
			name := fmt.Sprintf("orient-%d.%s", o, ext)
			p := decode(t, name)
			switch want := want.(type) {
			case *image.NRGBA:
				if off := worst(t, p.Image, want); off > 6 || off > 0 && ext != "jpg" {
					t.Errorf("%s: off by %d", name, off)
				}
			case *image.NRGBA64:
				if got := p.Image.(*image.NRGBA64); got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
					t.Errorf("%s: pixels differ", name)
				}
			}
			info, err := Probe(bytes.NewReader(read(t, name)), name, Limits{})
			if err != nil || info.Size != p.Size() || info.Format != p.Format {
				t.Errorf("%s: Probe: %v %v", name, info, err)
			}
		}
	}
}

// TestDecodeAnyReader reads through readers that are not in memory, in
// small steps, and from the middle of a reader that is.
func TestDecodeAnyReader(t *testing.T) {
	for _, name := range seeds(t) {
		if strings.HasPrefix(name, "unread") {
			continue
		}
		data := read(t, name)
		want := decode(t, name)
		moved := bytes.NewReader(append([]byte("before"), data...))
		moved.Seek(6, io.SeekStart)
		for kind, r := range map[string]io.Reader{
			"one byte": iotest.OneByteReader(bytes.NewReader(data)),
			"moved":    moved,
		} {
			p, err := Decode(r, name, Limits{})
			if err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
			} else if fmt.Sprint(p.Image) != fmt.Sprint(want.Image) {
				t.Errorf("%s, %s: pixels differ", name, kind)
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	long := bytes.Repeat([]byte("text "), 1000)
	for _, c := range []struct {
		name string
		data []byte
		kind fault.Kind
		says string
	}{
		{"nothing", nil, fault.Empty, ""},
		{"one byte", []byte{0xff}, fault.Unsupported, ""},
		{"a text", long, fault.Unsupported, ""},
		{"a bitmap's name only", []byte("BMW is a maker of cars and motorcycles"), fault.Unsupported, ""},
		{"heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), fault.Unsupported, "HEIC"},
		{"avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), fault.Unsupported, "AVIF"},
		{"svg", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), fault.Unsupported, "SVG"},
		{"cmyk tiff", read(t, "unread-tiff-cmyk.tif"), fault.Unsupported, ""},
		{"half a jpeg", half(read(t, "jpeg-444.jpg")), fault.Damaged, ""},
		{"half a progressive jpeg", half(read(t, "jpeg-progressive.jpg")), fault.Damaged, ""},
		{"half a png", half(read(t, "png-palette.png")), fault.Damaged, ""},
		{"half a gif", half(read(t, "gif-still.gif")), fault.Damaged, ""},
		{"half a bmp", half(read(t, "bmp-24.bmp")), fault.Damaged, ""},
		{"half a tiff", half(read(t, "tiff-rgb.tif")), fault.Damaged, ""},
		{"half a webp", half(read(t, "webp-lossy.webp")), fault.Damaged, ""},
		{"half a lossless webp", half(read(t, "webp-lossless.webp")), fault.Damaged, ""},
		{"half an animation", half(read(t, "webp-animated.webp")), fault.Damaged, ""},
	} {
		for door, r := range map[string]io.Reader{"memory": bytes.NewReader(c.data), "stream": iotest.OneByteReader(bytes.NewReader(c.data))} {
			_, err := Decode(r, c.name, Limits{})
			var e *fault.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.Name != c.name || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s (%s): %v, want %v", c.name, door, err, c.kind)
			}
		}
	}
}

func riff(id string, data []byte) []byte {
	p := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(data)))
	p = binary.LittleEndian.AppendUint32(append(p, "WEBP"+id...), uint32(len(data)))
	return append(append(p, data...), make([]byte, len(data)&1)...)
}

func half(p []byte) []byte { return p[:len(p)/2] }

// TestDecodeEveryPrefix cuts every seed at every place. What comes out is a
// fault that a person can act on, or, where only metadata is lost, the picture.
func TestDecodeEveryPrefix(t *testing.T) {
	for _, name := range seeds(t) {
		data := read(t, name)
		for n := range data {
			p, err := Decode(bytes.NewReader(data[:n]), name, Limits{Side: 100})
			switch k := fault.Of(err); {
			case err == nil && p.Size() != image.Pt(width, height) && p.Size() != image.Pt(height, width) && p.Size() != image.Pt(8, 8):
				t.Errorf("%s, %d bytes: %v", name, n, p.Size())
			case err != nil && n == 0 && k != fault.Empty,
				err != nil && n > 0 && k != fault.Damaged && k != fault.Unsupported:
				t.Errorf("%s, %d bytes: %v", name, n, err)
			}
		}
	}
}

// TestDecodeFlippedBytes breaks the bytes of every seed, one at a time, in two
// ways; of the longer ones a few hundred.
func TestDecodeFlippedBytes(t *testing.T) {
	for _, name := range seeds(t) {
		data := read(t, name)
		for i := 0; i < len(data); i += 1 + len(data)/400 {
			for _, v := range []byte{0xff, data[i] ^ 0x80} {
				broken := bytes.Clone(data)
				broken[i] = v
				p, err := Decode(bytes.NewReader(broken), name, Limits{Side: 300, Pixels: 20_000})
				if err == nil && p.Size().X*p.Size().Y > 20_000 {
					t.Errorf("%s, byte %d: %v is over the limit", name, i, p.Size())
				}
				var e *fault.Error
				if err != nil && !errors.As(err, &e) {
					t.Errorf("%s, byte %d: %v has no kind", name, i, err)
				}
			}
		}
	}
}

// TestJPEGScans refuses a progressive JPEG of very many scans, and is not
// disturbed by what looks like scans behind the picture.
func TestJPEGScans(t *testing.T) {
	data := read(t, "jpeg-progressive.jpg")
	last := bytes.LastIndex(data, []byte{0xff, 0xda})
	scan, end := data[last:len(data)-2], data[len(data)-2:]
	for n, kind := range map[int]fault.Kind{1: -1, 50: -1, 300: fault.Damaged, 100_000: fault.Damaged} {
		many := append(append(bytes.Clone(data[:last]), bytes.Repeat(scan, n)...), end...)
		_, err := Decode(bytes.NewReader(many), "x", Limits{})
		// The last scan refines a bit, so that repeating it is an error of
		// its own; what counts is which.
		if refused := err != nil && strings.Contains(err.Error(), "too many scans"); refused != (kind == fault.Damaged) {
			t.Errorf("%d scans: %v", n, err)
		}
	}
	film := bytes.Repeat([]byte{0xff, 0xda, 0, 1, 2, 3}, 1000)
	if _, err := Decode(bytes.NewReader(append(bytes.Clone(data), film...)), "x", Limits{}); err != nil {
		t.Errorf("with a film behind it: %v", err)
	}
}

// claims returns headers of small files that claim to be of a size.
func claims(w, h int) map[string][]byte {
	be, le := binary.BigEndian, binary.LittleEndian
	jpg := []byte{0xff, 0xd8, 0xff, 0xc0, 0, 17, 8}
	jpg = be.AppendUint16(be.AppendUint16(jpg, uint16(h)), uint16(w))
	jpg = append(jpg, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0)

	ihdr := be.AppendUint32(be.AppendUint32([]byte("IHDR"), uint32(w)), uint32(h))
	ihdr = append(ihdr, 16, 6, 0, 0, 0)
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	png = be.AppendUint32(png, crc32.ChecksumIEEE(ihdr))
	png = append(png, "\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e"...)

	gif := le.AppendUint16(le.AppendUint16([]byte("GIF89a"), uint16(w)), uint16(h))
	gif = append(gif, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, ',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 'D', 1, 0, ';')

	bmp := append([]byte("BM"), make([]byte, 52)...)
	le.PutUint32(bmp[10:], 54)
	le.PutUint32(bmp[14:], 40)
	le.PutUint32(bmp[18:], uint32(w))
	le.PutUint32(bmp[22:], uint32(h))
	bmp[26], bmp[28] = 1, 24

	tif := []byte("II*\x00\x08\x00\x00\x00\x08\x00")
	for _, e := range [][3]int{{256, 4, w}, {257, 4, h}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1}, {273, 4, 8}, {277, 3, 1}, {279, 4, 8}} {
		tif = le.AppendUint16(le.AppendUint16(tif, uint16(e[0])), uint16(e[1]))
		tif = le.AppendUint32(le.AppendUint32(tif, 1), uint32(e[2]))
	}
	tif = append(tif, 0, 0, 0, 0)

	lossy := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a}
	lossy = le.AppendUint16(le.AppendUint16(lossy, uint16(w)), uint16(h))
	vp8l := le.AppendUint32([]byte{0x2f}, uint32(w-1)&0x3fff|uint32(h-1)&0x3fff<<14)
	canvas := []byte{2, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
	anmf := append(make([]byte, 16), "VP8L\x05\x00\x00\x00\x2f\x00\x00\x00\x00"...)
	return map[string][]byte{
		"jpeg": jpg, "png": png, "gif": gif, "bmp": bmp, "tiff": tif,
		"webp lossy":    riff("VP8 ", append(lossy, make([]byte, 20)...)),
		"webp lossless": riff("VP8L", append(vp8l, make([]byte, 21)...)),
		"webp canvas":   append(riff("VP8X", canvas), riff("ANMF", anmf)[12:]...),
	}
}

func TestLimitsBeforeAllocation(t *testing.T) {
	for _, size := range []image.Point{{60000, 60000}, {65535, 3000}, {16383, 16383}} {
		for name, data := range claims(size.X, size.Y) {
			if strings.HasPrefix(name, "webp l") && size.X > 16383 {
				continue // cannot even be said
			}
			for door, f := range map[string]func() error{
				"Decode": func() error { _, err := Decode(bytes.NewReader(data), name, Limits{}); return err },
				"Probe":  func() error { _, err := Probe(bytes.NewReader(data), name, Limits{}); return err },
			} {
				var err error
				n := allocated(func() { err = f() })
				if fault.Of(err) != fault.TooLarge {
					t.Errorf("%s %v, %s: %v", name, size, door, err)
				}
				if n > 2<<20 {
					t.Errorf("%s %v, %s: took %d bytes", name, size, door, n)
				}
			}
		}
	}
}

// TestNoPixelsForAStub holds that formats that cannot be so small are refused
// before their pixels are allocated, within the limits too.
func TestNoPixelsForAStub(t *testing.T) {
	for name, data := range claims(12000, 12000) {
		switch name {
		case "jpeg", "png", "bmp":
		default:
			continue
		}
		var err error
		n := allocated(func() { _, err = Decode(bytes.NewReader(data), name, Limits{}) })
		if fault.Of(err) != fault.Damaged || n > 2<<20 {
			t.Errorf("%s: %v after %d bytes", name, err, n)
		}
	}
}

func TestLimitsAreKept(t *testing.T) {
	for _, c := range []struct {
		l    Limits
		kind fault.Kind
	}{
		{Limits{Pixels: width * height, Side: width}, -1},
		{Limits{Pixels: width*height - 1, Side: width}, fault.TooLarge},
		{Limits{Pixels: width * height, Side: width - 1}, fault.TooLarge},
		{Limits{Side: width}, -1},
		{Limits{Pixels: 1}, fault.TooLarge},
	} {
		_, err := Decode(bytes.NewReader(read(t, "png-rgb8.png")), "x", c.l)
		if c.kind < 0 && err != nil || c.kind >= 0 && fault.Of(err) != c.kind {
			t.Errorf("%v: %v", c.l, err)
		}
	}
}

// endless is a stream that begins as a picture does and never ends.
type endless struct{ head []byte }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	clear(p[n:])
	return len(p), nil
}

func TestEndlessStream(t *testing.T) {
	if _, err := Decode(&endless{[]byte("no picture")}, "x", Limits{}); fault.Of(err) != fault.Unsupported {
		t.Error(err)
	}
	if _, err := Decode(&endless{[]byte("\xff\xd8\xff\xe0")}, "x", Limits{Pixels: 1}); fault.Of(err) != fault.TooLarge {
		t.Error(err)
	}
}

// TestReadingFails tells a broken disk from a broken picture, and lets a
// reader that is cancelled say so.
func TestReadingFails(t *testing.T) {
	data := read(t, "jpeg-444.jpg")
	for _, cause := range []error{syscall.EIO, os.ErrPermission} {
		for name, r := range map[string]io.Reader{
			"stream": io.MultiReader(bytes.NewReader(data[:200]), iotest.ErrReader(cause)),
			"file":   io.NewSectionReader(failing{data, 200, cause}, 0, int64(len(data))),
		} {
			if _, err := Decode(r, "x", Limits{}); fault.Of(err) != fault.NotPermitted || !errors.Is(err, cause) {
				t.Errorf("%s, %v: %v", name, cause, err)
			}
		}
	}
}

// failing reads up to a place.
type failing struct {
	data []byte
	n    int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.n {
		return 0, f.err
	}
	return copy(p, f.data[off:]), nil
}

func TestFormats(t *testing.T) {
	for s, want := range map[string]Format{
		"jpg": JPEG, "JPG": JPEG, ".jpeg": JPEG, "png": PNG, ".PNG": PNG, "tif": TIFF, "tiff": TIFF,
		"webp": WebP, "gif": GIF, "bmp": BMP,
	} {
		if f, ok := ParseFormat(s); !ok || f != want {
			t.Errorf("%q: %q %v", s, f, ok)
		}
	}
	for _, s := range []string{"", ".", "heic", "p n g", "../png"} {
		if f, ok := ParseFormat(s); ok {
			t.Errorf("%q: %q", s, f)
		}
	}
	for _, f := range []Format{PNG, JPEG, GIF, BMP, TIFF, WebP} {
		if g, ok := ParseFormat(Extension(f)); !ok || g != f {
			t.Errorf("%q: %q", f, Extension(f))
		}
	}
	if Extension("exe") != "" {
		t.Error("an extension for everything")
	}
}
