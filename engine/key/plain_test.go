package key

import (
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// paint fills a picture by a function of u, v in -1..1 that gives a grey
// level, and noise of that deviation.
func paint(w, h int, noise float64, f func(u, v float64) [3]float64) *image.NRGBA {
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := f((2*float64(x)+1)/float64(w)-1, (2*float64(y)+1)/float64(h)-1)
			n := r.NormFloat64() * noise
			for i, v := range c {
				m.Pix[4*(y*w+x)+i] = uint8(min(max(v+n+r.NormFloat64()*noise/2, 0), 255) + 0.5)
			}
			m.Pix[4*(y*w+x)+3] = 255
		}
	}
	return m
}

func greyOf(f func(u, v float64) float64) func(u, v float64) [3]float64 {
	return func(u, v float64) [3]float64 { g := f(u, v); return [3]float64{g, g, g} }
}

func TestPlain(t *testing.T) {
	subject := func(u, v, back float64) float64 {
		if u*u+v*v < 0.25 {
			return 90 + 60*math.Sin(40*u)*math.Cos(30*v)
		}
		return back
	}
	r := rand.New(rand.NewPCG(3, 4))
	grain := make([]float64, 1<<16)
	for i := range grain {
		grain[i] = r.NormFloat64()
	}
	texture := func(u, v float64) float64 { return grain[(int((u+1)*80)*160+int((v+1)*80))&0xffff] }
	for _, c := range []struct {
		name  string
		noise float64
		f     func(u, v float64) [3]float64
		want  bool
	}{
		{"white", 0, greyOf(func(u, v float64) float64 { return subject(u, v, 255) }), true},
		{"black", 0, greyOf(func(u, v float64) float64 { return subject(u, v, 0) }), true},
		{"green screen", 1.5, func(u, v float64) [3]float64 {
			if u*u+v*v < 0.3 {
				return [3]float64{190, 150, 130}
			}
			return [3]float64{20, 170, 60}
		}, true},
		{"camera noise", 2.5, greyOf(func(u, v float64) float64 { return subject(u, v, 200) }), true},
		{"vignette", 1, greyOf(func(u, v float64) float64 { return subject(u, v, 235*(1-0.07*(u*u+v*v))) }), true},
		{"lamp from one side", 1, greyOf(func(u, v float64) float64 { return subject(u, v, 215+18*u-6*v) }), true},
		{"scanner", 1, greyOf(func(u, v float64) float64 { return subject(u, v, 240-8*math.Exp(-8*(1-u))) }), true},
		{"a subject that touches the border", 0, greyOf(func(u, v float64) float64 {
			if math.Abs(u) < 0.4 && v > -0.5 {
				return 60
			}
			return 255
		}), true},
		{"nothing at all", 0, greyOf(func(u, v float64) float64 { return 128 }), true},
		{"too much noise", 9, greyOf(func(u, v float64) float64 { return subject(u, v, 200) }), false},
		{"even sky over a landscape", 1, greyOf(func(u, v float64) float64 {
			if v > 0.55+0.1*math.Sin(9*u) {
				return 80 + 30*texture(u, v)
			}
			return 240
		}), false},
		{"a low horizon", 0.5, greyOf(func(u, v float64) float64 {
			if v > 0.8 {
				return 60
			}
			return 235
		}), false},
		{"a sky that pales", 1, greyOf(func(u, v float64) float64 { return 170 + 70*v }), false},
		{"letter box", 0, greyOf(func(u, v float64) float64 {
			if math.Abs(v) < 0.75 {
				return 120 + 40*texture(u, v)
			}
			return 0
		}), false},
		{"carpet", 1, greyOf(func(u, v float64) float64 { return subject(u, v, 200+12*texture(u, v)) }), false},
		{"night", 1, greyOf(func(u, v float64) float64 { return subject(u, v, math.Abs(14+9*texture(u, v))) }), false},
		{"two colours", 0, greyOf(func(u, v float64) float64 {
			if u < 0 {
				return 250
			}
			return 200
		}), false},
		{"checks", 0, greyOf(func(u, v float64) float64 { return 200 + 50*float64((int(u*20+40)+int(v*20+40))&1) }), false},
	} {
		m := paint(320, 240, c.noise, c.f)
		bg, got := Plain(m)
		if got != c.want {
			t.Errorf("%s: plain is %v (noise %.1f/255, colour %.2f)", c.name, got, bg.Noise*255, bg.Color)
		}
		deep := image.NewNRGBA64(m.Rect)
		draw.Draw(deep, deep.Rect, m, image.Point{}, draw.Src)
		if _, again := Plain(deep); again != got {
			t.Errorf("%s: %v in 16 bits, %v in 8", c.name, again, got)
		}
	}
}

func TestPlainFindsTheColourExactly(t *testing.T) {
	for _, c := range []color.NRGBA{{255, 255, 255, 255}, {1, 2, 3, 255}, {17, 200, 99, 255}} {
		s := scene{ring(120, 40, 0), plain(red), plain(c)}
		bg, ok := Plain(s.image())
		at := bg.at(0.3, -0.7)
		for i, v := range [3]uint8{c.R, c.G, c.B} {
			if !ok || math.Abs(float64(at[i])*255-float64(v)) > 1e-4 || math.Abs(bg.Color[i]*255-float64(v)) > 1e-4 || bg.Noise != 0 {
				t.Errorf("%v: %v, %+v", c, ok, bg)
				break
			}
		}
	}
}

func TestPlainOfTransparentBorders(t *testing.T) {
	logo := ring(100, 35, 10)
	m := image.NewNRGBA(logo.Rect)
	for i, a := range logo.Pix {
		copy(m.Pix[4*i:], []uint8{200, 30, 40, a})
	}
	if bg, ok := Plain(m); !ok || !bg.Clear {
		t.Errorf("a logo on transparency: %v, %+v", ok, bg)
	}
	padded := image.NewNRGBA(image.Rect(0, 0, 100, 100))
	for y := 20; y < 80; y++ {
		for x := 10; x < 90; x++ {
			padded.SetNRGBA(x, y, color.NRGBA{uint8(x * 2), uint8(y * 3), uint8(x * y), 255})
		}
	}
	if bg, ok := Plain(padded); ok || !bg.Clear {
		t.Errorf("a photograph with a transparent margin: %v, %+v", ok, bg)
	}
	if _, ok := Plain(image.NewNRGBA(image.Rect(0, 0, 50, 50))); !ok {
		t.Error("a picture of nothing is not plain")
	}
}

func TestPlainOfOddPictures(t *testing.T) {
	for _, m := range []image.Image{
		image.NewNRGBA(image.Rectangle{}), image.NewNRGBA(image.Rect(0, 0, 1, 1)), image.NewNRGBA(image.Rect(0, 0, 1, 900)),
		image.NewNRGBA64(image.Rect(0, 0, 900, 1)), image.NewGray(image.Rect(3, 4, 40, 50)), image.NewNRGBA(image.Rect(-5, -5, 5, 5)),
		image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.White}),
	} {
		Plain(m) // does not fail
	}
	// A part of a larger picture is looked at as itself.
	big := paint(200, 200, 0, greyOf(func(u, v float64) float64 { return 100 + 90*u*v }))
	for y := 50; y < 150; y++ {
		for x := 50; x < 150; x++ {
			big.SetNRGBA(x, y, white)
		}
	}
	if bg, ok := Plain(big.SubImage(image.Rect(50, 50, 150, 150))); !ok || bg.Color[0] != 1 {
		t.Errorf("the white part of a picture: %v, %+v", ok, bg)
	}
}

// TestPhotographsAreNotPlain looks at real ones where there are any.
func TestPhotographsAreNotPlain(t *testing.T) {
	dir := os.Getenv("KIRINUKI_PHOTOS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "photos")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.jpg"))
	more, _ := filepath.Glob(filepath.Join(dir, "lemur", "lemur.png"))
	for _, name := range append(files, more...) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		m, _, err := image.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		n := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
		draw.Draw(n, n.Rect, m, m.Bounds().Min, draw.Src)
		if bg, ok := Plain(n); ok {
			t.Errorf("%s is taken for plain: %+v", filepath.Base(name), bg)
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	m := paint(4000, 3000, 0, greyOf(func(u, v float64) float64 { return 200 - 20*u*v }))
	for b.Loop() {
		Plain(m)
	}
}
