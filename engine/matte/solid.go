package matte

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// What counts as a veil: an area of middling alpha without structure, wider
// than a soft edge is. Lengths are shares of the longer side.
const (
	veilWindow  = 0.006 // radius in which alpha must be without structure
	veilFlat    = 0.12  // its variance, as a share of that of hair
	veilWidth   = 0.022 // half the least width of a veil
	veilLeast   = 13    // the same in pixels of the small picture
	veilSeam    = 0.006 // over which it fades in
	veilGain    = 8     // how much steeper alpha gets in it
	veilSupport = 0.5   // share of pixels whose colours say that it is real
	holeSupport = 0.8   // ... or that it is the background
)

// solidify makes veils solid or clears them, whichever is nearer: where a
// network is in doubt about a whole thing, alpha comes out halfway for all of
// it, and a half-transparent thing is wrong either way. Hair, fur and blur
// are not veils (alpha there is either full of structure or narrow), nor is
// what the colours show to be a mixture of subject and background, such as
// glass.
func (s *small) solidify(ctx context.Context, p *pixels, alpha *image.Gray, o Options) error {
	w, h := s.w, s.h
	side := float64(max(w, h))
	window := max(1, int(veilWindow*side))
	width := float32(math.Pow(max(veilLeast, veilWidth*side), 2))
	if o.Quality.guided() {
		width *= 4 // the guided filter leaves hair no structure
	}
	seam := float32(math.Pow(veilSeam*side+1, 2))
	a := shrinkAlpha(alpha, s.scale, s.state)
	mean, square := append([]float32(nil), a...), make([]float32, w*h)
	for i, v := range a {
		square[i] = v * v
	}
	room := make([]float32, w*h)
	boxMean(mean, room, w, h, window)
	boxMean(square, room, w, h, window)
	veil := make([]uint8, w*h)
	some := false
	for i, m := range mean {
		if s.state[i] == unknown && m > 0.06 && m < 0.94 && square[i]-m*m < veilFlat*m*(1-m) {
			veil[i] = 255
			some = true
		}
	}
	if !some {
		return nil
	}
	// Only what is wide: opened by a disc.
	depth, err := distanceTo(ctx, w, h, func(i int) bool { return veil[i] == 0 })
	if err != nil {
		return err
	}
	core, err := distanceTo(ctx, w, h, func(i int) bool { return depth[i] >= width && depth[i] < far })
	if err != nil {
		return err
	}
	for i, d := range core {
		if d > width {
			veil[i] = 0
		}
	}
	s.keepTranslucent(a, veil)
	near, err := distanceTo(ctx, w, h, func(i int) bool { return veil[i] != 0 })
	if err != nil {
		return err
	}
	return parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := 0; x < w; x++ {
				d := near[y*w+x]
				if d >= seam || s.state[y*w+x] != unknown {
					continue
				}
				gain := 1 + (veilGain-1)*(1-d/seam)
				for py := y * s.scale; py < min(p.h, (y+1)*s.scale); py++ {
					row := alpha.Pix[py*alpha.Stride:]
					for px := x * s.scale; px < min(p.w, (x+1)*s.scale); px++ {
						row[px] = unit8(0.5 + (float32(row[px])/255-0.5)*gain)
					}
				}
			}
		}
	})
}

// keepTranslucent takes out of veil the parts that are plausibly translucent.
func (s *small) keepTranslucent(alpha []float32, veil []uint8) {
	l, parts := s.examine(alpha, veil)
	for i, id := range l.ID {
		if id != 0 && parts[id].glass {
			veil[i] = 0
		}
	}
}

// verdict is what the colours say of an area in doubt.
type verdict struct {
	glass  bool // mixtures of subject and background, in about alpha's proportion
	ground bool // the background itself
}

// examine asks the colours of each connected part of area, by its label.
func (s *small) examine(alpha []float32, area []uint8) (*Labels, []verdict) {
	l := components(s.w, s.h, 128, func(y int) []uint8 { return area[y*s.w : (y+1)*s.w] })
	asked := make([]float64, len(l.Parts)+1)
	glass, ground := make([]float64, len(asked)), make([]float64, len(asked))
	step := 3
	if len(l.Parts) > 0 && l.Parts[0].Area < 2000 {
		step = 1
	}
	for y := 0; y < s.h; y += step {
		for x := 0; x < s.w; x += step {
			i := y*s.w + x
			id := l.ID[i]
			if id == 0 {
				continue
			}
			asked[id]++
			c := s.samplePixel(x, y, max(s.w, s.h)/2)
			if d := c.alpha - alpha[i]; d > -0.2 && d < 0.2 && c.alpha > 0.08 && c.alpha < 0.92 {
				glass[id] += float64(c.trust)
			}
			if c.ground < sampleApart*sampleApart && c.subject > 2*sampleApart*sampleApart && c.ground < 0.15*c.subject {
				ground[id]++
			}
		}
	}
	parts := make([]verdict, len(asked))
	for id, n := range asked {
		parts[id] = verdict{glass[id] > veilSupport*n, ground[id] > holeSupport*n}
	}
	return l, parts
}

// removeFaint clears detached parts that the solver left of nothing: small
// ones, and those that are faint all over.
func (s *small) removeFaint(ctx context.Context, p *pixels, alpha *image.Gray) error {
	a := shrinkAlpha(alpha, s.scale, s.state)
	line := make([]uint8, s.w)
	l := components(s.w, s.h, 10, func(y int) []uint8 {
		for x, v := range a[y*s.w : (y+1)*s.w] {
			line[x] = unit8(v)
		}
		return line
	})
	if len(l.Parts) < 2 {
		return nil
	}
	pixels, most := make([]float64, len(l.Parts)+1), make([]float32, len(l.Parts)+1)
	for i, id := range l.ID {
		pixels[id]++
		most[id] = max(most[id], a[i])
	}
	drop := make([]bool, len(l.Parts)+1)
	for k, part := range l.Parts {
		if k > 0 {
			drop[k+1] = part.Area < speckShare*l.Parts[0].Area || part.Area < 0.35*pixels[k+1] || most[k+1] < 0.6
		}
	}
	return parallel.Rows(ctx, s.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := 0; x < s.w; x++ {
				if !drop[l.ID[y*s.w+x]] {
					continue
				}
				for py := y * s.scale; py < min(p.h, (y+1)*s.scale); py++ {
					clear(alpha.Pix[py*alpha.Stride+x*s.scale : py*alpha.Stride+min(p.w, (x+1)*s.scale)])
				}
			}
		}
	})
}
