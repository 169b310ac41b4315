package matte

import (
	"image"
	"testing"
)

// phonePhoto is a picture of 12 megapixels with its coarse mask: the lion
// where the shared photos are there, else a ball of hair.
func phonePhoto(b testing.TB) (*image.NRGBA, Mask) {
	const w, h = 4000, 3000
	src, ok := photo(b, "animal-3.jpg")
	m, err := readMask("animal-3")
	if !ok || err != nil {
		alpha, fore := hairBall(500, 375, 1)
		src = compose(fore, backdrop("busy", 1, 500, 375, fore), alpha)
		m = coarseMask(alpha, 1, 2, 2)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	planes := [3]Mask{}
	for k := range planes {
		p := make([]float32, src.Rect.Dx()*src.Rect.Dy())
		for i := range p {
			p[i] = float32(src.Pix[4*i+k]) / 255
		}
		planes[k] = Resize(Mask{src.Rect.Dx(), src.Rect.Dy(), p}, w, h)
	}
	for i := range w * h {
		for k := range planes {
			out.Pix[4*i+k] = unit8(planes[k].P[i])
		}
		out.Pix[4*i+3] = 255
	}
	return out, m
}

func BenchmarkRefine12MP(b *testing.B) {
	src, m := phonePhoto(b)
	for _, q := range []Quality{Off, Fast, Fine} {
		b.Run(string(q), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Refine(ctxTest, src, m, Options{Quality: q}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTouch1MP is one stroke at screen size.
func BenchmarkTouch1MP(b *testing.B) {
	const w, h = 1200, 840
	alpha, fore := hairBall(w, h, 1)
	src := compose(fore, backdrop("busy", 1, w, h, fore), alpha)
	base, err := Refine(ctxTest, src, coarseMask(alpha, 1, 4, 2), Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, say := range map[string]Hint{"keep": Keep, "remove": Remove, "unknown": Unknown} {
		hints := noHints(src)
		switch say {
		case Keep:
			stroke(hints, say, 250, 200, 300, 240, 8)
		case Remove:
			stroke(hints, say, 500, 400, 560, 430, 8)
		default:
			stroke(hints, say, 600, 150, 760, 210, 20)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Touch(ctxTest, src, base, hints, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEdge12MP(b *testing.B) {
	a := disc(4000, 3000, 2000, 1500, 1200)
	b.Run("shift", func(b *testing.B) {
		for b.Loop() {
			Shift(a, 3)
		}
	})
	b.Run("feather", func(b *testing.B) {
		for b.Loop() {
			Feather(a, 12)
		}
	})
	b.Run("components", func(b *testing.B) {
		for b.Loop() {
			Components(a)
		}
	})
}
