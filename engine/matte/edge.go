package matte

import (
	"context"
	"image"
	"math"
)

// Shift moves the outline of alpha by px pixels, -10..+10, outwards where
// positive; px beyond is clamped.
func Shift(alpha *image.Gray, px float64) *image.Gray {
	b := alpha.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := 0; y < h; y++ {
		copy(out.Pix[y*out.Stride:][:w], alpha.Pix[alpha.PixOffset(b.Min.X, b.Min.Y+y):][:w])
	}
	if px == 0 || math.IsNaN(px) || w == 0 || h == 0 {
		return out
	}
	px = math.Max(-10, math.Min(10, px))
	grow, _ := distanceTo(context.Background(), w, h, func(i int) bool { return out.Pix[i] >= 128 })
	shrink, _ := distanceTo(context.Background(), w, h, func(i int) bool { return out.Pix[i] < 128 })
	for i := range out.Pix {
		d := math.Sqrt(float64(shrink[i])) - math.Sqrt(float64(grow[i]))
		out.Pix[i] = unit8(float32(d + px + 0.5))
	}
	return out
}

// Feather softens the outline of alpha over about px pixels.
func Feather(alpha *image.Gray, px float64) *image.Gray {
	b := alpha.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	p, room := make([]float32, w*h), make([]float32, w*h)
	for y := 0; y < h; y++ {
		for x, v := range alpha.Pix[alpha.PixOffset(b.Min.X, b.Min.Y+y):][:w] {
			p[y*w+x] = float32(v) / 255
		}
	}
	for range 3 {
		boxMean(p, room, w, h, int(px/4+0.5))
	}
	for i, v := range p {
		out.Pix[i] = unit8(v)
	}
	return out
}
