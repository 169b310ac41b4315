package key

import (
	"context"
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"kirinuki/engine/matte"
)

// scene is a picture with a known answer.
type scene struct {
	alpha *image.Alpha
	front func(x, y int) color.NRGBA
	back  func(x, y int) color.NRGBA
}

func plain(c color.NRGBA) func(x, y int) color.NRGBA {
	return func(int, int) color.NRGBA { return c }
}

// over composites the scene on its own background, rounded to 8 bits.
func (s scene) over(back func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(s.alpha.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			a := float64(s.alpha.AlphaAt(x, y).A) / 255
			f, b := s.front(x, y), back(x, y)
			mix := func(f, b uint8) uint8 { return uint8(a*float64(f) + (1-a)*float64(b) + 0.5) }
			m.SetNRGBA(x, y, color.NRGBA{mix(f.R, b.R), mix(f.G, b.G), mix(f.B, b.B), 255})
		}
	}
	return m
}

func (s scene) image() *image.NRGBA { return s.over(s.back) }

// ring draws an anti-aliased disc with a hole.
func ring(size int, outer, inner float64) *image.Alpha {
	z := vector.NewRasterizer(size, size)
	c := float64(size)/2 + 0.3
	for _, r := range []float64{outer, -inner} {
		if r == 0 {
			continue
		}
		const n = 200
		for i := range n + 1 {
			t := 2 * math.Pi * float64(i) / n
			x, y := float32(c+math.Abs(r)*math.Cos(t)), float32(c+r*math.Sin(t))
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
	}
	m := image.NewAlpha(image.Rect(0, 0, size, size))
	z.Draw(m, m.Rect, image.Opaque, image.Point{})
	return m
}

// star draws a five-pointed star: thin tips, every slope.
func star(size int) *image.Alpha {
	z := vector.NewRasterizer(size, size)
	c, r := float64(size)/2, 0.42*float64(size)
	for i := range 5 {
		t := 4*math.Pi*float64(i)/5 + 0.2
		x, y := float32(c+r*math.Sin(t)), float32(c-r*math.Cos(t))
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	m := image.NewAlpha(image.Rect(0, 0, size, size))
	z.Draw(m, m.Rect, image.Opaque, image.Point{})
	return m
}

// text sets words at a size in pixels.
func text(t testing.TB, words string, size float64) *image.Alpha {
	t.Helper()
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	d := font.Drawer{Src: image.Opaque, Face: face}
	w := d.MeasureString(words).Ceil() + 20
	m := image.NewAlpha(image.Rect(0, 0, w, int(2*size)+20))
	d.Dst, d.Dot = m, fixed.P(10, 10+int(1.4*size))
	d.DrawString(words)
	return m
}

// score compares a cut-out with the truth: the mean alpha error over edge
// pixels, and the mean error of the composite on another colour there, both
// in 1/255.
func score(s scene, c *matte.Cutout, other color.NRGBA) (alpha, composite float64) {
	truth := s.over(plain(other))
	n := 0.0
	for y := range s.alpha.Rect.Dy() {
		for x := range s.alpha.Rect.Dx() {
			want, got := s.alpha.AlphaAt(x, y).A, c.Alpha.GrayAt(x, y).Y
			if (want == 0 || want == 255) && want == got {
				continue
			}
			n++
			alpha += math.Abs(float64(want) - float64(got))
			a := float64(got) / 255
			f := color.NRGBAModel.Convert(c.Foreground.At(x, y)).(color.NRGBA)
			w := truth.NRGBAAt(x, y)
			mix := func(f, b, w uint8) float64 {
				return math.Abs(a*float64(f) + (1-a)*float64(b) - float64(w))
			}
			composite += (mix(f.R, other.R, w.R) + mix(f.G, other.G, w.G) + mix(f.B, other.B, w.B)) / 3
		}
	}
	if n == 0 {
		return 0, 0
	}
	return alpha / n, composite / n
}

var (
	white = color.NRGBA{255, 255, 255, 255}
	black = color.NRGBA{0, 0, 0, 255}
	red   = color.NRGBA{200, 30, 40, 255}
	green = color.NRGBA{0, 177, 64, 255}
	blue  = color.NRGBA{30, 60, 200, 255}
	grey  = color.NRGBA{128, 130, 126, 255}
)

func TestCutAntiAliasedArtworkExactly(t *testing.T) {
	shapes := map[string]*image.Alpha{
		"disc":       ring(160, 55.5, 0),
		"ring":       ring(160, 60, 21.5),
		"star":       star(200),
		"big text":   text(t, "Rg&8 Kiri", 64),
		"text":       text(t, "the quick brown fox jumps", 20),
		"small text": text(t, "over 13 lazy dogs, (twice)", 11),
	}
	for name, shape := range shapes {
		for _, c := range []struct{ front, back color.NRGBA }{
			{black, white}, {white, black}, {red, white}, {blue, grey}, {white, green}, {grey, white}, {red, black},
		} {
			s := scene{shape, plain(c.front), plain(c.back)}
			m := s.image()
			bg, ok := Plain(m)
			if !ok {
				t.Errorf("%s %v on %v: not plain", name, c.front, c.back)
				continue
			}
			got, err := Cut(context.Background(), m, bg, Options{Holes: true}, nil)
			if err != nil {
				t.Errorf("%s %v on %v: %v", name, c.front, c.back, err)
				continue
			}
			alpha, composite := score(s, got, color.NRGBA{255, 0, 255, 255})
			if alpha > 2 || composite > 2 {
				t.Errorf("%s %v on %v: mean error of alpha %.2f, of the composite %.2f", name, c.front, c.back, alpha, composite)
			}
		}
	}
}
