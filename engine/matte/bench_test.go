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
