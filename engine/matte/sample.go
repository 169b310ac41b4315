package matte

import (
	"context"
	"math"

	"kirinuki/engine/parallel"
)

const (
	sampleRays   = 8
	sampleReach  = 80    // pixels of the small picture
	sampleWeight = 0.005 // of a pixel whose colours leave no doubt
	sampleNoise  = 0.03  // colour distance that noise and shading explain
	sampleApart  = 0.10  // colour distance at which subject and background tell themselves apart
)

// sampled adds to a prior what the colours say: every unknown pixel looks
// along rays for known subject and known background, and takes the pair of
// colours that explains its own best as a mixture (after Gastal and Oliveira,
// "Shared Sampling for Real-Time Alpha Matting", 2010). The better the pair
// explains it and the farther its colours are apart, the more it counts.
func (s *small) sampled(ctx context.Context, g *prior) error {
	w, h := s.w, s.h
	alpha, trust := make([]float32, w*h), make([]float32, w*h)
	err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := 0; x < w; x++ {
				if i := y*w + x; s.state[i] == unknown {
					c := s.samplePixel(x, y, sampleReach)
					alpha[i], trust[i] = c.alpha, c.trust
				}
			}
		}
	})
	if err != nil {
		return err
	}
	goal, weight := append([]float32(nil), g.goal...), g.weight
	err = parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := 0; x < w; x++ {
				i := y*w + x
				if s.state[i] != unknown {
					continue
				}
				var a, t float32
				n := 0
				for yy := max(y-1, 0); yy <= min(y+1, h-1); yy++ {
					for xx := max(x-1, 0); xx <= min(x+1, w-1); xx++ {
						j := yy*w + xx
						a += trust[j] * alpha[j]
						t += trust[j]
						n++
					}
				}
				if t <= 0 {
					continue
				}
				k := sampleWeight * t / float32(n)
				goal[i] = (weight[i]*g.goal[i] + k*a/t) / (weight[i] + k)
				weight[i] += k
			}
		}
	})
	g.goal = goal
	return err
}

// sample is what the colours around a pixel say of it.
type sample struct {
	alpha, trust float32 // 0..1
	// The squared colour distances to the most alike known subject and
	// background.
	subject, ground float32
}

// samplePixel looks around (x, y) as far as reach.
func (s *small) samplePixel(x, y, reach int) sample {
	type found struct{ r, g, b, d float32 }
	var fs, bs [sampleRays]found
	nf, nb := 0, 0
	turn := float64((x*7+y*13)%16) / 16
	for k := range sampleRays {
		a := 2 * math.Pi * (float64(k) + turn) / sampleRays
		dx, dy := float32(math.Cos(a)), float32(math.Sin(a))
		gotF, gotB := false, false
		px, py := float32(x)+0.5, float32(y)+0.5
		for step := 1; step < reach && !(gotF && gotB); step++ {
			px += dx
			py += dy
			ix, iy := int(px), int(py)
			if px < 0 || py < 0 || ix >= s.w || iy >= s.h {
				break
			}
			j := iy*s.w + ix
			switch v := s.state[j]; {
			case v == inside && !gotF:
				gotF = true
				fs[nf] = found{s.rgb[3*j], s.rgb[3*j+1], s.rgb[3*j+2], float32(step)}
				nf++
			case v == outside && !gotB:
				gotB = true
				bs[nb] = found{s.rgb[3*j], s.rgb[3*j+1], s.rgb[3*j+2], float32(step)}
				nb++
			}
		}
	}
	if nf == 0 || nb == 0 {
		return sample{}
	}
	i := 3 * (y*s.w + x)
	r, g, b := s.rgb[i], s.rgb[i+1], s.rgb[i+2]
	nearF, nearB := fs[0].d, bs[0].d
	for _, f := range fs[1:nf] {
		nearF = min(nearF, f.d)
	}
	for _, f := range bs[1:nb] {
		nearB = min(nearB, f.d)
	}
	best := float32(math.Inf(1))
	var alpha, bestFit, bestApart float32
	for _, f := range fs[:nf] {
		for _, k := range bs[:nb] {
			u0, u1, u2 := f.r-k.r, f.g-k.g, f.b-k.b
			apart := u0*u0 + u1*u1 + u2*u2
			t := unit(((r-k.r)*u0 + (g-k.g)*u1 + (b-k.b)*u2) / (apart + 1e-6))
			e0, e1, e2 := r-k.r-t*u0, g-k.g-t*u1, b-k.b-t*u2
			fit := e0*e0 + e1*e1 + e2*e2
			cost := fit/(sampleNoise*sampleNoise) + 0.1*(f.d/nearF+k.d/nearB)
			if cost < best {
				best, alpha, bestFit, bestApart = cost, t, fit, apart
			}
		}
	}
	// A pixel that either side alone explains says nothing.
	onlyF, onlyB := float32(math.Inf(1)), float32(math.Inf(1))
	for _, f := range fs[:nf] {
		d0, d1, d2 := r-f.r, g-f.g, b-f.b
		onlyF = min(onlyF, d0*d0+d1*d1+d2*d2)
	}
	for _, f := range bs[:nb] {
		d0, d1, d2 := r-f.r, g-f.g, b-f.b
		onlyB = min(onlyB, d0*d0+d1*d1+d2*d2)
	}
	bestApart = min(bestApart, 4*max(onlyF, onlyB))
	fit := math.Exp(-float64(bestFit) / (sampleNoise * sampleNoise))
	apart := 1 - math.Exp(-float64(bestApart)/(sampleApart*sampleApart))
	return sample{alpha, float32(fit * apart), onlyF, onlyB}
}
