package key

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

var ctx = context.Background()

func cut(t testing.TB, m image.Image, o Options) *matte.Cutout {
	t.Helper()
	bg, _ := Plain(m)
	c, err := Cut(ctx, m, bg, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func asJPEG(t testing.TB, m image.Image, quality int) *image.NRGBA {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	d, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(m.Bounds())
	draw.Draw(out, out.Rect, d, image.Point{}, draw.Src)
	return out
}

// count says how many pixels farther than reach from any of the subject are
// still there, and how many deeper inside than that are not solid.
func count(s scene, c *matte.Cutout, reach int) (specks, gaps int) {
	w, h := s.alpha.Rect.Dx(), s.alpha.Rect.Dy()
	for y := range h {
		for x := range w {
			lo, hi := uint8(255), uint8(0)
			for v := max(0, y-reach); v <= min(h-1, y+reach); v++ {
				for u := max(0, x-reach); u <= min(w-1, x+reach); u++ {
					a := s.alpha.Pix[v*s.alpha.Stride+u]
					lo, hi = min(lo, a), max(hi, a)
				}
			}
			a := c.Alpha.GrayAt(x, y).Y
			if hi == 0 && a > 25 {
				specks++
			}
			if lo == 255 && a < 255 {
				gaps++
			}
		}
	}
	return specks, gaps
}

func TestJPEGLeavesNoSpecks(t *testing.T) {
	for name, shape := range map[string]*image.Alpha{
		"ring": ring(300, 120, 60), "star": star(240), "text": text(t, "Kirinuki 1923", 60),
	} {
		// JPEG halves the resolution of colour, so edges that differ in little
		// but colour are known the less.
		for back, most := range map[color.NRGBA]float64{white: 45, grey: 45, green: 60} {
			for _, quality := range []int{98, 92, 85, 75} {
				s := scene{shape, plain(blue), plain(back)}
				c := cut(t, asJPEG(t, s.image(), quality), Options{Holes: true})
				specks, gaps := count(s, c, 4)
				alpha, _ := score(s, c, red)
				if specks > 10 || gaps > 10 || alpha > most {
					t.Errorf("%s on %v at quality %d: %d specks, %d gaps, mean edge error %.1f", name, back, quality, specks, gaps, alpha)
				}
			}
		}
	}
}

func TestShadedAndNoisyBackgrounds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	shaded := func(noise float64, f func(u, v float64) float64) func(x, y int) color.NRGBA {
		return func(x, y int) color.NRGBA {
			u, v := float64(x)/160-1, float64(y)/160-1
			g := func() uint8 { return uint8(min(max(f(u, v)+r.NormFloat64()*noise, 0), 255) + 0.5) }
			return color.NRGBA{g(), g(), g(), 255}
		}
	}
	for name, back := range map[string]func(x, y int) color.NRGBA{
		"noise":             shaded(3, func(u, v float64) float64 { return 210 }),
		"vignette":          shaded(1, func(u, v float64) float64 { return 235 * (1 - 0.07*(u*u+v*v)) }),
		"slope":             shaded(1, func(u, v float64) float64 { return 215 + 18*u - 6*v }),
		"a lamp's hot spot": shaded(1, func(u, v float64) float64 { return 215 + 14*math.Exp(-6*((u-0.4)*(u-0.4)+v*v)) }),
	} {
		s := scene{ring(320, 110, 0), plain(red), back}
		m := s.image()
		c := cut(t, m, Options{})
		specks, gaps := count(s, c, 2)
		alpha, composite := score(s, c, blue)
		if specks > 0 || gaps > 0 || alpha > 5 || composite > 4 {
			t.Errorf("%s: %d specks, %d gaps, mean error of alpha %.2f, of the composite %.2f", name, specks, gaps, alpha, composite)
		}
	}
}

func TestHolesOnlyIfAsked(t *testing.T) {
	s := scene{ring(120, 50, 20), plain(red), plain(white)}
	m := s.image()
	if a := cut(t, m, Options{}).Alpha.GrayAt(60, 60).Y; a != 255 {
		t.Errorf("the hole's middle has alpha %d without asking", a)
	}
	if a := cut(t, m, Options{Holes: true}).Alpha.GrayAt(60, 60).Y; a != 0 {
		t.Errorf("the hole's middle has alpha %d after asking", a)
	}
}

func TestSeveralColoursAtTheEdge(t *testing.T) {
	// Stripes of every colour: each edge pixel is unmixed with its own.
	stripes := func(x, y int) color.NRGBA {
		return []color.NRGBA{red, blue, {20, 20, 20, 255}, {230, 180, 20, 255}, {90, 40, 120, 255}}[y/20%5]
	}
	s := scene{ring(200, 80, 0), stripes, plain(white)}
	alpha, composite := score(s, cut(t, s.image(), Options{}), green)
	if alpha > 2 || composite > 2 {
		t.Errorf("mean error of alpha %.2f, of the composite %.2f", alpha, composite)
	}
	// An outlined shape: the outline is what meets the background.
	outlined := func(x, y int) color.NRGBA {
		if math.Hypot(float64(x)-100.3, float64(y)-100.3) > 76 {
			return color.NRGBA{10, 10, 10, 255}
		}
		return color.NRGBA{250, 220, 40, 255}
	}
	s = scene{ring(200, 80, 0), outlined, plain(white)}
	alpha, composite = score(s, cut(t, s.image(), Options{}), green)
	if alpha > 2 || composite > 2 {
		t.Errorf("outlined: mean error of alpha %.2f, of the composite %.2f", alpha, composite)
	}
}

func TestSixteenBits(t *testing.T) {
	s := scene{ring(100, 35, 0), plain(red), plain(grey)}
	m := s.image()
	deep := image.NewNRGBA64(m.Rect)
	draw.Draw(deep, deep.Rect, m, image.Point{}, draw.Src)
	a, b := cut(t, m, Options{}), cut(t, deep, Options{})
	for i, v := range a.Alpha.Pix {
		if d := int(v) - int(b.Alpha.Pix[i]); d < -1 || d > 1 {
			t.Fatalf("pixel %d: alpha %d in 8 bits, %d in 16", i, v, b.Alpha.Pix[i])
		}
	}
	if _, ok := b.Foreground.(*image.NRGBA64); !ok {
		t.Errorf("a %T came out of 16 bits", b.Foreground)
	}
}

func TestForegroundIsOpaqueAndElsewhereTheSource(t *testing.T) {
	s := scene{ring(100, 35, 0), plain(red), plain(white)}
	m := s.image()
	before := bytes.Clone(m.Pix)
	c := cut(t, m, Options{})
	if !bytes.Equal(before, m.Pix) {
		t.Error("the source was written to")
	}
	f := c.Foreground.(*image.NRGBA)
	for i, a := range c.Alpha.Pix {
		p := f.Pix[4*i : 4*i+4]
		if p[3] != 255 {
			t.Fatalf("pixel %d has alpha %d", i, p[3])
		}
		if (a == 0 || a == 255) && !bytes.Equal(p[:3], m.Pix[4*i:4*i+3]) {
			t.Fatalf("pixel %d of alpha %d is %v, the source %v", i, a, p, m.Pix[4*i:4*i+4])
		}
	}
}

func TestOwnAlphaIsTheProduct(t *testing.T) {
	s := scene{ring(100, 35, 0), plain(red), plain(white)}
	m := s.image()
	want := cut(t, m, Options{}).Alpha
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 128
	}
	got := cut(t, m, Options{}).Alpha
	for i, a := range want.Pix {
		if g := int(got.Pix[i]); g != int(float64(a)*128/255+0.5) {
			t.Fatalf("alpha %d and the picture's own 128 give %d", a, g)
		}
	}
	// On a transparent border the own alpha is the answer.
	logo := image.NewNRGBA(s.alpha.Rect)
	for i, a := range s.alpha.Pix {
		copy(logo.Pix[4*i:], []uint8{200, 30, 40, a})
	}
	if c := cut(t, logo, Options{}); !bytes.Equal(c.Alpha.Pix, s.alpha.Pix) {
		t.Error("a logo that was cut out already came out otherwise")
	}
}

func TestNothingStandsOut(t *testing.T) {
	for name, m := range map[string]image.Image{
		"even":        scene{image.NewAlpha(image.Rect(0, 0, 80, 60)), plain(red), plain(white)}.image(),
		"noise":       paint(80, 60, 2, greyOf(func(u, v float64) float64 { return 200 })),
		"shading":     paint(80, 60, 1, greyOf(func(u, v float64) float64 { return 220 + 15*u })),
		"transparent": image.NewNRGBA(image.Rect(0, 0, 20, 20)),
		"one pixel":   image.NewNRGBA(image.Rect(0, 0, 1, 1)),
		"no pixels":   image.NewNRGBA(image.Rectangle{}),
	} {
		bg, _ := Plain(m)
		if _, err := Cut(ctx, m, bg, Options{Holes: true}, nil); fault.Of(err) != fault.NoSubject {
			t.Errorf("%s: %v, want no subject", name, err)
		}
	}
}

func TestToleranceByHand(t *testing.T) {
	// A pale grey disc on white.
	s := scene{ring(100, 35, 0), plain(color.NRGBA{240, 240, 240, 255}), plain(white)}
	m := s.image()
	if a := cut(t, m, Options{}).Alpha.GrayAt(50, 50).Y; a != 255 {
		t.Errorf("by itself the pale disc has alpha %d", a)
	}
	bg, _ := Plain(m)
	if _, err := Cut(ctx, m, bg, Options{Tolerance: 0.1}, nil); fault.Of(err) != fault.NoSubject {
		t.Errorf("with a tolerance of a tenth it is %v, want no subject", err)
	}
}

func TestSameBytes(t *testing.T) {
	s := scene{text(t, "Kirinuki", 40), plain(red), plain(grey)}
	m := asJPEG(t, s.image(), 85)
	a, b := cut(t, m, Options{Holes: true}), cut(t, m, Options{Holes: true})
	if !bytes.Equal(a.Alpha.Pix, b.Alpha.Pix) || !bytes.Equal(a.Foreground.(*image.NRGBA).Pix, b.Foreground.(*image.NRGBA).Pix) {
		t.Error("the same picture came out otherwise the second time")
	}
}

func TestProgressAndCancel(t *testing.T) {
	s := scene{ring(200, 70, 30), plain(red), plain(white)}
	m := s.image()
	bg, _ := Plain(m)
	last, calls := -1.0, 0
	if _, err := Cut(ctx, m, bg, Options{}, func(p float64) {
		if p < last || p < 0 || p > 1 {
			t.Errorf("progress went from %v to %v", last, p)
		}
		last = p
		calls++
	}); err != nil || last != 1 {
		t.Errorf("progress ended at %v, %v", last, err)
	}
	for stop := range calls - 1 {
		c, cancel := context.WithCancel(ctx)
		n := 0
		_, err := Cut(c, m, bg, Options{Holes: true}, func(float64) {
			if n == stop {
				cancel()
			}
			n++
		})
		if fault.Of(err) != fault.Cancelled {
			t.Errorf("cancelled at report %d: %v", stop, err)
		}
		cancel()
	}
}

func FuzzCut(f *testing.F) {
	f.Add(uint16(9), uint16(7), []byte{1, 2, 3, 4, 5, 6, 7, 8, 250, 251}, false, 0.0)
	f.Add(uint16(30), uint16(30), []byte("white white white white red"), true, 0.1)
	f.Add(uint16(1), uint16(40), []byte{255}, true, 5.0)
	f.Fuzz(func(t *testing.T, w, h uint16, data []byte, holes bool, tolerance float64) {
		m := image.NewNRGBA(image.Rect(0, 0, int(w%64), int(h%64)))
		for i := range m.Pix {
			if len(data) > 0 {
				m.Pix[i] = data[i%len(data)]
			}
		}
		bg, _ := Plain(m)
		c, err := Cut(ctx, m, bg, Options{Holes: holes, Tolerance: tolerance}, nil)
		if err != nil {
			if fault.Of(err) != fault.NoSubject {
				t.Fatal(err)
			}
			return
		}
		if c.Alpha.Rect != m.Rect || c.Foreground.Bounds() != m.Rect {
			t.Fatalf("%v became %v and %v", m.Rect, c.Alpha.Rect, c.Foreground.Bounds())
		}
		for i, a := range c.Alpha.Pix {
			if a > m.Pix[4*i+3] {
				t.Fatalf("alpha %d where the picture has %d", a, m.Pix[4*i+3])
			}
		}
	})
}

func BenchmarkCut(b *testing.B) {
	art := scene{ring(3400, 1500, 700), plain(red), plain(white)}.image()
	photo := paint(4000, 3000, 2, greyOf(func(u, v float64) float64 {
		if u*u+v*v < 0.4 {
			return 90 + 60*math.Sin(40*u)*math.Cos(30*v)
		}
		return 220 - 10*u*u
	}))
	for name, m := range map[string]image.Image{"artwork": art, "photo": photo} {
		bg, _ := Plain(m)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Cut(ctx, m, bg, Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestPhotographedSubject: a subject of many colours and a soft, frayed
// outline, on an even and on a noisy ground.
func TestPhotographedSubject(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	fray := make([]float64, 720)
	for i := range fray {
		fray[i] = 4 * r.Float64()
	}
	shape := image.NewAlpha(image.Rect(0, 0, 320, 320))
	for y := range 320 {
		for x := range 320 {
			dx, dy := float64(x)-160, float64(y)-160
			edge := 100 + fray[int((math.Atan2(dy, dx)/math.Pi+1)*359.9)]
			shape.SetAlpha(x, y, color.Alpha{A: uint8(255 * min(max((edge-math.Hypot(dx, dy))/4, 0), 1))})
		}
	}
	front := func(x, y int) color.NRGBA {
		return color.NRGBA{uint8(120 + 60*math.Sin(float64(x)/9)), uint8(70 + 40*math.Cos(float64(y)/7)), uint8(60 + 50*math.Sin(float64(x+y)/11)), 255}
	}
	for name, back := range map[string]func(x, y int) color.NRGBA{
		"white": plain(white), "green": plain(green),
		"noisy": func(x, y int) color.NRGBA {
			n := func() uint8 { return uint8(225 + 2*r.NormFloat64() + 0.5) }
			return color.NRGBA{n(), n(), n(), 255}
		},
	} {
		s := scene{shape, front, back}
		c := cut(t, s.image(), Options{})
		alpha, composite := score(s, c, color.NRGBA{40, 40, 200, 255})
		specks, gaps := count(s, c, 6)
		if alpha > 16 || composite > 7 || specks > 0 || gaps > 0 {
			t.Errorf("%s: mean error of alpha %.1f, of the composite %.1f, %d specks, %d gaps", name, alpha, composite, specks, gaps)
		}
	}
}
