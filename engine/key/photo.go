package key

import (
	"context"
	"image"

	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// photograph solves the edge of a photographed subject anew by matting: fur
// and cloth meet the background in more ways than one line between two
// colours. Artwork is left as it is, where the unmixing is exact.
func (k *cutter) photograph(ctx context.Context) error {
	if k.artwork() {
		return ctx.Err()
	}
	const outside = 3 // pixels of background beside the subject that may hold some of it
	w, h := k.src.w, k.src.h
	band := uint8(min(max(6, k.edge+4, max(w, h)/400), deepest-8))
	trimap := image.NewGray(image.Rect(0, 0, w, h))
	beside := make([]bool, w*h) // some subject within reach along the row
	if err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			last := -outside - 1
			for x := range w + outside {
				if x < w && k.alpha[y*w+x] > 0 {
					last = x
				}
				if i := x - outside; i >= 0 && last >= i-outside {
					beside[y*w+i] = true
				}
			}
		}
	}); err != nil {
		return err
	}
	if err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				i := y*w + x
				if k.alpha[i] == 255 && k.depth[i] > band {
					trimap.Pix[i] = 255
					continue
				}
				for v := max(0, y-outside); v <= min(h-1, y+outside); v++ {
					if beside[v*w+x] {
						trimap.Pix[i] = 128
						break
					}
				}
			}
		}
	}); err != nil {
		return err
	}
	// Matting learns from the solid inside; where that is little, the edge
	// stays as it is.
	solid, there := 0, 0
	for i, a := range k.alpha {
		if a >= 128 {
			there++
			if trimap.Pix[i] == 255 {
				solid++
			}
		}
	}
	if solid*3 < there {
		return ctx.Err()
	}
	solved, err := matte.Solve(ctx, k.picture, trimap, nil, k.report)
	if err != nil {
		return err
	}
	return parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				i := y*w + x
				if trimap.Pix[i] == 128 {
					k.settleOn(x, y, solved.Pix[y*solved.Stride+x])
				}
			}
		}
	})
}

// settleOn sets a pixel's alpha and, with the background known, its colour:
// F = B + (I-B)/a.
func (k *cutter) settleOn(x, y int, a uint8) {
	const veil, solid = 6, 243
	own, _ := k.src.at(x, y)
	switch {
	case a <= veil:
		a = 0
	case a >= solid:
		a = 255
	default:
		b := k.behind(x, y)
		for i := range own {
			own[i] = b[i] + (own[i]-b[i])*255/float32(a)
		}
	}
	k.alpha[y*k.src.w+x] = a
	k.dst.set(x, y, own)
}

// artwork says whether the subject is drawn: with edges as sharp as pixels
// allow on an even ground, or in few colours, nine tenths of it, not counting
// its edges, in eight of the cells of a coarse histogram.
func (k *cutter) artwork() bool {
	if k.noise < 0.5/255 && k.edge <= 2 {
		return true
	}
	w, h := k.src.w, k.src.h
	var hist [4096]int
	total, thin := 0, 0
	for y, step := 0, max(1, h/1000); y < h; y += step {
		for x := range w {
			d := int(k.depth[y*w+x])
			if d == 0 {
				continue
			}
			if d <= k.edge {
				thin++
				continue
			}
			c, _ := k.src.at(x, y)
			cell := 0
			for _, v := range c {
				cell = cell*16 + int(min(v, 1)*15+0.5)
			}
			hist[cell]++
			total++
		}
	}
	if thin > 4*total { // print, too thin to have an inside
		return true
	}
	few := 0
	for range 8 {
		best := 0
		for i, n := range hist {
			if n > hist[best] {
				best = i
			}
		}
		few += hist[best]
		hist[best] = 0
	}
	return few*10 >= total*9
}
