package model

import (
	"image"
	"math"
)

// Sample returns the fixed picture on which networks and devices are tried: a
// shaded ball on a graded background. It is always the same.
func Sample() *image.NRGBA {
	const side = 320
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			p := m.Pix[m.PixOffset(x, y):][:4]
			dx, dy := float64(x-side/2)/(side/3), float64(y-side/2)/(side/3)
			if d := dx*dx + dy*dy; d < 1 {
				light := 0.35 + 0.65*max(0, (math.Sqrt(1-d)-dx-dy)/2)
				p[0], p[1], p[2] = byte(235*light), byte(140*light), byte(40*light)
			} else {
				p[0], p[1], p[2] = byte(90+y/4), byte(120+y/4), byte(150+x/8)
			}
			p[3] = 255
		}
	}
	return m
}
