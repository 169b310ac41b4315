package picture_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"kirinuki/engine/fault"
	. "kirinuki/engine/picture"
)

// encode writes img and reads it again.
func encode(t testing.TB, img image.Image, o Options) ([]byte, *Picture) {
	t.Helper()
	var buf bytes.Buffer
	if err := Encode(&buf, img, o); err != nil {
		t.Fatalf("%s: %v", o.Format, err)
	}
	p, err := Decode(bytes.NewReader(buf.Bytes()), string(o.Format), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", o.Format, err)
	}
	if p.Format != o.Format {
		t.Errorf("%s became %s", o.Format, p.Format)
	}
	return buf.Bytes(), p
}

// noise fills an image's bytes: hard to compress, and every value comes up.
func noise(pix []uint8, seed uint64) {
	r := rand.NewPCG(seed, 1)
	for i := range pix {
		pix[i] = uint8(r.Uint64() >> 56)
	}
}

// setAlpha makes an NRGBA's or NRGBA64's alpha the same everywhere.
func setAlpha(pix []uint8, pixel, alpha int, v uint8) {
	for i := 0; i < len(pix); i += pixel {
		for c := i + alpha; c < i+pixel; c++ {
			pix[c] = v
		}
	}
}

var sizes = []image.Point{{1, 1}, {1, 7}, {9, 1}, {2, 3}, {23, 17}, {64, 64}, {257, 65}, {700, 1100}}

// TestRoundTrip holds that straight alpha, the colours beneath alpha 0, and 16
// bits come back exactly.
func TestRoundTrip(t *testing.T) {
	for i, size := range sizes {
		r := image.Rectangle{Max: size}
		for _, alpha := range []string{"any", "none", "full"} {
			m, n := image.NewNRGBA(r), image.NewNRGBA64(r)
			noise(m.Pix, uint64(i))
			noise(n.Pix, uint64(i))
			switch alpha {
			case "none":
				setAlpha(m.Pix, 4, 3, 0)
				setAlpha(n.Pix, 8, 6, 0)
			case "full":
				setAlpha(m.Pix, 4, 3, 255)
				setAlpha(n.Pix, 8, 6, 255)
			}
			for _, f := range []Format{PNG, TIFF, WebP} {
				if f == WebP && size.X > 300 {
					continue // slow
				}
				_, p := encode(t, m, Options{Format: f})
				if got := p.Image.(*image.NRGBA); got.Rect != r || !bytes.Equal(got.Pix, m.Pix) {
					t.Errorf("%s %v, alpha %s: pixels differ", f, size, alpha)
				}
				if p.Opaque != m.Opaque() {
					t.Errorf("%s %v, alpha %s: opaque is %v", f, size, alpha, p.Opaque)
				}
				if f == WebP {
					continue
				}
				_, p = encode(t, n, Options{Format: f})
				if got := p.Image.(*image.NRGBA64); got.Rect != r || !bytes.Equal(got.Pix, n.Pix) {
					t.Errorf("%s %v, 16 bits, alpha %s: pixels differ", f, size, alpha)
				}
			}
		}
		mask := image.NewGray(r)
		noise(mask.Pix, uint64(i))
		for _, f := range []Format{PNG, TIFF} {
			_, p := encode(t, mask, Options{Format: f})
			if !bytes.Equal(greys(p.Image), mask.Pix) {
				t.Errorf("%s %v: mask differs", f, size)
			}
		}
	}
}

func greys(m image.Image) []byte {
	var g []byte
	n := m.(*image.NRGBA)
	for i := 0; i < len(n.Pix); i += 4 {
		if n.Pix[i] != n.Pix[i+1] || n.Pix[i] != n.Pix[i+2] || n.Pix[i+3] != 255 {
			return nil
		}
		g = append(g, n.Pix[i])
	}
	return g
}

// TestEveryAlphaInWebP holds each colour value at each alpha.
func TestEveryAlphaInWebP(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	for a := range 256 {
		for v := range 256 {
			m.SetNRGBA(v, a, color.NRGBA{uint8(v), uint8(255 - v), uint8(v ^ a), uint8(a)})
		}
	}
	if _, p := encode(t, m, Options{Format: WebP}); !bytes.Equal(p.Image.(*image.NRGBA).Pix, m.Pix) {
		t.Error("pixels differ")
	}
}

// TestPNGIsWhatItSays reads the header of each kind of PNG: a mask is grey, 16
// bits are kept, and there is no alpha channel without need.
func TestPNGIsWhatItSays(t *testing.T) {
	clear8, clear16 := image.NewNRGBA(image.Rect(0, 0, 3, 2)), image.NewNRGBA64(image.Rect(0, 0, 3, 2))
	full8, full16 := image.NewNRGBA(clear8.Rect), image.NewNRGBA64(clear8.Rect)
	setAlpha(full8.Pix, 4, 3, 255)
	setAlpha(full16.Pix, 8, 6, 255)
	for _, c := range []struct {
		img         image.Image
		depth, kind byte
	}{
		{image.NewGray(clear8.Rect), 8, 0},
		{full8, 8, 2}, {clear8, 8, 6}, {full16, 16, 2}, {clear16, 16, 6},
		{image.NewRGBA(clear8.Rect), 8, 6},
		{image.NewYCbCr(clear8.Rect, image.YCbCrSubsampleRatio420), 8, 2},
	} {
		data, _ := encode(t, c.img, Options{Format: PNG})
		if data[24] != c.depth || data[25] != c.kind {
			t.Errorf("%T: %d bits, colour type %d", c.img, data[24], data[25])
		}
		if _, err := png.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%T: %v", c.img, err)
		}
	}
}

func TestEncodeJPEG(t *testing.T) {
	m := render(opaque)
	_, best := encode(t, m, Options{Format: JPEG, Quality: 100})
	if off := worst(t, best.Image, m); off > 40 { // colours are halved in size
		t.Errorf("off by %d", off)
	}
	sum := func(q int) int { d, _ := encode(t, m, Options{Format: JPEG, Quality: q}); return len(d) }
	if !(sum(1) < sum(60) && sum(60) < sum(92) && sum(92) < sum(100)) || sum(0) != sum(92) {
		t.Errorf("quality: %d %d %d %d, default %d", sum(1), sum(60), sum(92), sum(100), sum(0))
	}
	if sum(-5) != sum(1) || sum(500) != sum(100) {
		t.Error("quality out of range is not held")
	}
	// 16 bits round to the nearest of 8.
	deepData, _ := encode(t, render64(func(x, y int) color.NRGBA64 {
		c := opaque(x, y)
		return color.NRGBA64{uint16(c.R)*257 + 128*uint16(min(1, 255-c.R)), uint16(c.G) * 257, uint16(c.B)*257 - 128, 0xffff}
	}), Options{Format: JPEG})
	data, _ := encode(t, m, Options{Format: JPEG})
	if !bytes.Equal(deepData, data) {
		t.Error("16 bits come out otherwise than 8")
	}
	grey := image.NewGray(image.Rect(0, 0, 16, 16))
	noise(grey.Pix, 1)
	if _, p := encode(t, grey, Options{Format: JPEG}); greys(p.Image) == nil {
		t.Error("a mask has colours")
	}
}

func TestEncodeErrors(t *testing.T) {
	m := render(at)
	for _, c := range []struct {
		img  image.Image
		f    Format
		kind fault.Kind
	}{
		{m, JPEG, fault.Usage},
		{render64(deepAlpha), JPEG, fault.Usage},
		{m, GIF, fault.Usage}, {m, BMP, fault.Usage}, {m, "", fault.Usage}, {m, "exe", fault.Usage},
		{image.NewGray(image.Rect(0, 0, 16385, 1)), WebP, fault.TooLarge},
		{image.NewNRGBA(image.Rect(0, 0, 0, 5)), PNG, fault.Usage},
		{image.NewNRGBA(image.Rect(3, 3, 3, 3)), TIFF, fault.Usage},
	} {
		var e *fault.Error
		if err := Encode(io.Discard, c.img, Options{Format: c.f}); !errors.As(err, &e) || e.Kind != c.kind {
			t.Errorf("%s: %v, want %v", c.f, err, c.kind)
		}
	}
}

// stops writes so many bytes and then fails.
type stops struct {
	n   int
	err error
}

func (s *stops) Write(p []byte) (int, error) {
	if len(p) > s.n {
		n := s.n
		s.n = 0
		return n, s.err
	}
	s.n -= len(p)
	return len(p), nil
}

// TestEncodeTellsOfEveryFailedWrite lets writing fail at every byte.
func TestEncodeTellsOfEveryFailedWrite(t *testing.T) {
	m, full := render(at), errors.New("no more")
	o := Options{ICC: profile(200, "RGB "), DPI: 300}
	for _, o.Format = range []Format{PNG, TIFF, WebP, JPEG} {
		if o.Format == JPEG {
			m = render(opaque)
		}
		data, _ := encode(t, m, o)
		for n := range data {
			if err := Encode(&stops{n, full}, m, o); !errors.Is(err, full) {
				t.Fatalf("%s, %d of %d bytes: %v", o.Format, n, len(data), err)
			}
		}
		if err := Encode(&stops{len(data), full}, m, o); err != nil {
			t.Errorf("%s: %v", o.Format, err)
		}
	}
}

// TestSameBytesOnAnyMachine holds that the number of cores does not show.
func TestSameBytesOnAnyMachine(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 1500, 1000))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * i >> 7)
	}
	for _, f := range []Format{PNG, TIFF} {
		var first []byte
		for _, cores := range []int{1, 2, 3, 8} {
			was := runtime.GOMAXPROCS(cores)
			data, p := encode(t, m, Options{Format: f})
			runtime.GOMAXPROCS(was)
			if !bytes.Equal(p.Image.(*image.NRGBA).Pix, m.Pix) {
				t.Fatalf("%s, %d cores: pixels differ", f, cores)
			}
			if first == nil {
				first = data
			} else if !bytes.Equal(data, first) {
				t.Errorf("%s, %d cores: other bytes", f, cores)
			}
		}
	}
}

// TestParts encodes and converts images that are parts of larger ones.
func TestParts(t *testing.T) {
	whole := image.Rect(-3, -2, 40, 30)
	part := image.Rect(2, 1, 25, 18)
	for _, m := range []interface {
		image.Image
		SubImage(image.Rectangle) image.Image
	}{
		image.NewNRGBA(whole), image.NewRGBA(whole), image.NewNRGBA64(whole), image.NewRGBA64(whole),
		image.NewGray(whole), image.NewGray16(whole), image.NewCMYK(whole), image.NewAlpha(whole),
		image.NewYCbCr(whole, image.YCbCrSubsampleRatio420), image.NewNYCbCrA(whole, image.YCbCrSubsampleRatio422),
		image.NewPaletted(whole, color.Palette{color.NRGBA{200, 100, 50, 128}, color.White, color.Gray{77}, color.NRGBA{1, 2, 3, 4}}),
	} {
		name := fmt.Sprintf("%T", m)
		fill(m)
		sub := m.SubImage(part)
		p := FromImage(sub)
		if p.Image.Bounds() != image.Rect(0, 0, part.Dx(), part.Dy()) {
			t.Errorf("%s: %v", name, p.Image.Bounds())
		}
		if n, ok := p.Image.(*image.NRGBA); ok && n.Stride != 4*part.Dx() {
			t.Errorf("%s: a gap between rows", name)
		}
		clear := false
		for y := range part.Dy() {
			for x := range part.Dx() {
				got, want := p.Image.At(x, y), sub.At(part.Min.X+x, part.Min.Y+y)
				if !near(got, want) {
					t.Fatalf("%s: (%d, %d) is %v, not %v", name, x, y, got, want)
				}
				_, _, _, a := want.RGBA()
				clear = clear || a != 0xffff
			}
		}
		if p.Opaque == clear {
			t.Errorf("%s: opaque is %v", name, p.Opaque)
		}
		if _, q := encode(t, sub, Options{Format: PNG}); fmt.Sprint(q.Image) != fmt.Sprint(p.Image) {
			t.Errorf("%s: pixels differ after PNG", name)
		}
	}
}

// fill draws on any image.
func fill(m image.Image) {
	b := m.Bounds()
	switch m := m.(type) {
	case *image.YCbCr:
		noise(m.Y, 1)
		noise(m.Cb, 2)
		noise(m.Cr, 3)
		return
	case *image.NYCbCrA:
		noise(m.A, 4)
		fill(&m.YCbCr)
		return
	case *image.Paletted:
		for i := range m.Pix {
			m.Pix[i] = uint8(i % 4)
		}
		return
	}
	set := m.(interface{ Set(x, y int, c color.Color) })
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			set.Set(x, y, color.NRGBA64{uint16(x * 2711), uint16(y * 5003), uint16(x * y * 77), uint16(65535 - x*y*40)})
		}
	}
}

// near compares what is seen: colours multiplied with alpha, to 8 bits.
func near(a, b color.Color) bool {
	r0, g0, b0, a0 := a.RGBA()
	r1, g1, b1, a1 := b.RGBA()
	for _, d := range []int{int(r0) - int(r1), int(g0) - int(g1), int(b0) - int(b1), int(a0) - int(a1)} {
		if max(d, -d) > 300 {
			return false
		}
	}
	return true
}

// TestYCbCr holds the fast conversion against the standard library's, for each
// subsampling, odd sizes, and all colours.
func TestYCbCr(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		for _, size := range []image.Point{{1, 1}, {5, 3}, {131, 97}} {
			m := image.NewYCbCr(image.Rectangle{Max: size}, ratio)
			fill(m)
			got := FromImage(m).Image.(*image.NRGBA)
			for y := range size.Y {
				for x := range size.X {
					c := m.YCbCrAt(x, y)
					r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
					if want := (color.NRGBA{r, g, b, 255}); got.NRGBAAt(x, y) != want {
						t.Fatalf("%v %v (%d, %d): %v, not %v", ratio, size, x, y, got.NRGBAAt(x, y), want)
					}
				}
			}
		}
	}
	all := image.NewYCbCr(image.Rect(0, 0, 4096, 4096), image.YCbCrSubsampleRatio444)
	for i := range all.Y {
		all.Y[i], all.Cb[i], all.Cr[i] = uint8(i), uint8(i>>8), uint8(i>>16)
	}
	got := FromImage(all).Image.(*image.NRGBA).Pix
	for i := range all.Y {
		r, g, b := color.YCbCrToRGB(all.Y[i], all.Cb[i], all.Cr[i])
		if [4]uint8(got[4*i:]) != [4]uint8{r, g, b, 255} {
			t.Fatalf("%d %d %d: %v", all.Y[i], all.Cb[i], all.Cr[i], got[4*i:4*i+4])
		}
	}
}
