package matte

import (
	"context"
	"image"
	"testing"
)

func TestRefine_Sizes(t *testing.T) {
	for _, q := range []Quality{"", Off, Fast, Fine} {
		for _, size := range []image.Point{{1, 1}, {1, 9}, {9, 1}, {2, 2}, {3, 700}} {
			src := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
			for i := range src.Pix {
				src.Pix[i] = uint8(i * 37)
			}
			m := Mask{3, 2, []float32{0, 1, 0.5, 0.2, 0.9, 1}}
			c, err := Refine(context.Background(), src, m, Options{Quality: q}, nil)
			if err != nil {
				t.Fatalf("%q %v: %v", q, size, err)
			}
			if c.Alpha.Rect != src.Rect || c.Foreground.Bounds() != src.Rect {
				t.Errorf("%q %v: alpha %v, foreground %v", q, size, c.Alpha.Rect, c.Foreground.Bounds())
			}
		}
	}
}
