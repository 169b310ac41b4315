package compose_test

import (
	"context"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
)

var ctx = context.Background()

// source makes a picture of w by h whose subject has alpha and colour as
// given by functions of the pixel; the original is the subject over back.
func source(w, h int, alpha func(x, y int) uint8, front, back func(x, y int) color.NRGBA) compose.Source {
	r := image.Rect(0, 0, w, h)
	original, f, a := image.NewNRGBA(r), image.NewNRGBA(r), image.NewGray(r)
	for y := range h {
		for x := range w {
			v := alpha(x, y)
			a.Pix[y*w+x] = v
			c, b := front(x, y), back(x, y)
			mix := func(c, b uint8) uint8 {
				return uint8((int(c)*int(v) + int(b)*(255-int(v)) + 127) / 255)
			}
			over := color.NRGBA{mix(c.R, b.R), mix(c.G, b.G), mix(c.B, b.B), 255}
			original.SetNRGBA(x, y, over)
			if v == 0 {
				c = over
			}
			f.SetNRGBA(x, y, c)
		}
	}
	return compose.Source{Original: original, Cutout: &matte.Cutout{Alpha: a, Foreground: f}}
}

func even(c color.NRGBA) func(x, y int) color.NRGBA {
	return func(int, int) color.NRGBA { return c }
}

// disc is the anti-aliased coverage of a disc, exact enough for tests.
func disc(cx, cy, r float64) func(x, y int) uint8 {
	return func(x, y int) uint8 { return uint8(255*discShare(cx, cy, r, x, y) + 0.5) }
}

// discShare is the share of a pixel inside of a disc, by 16 x 16 samples.
func discShare(cx, cy, r float64, x, y int) float64 {
	far := math.Hypot(float64(x)+0.5-cx, float64(y)+0.5-cy)
	if far < r-1 {
		return 1
	}
	if far > r+1 {
		return 0
	}
	n := 0
	for j := range 16 {
		for i := range 16 {
			if math.Hypot(float64(x)+(float64(i)+0.5)/16-cx, float64(y)+(float64(j)+0.5)/16-cy) <= r {
				n++
			}
		}
	}
	return float64(n) / 256
}

// rect is a rectangle of full alpha.
func rect(r image.Rectangle) func(x, y int) uint8 {
	return func(x, y int) uint8 {
		if image.Pt(x, y).In(r) {
			return 255
		}
		return 0
	}
}

var (
	red   = color.NRGBA{220, 20, 30, 255}
	green = color.NRGBA{10, 160, 60, 255}
)

func render(t testing.TB, s compose.Source, e compose.Edit) *image.NRGBA {
	t.Helper()
	f, err := compose.Render(ctx, s, e, compose.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f.Image.(*image.NRGBA)
}

// randomEdit is an edit of nearly everything for a picture of w by h.
func randomEdit(r *rand.Rand, w, h int) compose.Edit {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	e := compose.Edit{
		Background: compose.Background{Kind: pick("", "color", "blur"), Color: pick("#fff", "#12345678", "#336699"), Blur: r.Float64() * 0.1},
		Shadow:     compose.Shadow{Kind: pick("", "drop", "contact"), Angle: r.Float64() * 360, Distance: r.Float64() * 0.2, Softness: r.Float64() * 0.1, Strength: r.Float64()},
		Outline:    compose.Outline{Width: float64(r.IntN(3)) * 2.5, Color: pick("", "#fff", "#00f8")},
		Crop:       compose.Crop{Trim: r.IntN(2) == 0, Margin: r.Float64() * 0.3},
		Canvas:     compose.Canvas{Center: r.IntN(2) == 0, Upscale: r.IntN(2) == 0},
	}
	if r.IntN(2) == 0 {
		e.Crop.X, e.Crop.Y, e.Crop.W, e.Crop.H = r.IntN(w)-5, r.IntN(h)-5, 1+r.IntN(w), 1+r.IntN(h)
	}
	switch r.IntN(4) {
	case 0:
		e.Canvas.W, e.Canvas.H = 1+r.IntN(2*w), 1+r.IntN(2*h)
	case 1:
		e.Canvas.W = 1 + r.IntN(w)
	case 2:
		e.Canvas.AspectW, e.Canvas.AspectH = 16, 9
	}
	for range r.IntN(6) {
		s := compose.Stroke{
			Tool:     compose.Tool(pick("keep", "remove", "hair", "erase", "restore")),
			Radius:   r.Float64() * float64(w) / 6,
			Hardness: r.Float64(),
		}
		for range 1 + r.IntN(5) {
			s.Points = append(s.Points, compose.Point{X: r.Float64() * float64(w), Y: r.Float64() * float64(h)})
		}
		e.Strokes = append(e.Strokes, s)
	}
	for range r.IntN(3) {
		e.Parts = append(e.Parts, compose.Part{
			At:   compose.Point{X: r.Float64() * float64(w), Y: r.Float64() * float64(h)},
			Keep: r.IntN(2) == 0, After: r.IntN(len(e.Strokes) + 1),
		})
	}
	return e
}
