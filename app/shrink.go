package app

import (
	"context"
	"image"

	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// thumbSide is the longest side of a thumbnail.
const thumbSide = 160

func thumbnail(img image.Image) image.Image {
	return shrink(img, nil, fit(img.Bounds().Size(), image.Pt(thumbSide, thumbSide)))
}

// thumbnailOf shows the cut-out.
func thumbnailOf(original image.Image, cut *matte.Cutout) image.Image {
	front := cut.Foreground
	if front == nil {
		front = original
	}
	size := fit(front.Bounds().Size(), image.Pt(thumbSide, thumbSide))
	small := shrink(front, cut.Alpha, size)
	alpha := shrinkGray(cut.Alpha, size)
	for i, a := range alpha.Pix {
		small.Pix[4*i+3] = uint8(uint32(small.Pix[4*i+3]) * uint32(a) / 255)
	}
	return small
}

// fit returns the largest size of the same shape that is within most and
// within size itself; at least one pixel.
func fit(size, most image.Point) image.Point {
	if size.X <= most.X && size.Y <= most.Y {
		return size
	}
	w, h := most.X, size.Y*most.X/max(size.X, 1)
	if h > most.Y {
		w, h = size.X*most.Y/max(size.Y, 1), most.Y
	}
	return image.Pt(max(w, 1), max(h, 1))
}

// shrinkCutout returns the cut-out at a smaller size. Colours count as much
// as they are seen, so that the old background does not bleed into the edge.
func shrinkCutout(cut *matte.Cutout, size image.Point) *matte.Cutout {
	small := &matte.Cutout{Alpha: shrinkGray(cut.Alpha, size)}
	if cut.Foreground != nil {
		small.Foreground = shrink(cut.Foreground, cut.Alpha, size)
	}
	return small
}

// enough is how many rows of a large area say what its mean is; the rest are
// passed over.
const enough = 16

// shrink averages img down to size, 8 bits a channel. Each pixel counts as
// its alpha says and, where weight is not nil, as weight says; where nothing
// counts all pixels do.
func shrink(img image.Image, weight *image.Gray, size image.Point) *image.NRGBA {
	_, pix, per := pixels(img)
	from := img.Bounds().Size()
	out := image.NewNRGBA(image.Rectangle{Max: size})
	parallel.Do(context.Background(), size.Y, func(y int) {
		y0, y1 := span(y, size.Y, from.Y)
		for x := range size.X {
			x0, x1 := span(x, size.X, from.X)
			var seen, all mean
			alpha := uint64(0)
			for v := y0; v < y1; v += 1 + (y1-y0)/enough {
				line := pix[(v*from.X+x0)*per : (v*from.X+x1)*per]
				var weights []uint8
				if weight != nil {
					weights = weight.Pix[v*weight.Stride+x0 : v*weight.Stride+x1]
				}
				alpha += addLine(&seen, &all, line, weights, per)
			}
			n := all.n
			if seen.n == 0 {
				seen = all
			}
			to := out.Pix[y*out.Stride+4*x:][:4]
			to[0], to[1], to[2], to[3] = seen.of(seen.r), seen.of(seen.g), seen.of(seen.b), uint8((alpha+n/2)/n)
		}
	})
	return out
}

// addLine adds pixels to the sums, by weight and plain, and returns the sum of
// their alpha.
func addLine(seen, all *mean, line, weights []uint8, per int) (alpha uint64) {
	step := per / 4 // from one channel's most significant byte to the next
	var r, g, b, n uint32
	for i := 0; i+per <= len(line); i += per {
		cr, cg, cb, ca := uint32(line[i]), uint32(line[i+step]), uint32(line[i+2*step]), uint32(line[i+3*step])
		r, g, b, n, alpha = r+cr, g+cg, b+cb, n+1, alpha+uint64(ca)
		k := uint64(ca)
		if weights != nil {
			k *= uint64(weights[i/per])
		}
		if k != 0 {
			seen.r, seen.g, seen.b, seen.n = seen.r+k*uint64(cr), seen.g+k*uint64(cg), seen.b+k*uint64(cb), seen.n+k
		}
	}
	all.r, all.g, all.b, all.n = all.r+uint64(r), all.g+uint64(g), all.b+uint64(b), all.n+uint64(n)
	return alpha
}

// mean is a weighted sum of colours.
type mean struct{ r, g, b, n uint64 }

func (m *mean) of(sum uint64) uint8 { return uint8((sum + m.n/2) / m.n) }

// span returns the source pixels that target pixel i covers.
func span(i, target, source int) (from, to int) {
	from = i * source / target
	return from, max((i+1)*source/target, from+1)
}

func shrinkGray(m *image.Gray, size image.Point) *image.Gray {
	from := m.Rect.Size()
	out := image.NewGray(image.Rectangle{Max: size})
	parallel.Do(context.Background(), size.Y, func(y int) {
		y0, y1 := span(y, size.Y, from.Y)
		for x := range size.X {
			x0, x1 := span(x, size.X, from.X)
			sum := 0
			for v := y0; v < y1; v++ {
				for _, a := range m.Pix[v*m.Stride+x0 : v*m.Stride+x1] {
					sum += int(a)
				}
			}
			n := (x1 - x0) * (y1 - y0)
			out.Pix[y*out.Stride+x] = uint8((sum + n/2) / n)
		}
	})
	return out
}
