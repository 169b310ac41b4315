package matte

import "math"

// colour is R, G, B in 0..1.
type colour [3]float32

// swatch is one of a palette's colours and how much it varies.
type swatch struct {
	mean     colour
	variance float32
	share    float32 // of all the colours it stands for
}

// palette is a few colours that stand for many.
type palette []swatch

const (
	paletteSize   = 6
	paletteSample = 2000
	leastVariance = 0.03 * 0.03
)

// paletteOf returns up to six colours for all of them, by k-means. Colours
// that stand for fewer than a twelfth are left out: a stroke slips easily.
func paletteOf(all []colour) palette {
	if len(all) == 0 {
		return nil
	}
	if step := len(all) / paletteSample; step > 1 {
		some := make([]colour, 0, len(all)/step+1)
		for i := 0; i < len(all); i += step {
			some = append(some, all[i])
		}
		all = some
	}
	// The first start is the mean; each next one is the colour farthest from
	// those before.
	var p palette
	var mean colour
	for _, c := range all {
		for k := range mean {
			mean[k] += c[k] / float32(len(all))
		}
	}
	p = append(p, swatch{mean: mean})
	for len(p) < paletteSize {
		var best float32
		var far colour
		for _, c := range all {
			if d := p.nearest(c); d > best {
				best, far = d, c
			}
		}
		if best < leastVariance {
			break
		}
		p = append(p, swatch{mean: far})
	}
	const rounds = 8
	for round := range rounds {
		sum := make([]colour, len(p))
		spread := make([]float32, len(p))
		count := make([]float32, len(p))
		for _, c := range all {
			at, d := p.find(c)
			for k := range c {
				sum[at][k] += c[k]
			}
			spread[at] += d
			count[at]++
		}
		kept := p[:0]
		for i, n := range count {
			if n == 0 || round == rounds-1 && 12*n < float32(len(all)) {
				continue
			}
			s := swatch{variance: spread[i] / n, share: n / float32(len(all))}
			for k := range s.mean {
				s.mean[k] = sum[i][k] / n
			}
			kept = append(kept, s)
		}
		p = kept
	}
	return p
}

// find returns the swatch nearest to c and its squared distance.
func (p palette) find(c colour) (int, float32) {
	at, best := 0, float32(math.Inf(1))
	for i := range p {
		d0, d1, d2 := c[0]-p[i].mean[0], c[1]-p[i].mean[1], c[2]-p[i].mean[2]
		if d := d0*d0 + d1*d1 + d2*d2; d < best {
			at, best = i, d
		}
	}
	return at, best
}

func (p palette) nearest(c colour) float32 {
	_, d := p.find(c)
	return d
}

// distance returns how far c is from the palette, in standard deviations of
// the swatch that comes nearest, and a large number for an empty palette.
func (p palette) distance(c colour) float32 {
	best := float32(1e6)
	for i := range p {
		d0, d1, d2 := c[0]-p[i].mean[0], c[1]-p[i].mean[1], c[2]-p[i].mean[2]
		best = min(best, (d0*d0+d1*d1+d2*d2)/(p[i].variance+leastVariance))
	}
	return float32(math.Sqrt(float64(best)))
}
