package matte

import (
	"context"
	"image"
	"math"

	"kirinuki/engine/parallel"
)

// segment decides for every cell of the patch whether it belongs to the
// subject, given the hints, the base and the colours: a random walker with
// priors (Grady, "Multilabel Random Walker Image Segmentation Using Prior
// Models", 2005). It returns the probability a cell; a cell changes sides
// only where it hangs together with a hint.
func (g *patch) segment(ctx context.Context) ([]float32, error) {
	out := append([]float32(nil), g.alpha...)
	for _, say := range []Hint{Keep, Remove} {
		if err := g.spread(ctx, say, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// spread answers the strokes of one kind into labels.
func (g *patch) spread(ctx context.Context, say Hint, labels []float32) error {
	n := g.w * g.h
	// "there" is the side that the stroke names: 1 for Keep, 0 for Remove.
	there := func(i int) float32 {
		if say == Keep {
			return g.alpha[i]
		}
		return 1 - g.alpha[i]
	}
	other := Remove
	if say == Remove {
		other = Keep
	}
	var wanted, rest []colour
	started := false
	for i, v := range g.said {
		switch {
		case v == say && there(i) < 0.5:
			started = true
			wanted = append(wanted, colour(g.rgb[3*i:3*i+3]))
		case v == other:
			rest = append(rest, colour(g.rgb[3*i:3*i+3]))
		}
	}
	if !started {
		// It only says again what is so.
		return nil
	}
	near, err := distanceTo(ctx, g.w, g.h, func(i int) bool { return g.said[i] == say && there(i) < 0.5 })
	if err != nil {
		return err
	}
	looks := paletteOf(wanted)
	// What it must be told apart from: the colours some way off, but not those
	// of the stroke itself that are rare there, being the same thing's.
	reach := touchReach * float64(max(g.p.w, g.p.h)) / float64(int(1)<<g.level)
	// A small stroke is about something small.
	heard := min(reach, max(6, 6*math.Sqrt(float64(len(wanted)))))
	var around []colour
	for i := 0; i < n; i++ {
		if g.said[i] == NoHint && there(i) < 0.5 && near[i] > float32(reach*reach/4) {
			around = append(around, colour(g.rgb[3*i:3*i+3]))
		}
	}
	against := paletteOf(rest)
	others := paletteOf(around)
	var alike float32
	for _, c := range others {
		if looks.distance(c.mean) <= alikeFrom {
			alike += c.share
		}
	}
	for _, c := range others {
		if alike > alikeShare || looks.distance(c.mean) > alikeFrom {
			against = append(against, c)
		}
	}
	state := make([]uint8, n)
	for i, v := range g.said {
		state[i] = unknown
		if v == say || v == other || there(i) > 0.95 {
			state[i] = inside
		}
	}
	whole := image.Rect(0, 0, g.w, g.h)
	q := newProblem(whole, whole, state)
	q.rgb = g.rgb
	q.x = make([]float32, n)
	q.weight, q.goal = make([]float32, q.n), make([]float32, q.n)
	for i := range q.x {
		q.x[i] = there(i)
		switch g.said[i] {
		case say:
			q.x[i] = 1
		case other:
			q.x[i] = 0
		}
	}
	for y := 0; y < g.h; y++ {
		for _, s := range q.rows[y] {
			for x := s.x0; x < s.x1; x++ {
				i, k := y*g.w+int(x), s.at+x-s.x0
				c := colour(g.rgb[3*i : 3*i+3])
				a, b := looks.distance(c), against.distance(c)
				likely := float32(1 / (1 + math.Exp(float64(a-min(b, 6))*1.5)))
				far := min(float32(math.Sqrt(float64(near[i]))/heard), 1.5)
				// The farther from the stroke, the more the base counts.
				hold := 0.002 + 0.3*far*far*far*far*far*far
				tell := float32(0.06)
				q.weight[k] = hold + tell
				q.goal[k] = (hold*q.x[i] + tell*likely) / (hold + tell)
			}
		}
	}
	each := func(n int, f func(y0, y1 int)) error { return parallel.Rows(ctx, n, f) }
	if err := q.walk(each); err != nil {
		return err
	}
	if err := q.solve(each, 150, 1e-3); err != nil {
		return err
	}
	// Only what hangs together with the stroke changes.
	changed := make([]uint8, n)
	for i, v := range q.x {
		if v >= 0.5 && there(i) < 0.5 {
			changed[i] = 255
		}
	}
	l := components(g.w, g.h, 128, func(y int) []uint8 { return changed[y*g.w : (y+1)*g.w] })
	touched := make([]bool, len(l.Parts)+1)
	for i, id := range l.ID {
		if g.said[i] == say {
			touched[id] = true
		}
	}
	touched[0] = false
	for i, id := range l.ID {
		if touched[id] {
			labels[i] = 1
			if say == Remove {
				labels[i] = 0
			}
		}
	}
	return nil
}

// walk fills in the stencil with the graph Laplacian of the eight neighbours,
// weighted by how alike their colours are.
func (q *problem) walk(each func(h int, f func(y0, y1 int)) error) error {
	difference := func(i, j int) float32 {
		a, b := q.rgb[3*i:3*i+3], q.rgb[3*j:3*j+3]
		d0, d1, d2 := a[0]-b[0], a[1]-b[1], a[2]-b[2]
		return d0*d0 + d1*d1 + d2*d2
	}
	var mean float64
	for i := 0; i+1 < q.w*q.h; i++ {
		mean += float64(difference(i, i+1))
	}
	beta := 1 / (2*mean/float64(q.w*q.h) + 1e-4)
	q.stencil = make([]float32, 25*q.n)
	return each(q.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for _, s := range q.rows[y] {
				for x := s.x0; x < s.x1; x++ {
					out := q.stencil[25*(s.at+x-s.x0):][:25]
					for dy := -1; dy <= 1; dy++ {
						for dx := -1; dx <= 1; dx++ {
							px, py := int(x)+dx, y+dy
							if dx == 0 && dy == 0 || px < 0 || py < 0 || px >= q.w || py >= q.h {
								continue
							}
							v := float32(math.Exp(-beta*float64(difference(y*q.w+int(x), py*q.w+px)))) + 1e-3
							if dx != 0 && dy != 0 {
								v *= 0.7
							}
							out[5*(dy+2)+dx+2] = -v
							out[12] += v
						}
					}
				}
			}
		}
	})
}
