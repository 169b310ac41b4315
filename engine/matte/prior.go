package matte

import (
	"context"
	"image"

	"kirinuki/engine/parallel"
)

// prior is a guess of alpha and how much to trust it, on its own grid.
type prior struct {
	scale        float64 // picture pixels a side of one of its own
	w, h         int
	goal, weight []float32
}

// at returns the guess around the picture's point (x, y).
func (g *prior) at(x, y float64) (goal, weight float32) {
	u, v := float32(x/g.scale-0.5), float32(y/g.scale-0.5)
	x0, y0 := max(int(u+1)-1, 0), max(int(v+1)-1, 0)
	x0, y0 = min(x0, g.w-1), min(y0, g.h-1)
	u, v = max(0, u-float32(x0)), max(0, v-float32(y0))
	x1, y1 := min(x0+1, g.w-1), min(y0+1, g.h-1)
	i, j, k, l := y0*g.w+x0, y0*g.w+x1, y1*g.w+x0, y1*g.w+x1
	goal = (1-v)*((1-u)*g.goal[i]+u*g.goal[j]) + v*((1-u)*g.goal[k]+u*g.goal[l])
	weight = (1-v)*((1-u)*g.weight[i]+u*g.weight[j]) + v*((1-u)*g.weight[k]+u*g.weight[l])
	return goal, weight
}

// How much the mask counts against the matting energy: everywhere by how far
// it is from undecided, and more where it is all but sure.
const (
	maskWeight = 0.003
	sureWeight = 0.05
	sureFrom   = 0.8 // of (2m-1)^2

	flatGain     = 20   // how much more it counts where the picture is flat:
	flatVariance = 4e-4 // where the colours' variance
	flatRadius   = 3    // in this radius is well below this
)

// prior is the mask as the solver's data term: the surer, the stronger.
func (s *small) prior() *prior {
	g := &prior{float64(s.scale), s.w, s.h, s.mask, make([]float32, s.w*s.h)}
	for i, v := range s.mask {
		d := (2*v - 1) * (2*v - 1)
		sure := max(0, d-sureFrom) / (1 - sureFrom)
		g.weight[i] = maskWeight*d + sureWeight*sure*sure
	}
	return g
}

// trustWhereFlat raises a prior's weights where the picture has no contrast:
// there the colours say nothing, and the network saw more than colours.
func (s *small) trustWhereFlat(ctx context.Context, g *prior) error {
	tiles := tilesOf(s.w, s.h, guidedTile, func(r image.Rectangle) bool { return anyPartial(s.state, s.w, r) })
	return parallel.Do(ctx, len(tiles), func(i int) {
		t := tiles[i]
		r := grown(t, flatRadius, s.w, s.h)
		w, h := r.Dx(), r.Dy()
		n := w * h
		buf := make([]float32, 5*n)
		for y := 0; y < h; y++ {
			rgb := s.rgb[3*((y+r.Min.Y)*s.w+r.Min.X):]
			for x := 0; x < w; x++ {
				R, G, B := rgb[3*x], rgb[3*x+1], rgb[3*x+2]
				k := y*w + x
				buf[k], buf[n+k], buf[2*n+k], buf[3*n+k] = R, G, B, R*R+G*G+B*B
			}
		}
		for k := 0; k < 4; k++ {
			boxMean(buf[k*n:(k+1)*n], buf[4*n:], w, h, flatRadius)
		}
		for y := t.Min.Y; y < t.Max.Y; y++ {
			for x := t.Min.X; x < t.Max.X; x++ {
				k := (y-r.Min.Y)*w + x - r.Min.X
				variance := max(0, buf[3*n+k]-buf[k]*buf[k]-buf[n+k]*buf[n+k]-buf[2*n+k]*buf[2*n+k])
				g.weight[y*s.w+x] *= 1 + flatGain*flatVariance/(flatVariance+variance)
			}
		}
	})
}
