package key

import (
	"image"
	"math"
	"slices"
)

// What a border must be like to be called plain. Too strict costs only the
// network's time; too loose ruins a photograph. The figures were set on
// scans, product shots and landscapes with an even sky.
const (
	plainShare   = 0.80      // of the whole border fits the surface
	plainSide    = 0.35      // ... and of each side
	plainSpeckle = 0.03      // of the border misses it in short runs: texture
	plainNoise   = 4.0 / 255 // standard deviation around the surface
	plainRange   = 0.22      // of the surface along the border: a lamp, not a sky
	plainDark    = 0.16      // below this, noise hides and less of it is allowed
	clearAlpha   = 8.0 / 255 // below this a pixel is transparent
	clearFilled  = 0.97      // of its bounding box: a padded photograph, no cut-out
	fits         = 6.0 / 255 // distance from the surface that always fits
	near         = 0.09      // distance at which the first fits still look
)

// sample is one pixel of the border ring.
type sample struct {
	u, v float64 // -1..1
	c    [3]float64
	in   bool // fits the surface
}

// Plain says whether img's border is one plain colour, and what it is. The
// answer errs towards no: mild shading, noise and a subject that touches part
// of the border are fine; an even sky above a landscape is not. Where the
// answer is no, the Background still is the border's most common colour, so
// that a person can ask for the key by hand.
//
// img should be an *image.NRGBA or *image.NRGBA64; only the border is read.
func Plain(img image.Image) (Background, bool) {
	r := open(img)
	if r.w == 0 || r.h == 0 {
		return Background{}, false
	}
	sides, clear := r.ring()
	total, seen := 0, 0
	for _, s := range sides {
		total += len(s)
	}
	seen = total + clear
	if float64(clear) >= 0.9*float64(seen) {
		return Background{Clear: true}, !r.padded()
	}
	all := slices.Concat(sides[0], sides[1], sides[2], sides[3])
	bg := fit(all)
	return bg, r.w >= 8 && r.h >= 8 && isPlain(&bg, sides, all, clear)
}

// ring samples the border: four sides, each a list of positions along it at
// three depths. Transparent pixels are counted, not sampled.
func (r *raster) ring() (sides [4][]sample, clear int) {
	depth := max(1, min(r.w, r.h)/100)
	for side := range sides {
		long, across := r.w, r.h
		if side >= 2 {
			long, across = r.h, r.w
		}
		n := min(long, 512)
		for i := range n {
			t := (2*i + 1) * long / (2 * n)
			for k := range 3 {
				d := k * depth / 2
				if d >= across || k > 0 && d == (k-1)*depth/2 {
					continue
				}
				x, y := t, d
				switch side {
				case 1:
					y = r.h - 1 - d
				case 2:
					x, y = d, t
				case 3:
					x, y = r.w-1-d, t
				}
				c, a := r.at(x, y)
				if a < clearAlpha {
					clear++
					continue
				}
				u, v := r.uv(x, y)
				sides[side] = append(sides[side], sample{u: u, v: v,
					c: [3]float64{float64(c[0]), float64(c[1]), float64(c[2])}})
			}
		}
	}
	return sides, clear
}

// uv places a pixel's centre in -1..1.
func (r *raster) uv(x, y int) (u, v float64) {
	return (2*float64(x)+1)/float64(r.w) - 1, (2*float64(y)+1)/float64(r.h) - 1
}

// padded says whether the opaque pixels fill a rectangle: a photograph with a
// transparent margin, whose own alpha says nothing about its subject.
func (r *raster) padded() bool {
	step := max(1, max(r.w, r.h)/512)
	x0, y0, x1, y1, n := r.w, r.h, -1, -1, 0
	for y := 0; y < r.h; y += step {
		for x := 0; x < r.w; x += step {
			if _, a := r.at(x, y); a >= clearAlpha {
				x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
				n++
			}
		}
	}
	if n == 0 {
		return false
	}
	box := ((x1-x0)/step + 1) * ((y1-y0)/step + 1)
	return box > 64 && float64(n) > clearFilled*float64(box)
}

// fit finds the most common colour and the surface through what lies near
// it: flat first, then tilted, then bent, each fit widening what counts.
func fit(s []sample) Background {
	bg := Background{}
	if len(s) == 0 {
		return bg
	}
	for i, v := range mode(s) {
		bg.Surface[i][0] = v
	}
	for _, terms := range []int{1, 1, 3, 3, 6, 6, 6} {
		limit := math.Max(fits, 3.5*bg.Noise)
		if terms < 6 || bg.Noise == 0 {
			limit = math.Max(limit, near)
		}
		if terms == 6 {
			limit = math.Max(fits, 3.5*bg.Noise)
		}
		mark(&bg, s, limit)
		bg.solve(s, terms)
		bg.measure(s)
	}
	mark(&bg, s, math.Max(fits, 3.5*bg.Noise))
	var far float64
	for _, p := range s {
		if p.in {
			far = math.Max(far, bg.residual(p))
		}
	}
	// A border of exactly one colour should give exactly that colour.
	if far < 0.5/255 {
		for i := range bg.Surface {
			bg.Surface[i] = [6]float64{median(s, i)}
		}
		bg.Noise = 0
	}
	bg.tails(s)
	for i := range bg.Color {
		bg.Color[i] = median(s, i)
	}
	return bg
}

// mode returns the mean of the fullest cell of a coarse colour histogram,
// looked at together with its neighbours so that no cell border splits it.
func mode(s []sample) [3]float64 {
	const n = 16
	var hist [n + 2][n + 2][n + 2]int32
	cell := func(v float64) int { return 1 + min(n-1, int(v*n)) }
	for _, p := range s {
		r, g, b := cell(p.c[0]), cell(p.c[1]), cell(p.c[2])
		for i := r - 1; i <= r+1; i++ {
			for j := g - 1; j <= g+1; j++ {
				for k := b - 1; k <= b+1; k++ {
					hist[i][j][k]++
				}
			}
		}
	}
	best, at := int32(-1), [3]int{}
	for i := 1; i <= n; i++ {
		for j := 1; j <= n; j++ {
			for k := 1; k <= n; k++ {
				if hist[i][j][k] > best {
					best, at = hist[i][j][k], [3]int{i, j, k}
				}
			}
		}
	}
	var sum [3]float64
	var count float64
	for _, p := range s {
		inside := true
		for i := range at {
			if d := cell(p.c[i]) - at[i]; d < -1 || d > 1 {
				inside = false
			}
		}
		if inside {
			count++
			for i := range sum {
				sum[i] += p.c[i]
			}
		}
	}
	for i := range sum {
		sum[i] /= count
	}
	return sum
}

// residual is the largest difference of a sample from the surface.
func (b *Background) residual(p sample) float64 {
	c := b.at(p.u, p.v)
	return math.Max(math.Abs(p.c[0]-float64(c[0])),
		math.Max(math.Abs(p.c[1]-float64(c[1])), math.Abs(p.c[2]-float64(c[2]))))
}

// mark notes which samples lie within limit of the surface.
func mark(b *Background, s []sample, limit float64) {
	for i := range s {
		s[i].in = b.residual(s[i]) <= limit
	}
}

// measure sets Noise from the median residual of the marked samples; the
// median of the largest of three normal residuals is 1.22 deviations.
func (b *Background) measure(s []sample) {
	var d []float64
	for _, p := range s {
		if p.in {
			d = append(d, b.residual(p))
		}
	}
	b.Noise = 0
	if len(d) > 0 {
		slices.Sort(d)
		b.Noise = d[len(d)/2] / 1.22
	}
}

// tails raises Noise where the residuals have longer tails than their median
// says, as those of a compressed picture do: few, but large. A normal
// distribution has its 98th percentile at 2.7 deviations.
func (b *Background) tails(s []sample) {
	var d []float64
	for _, p := range s {
		if p.in {
			d = append(d, b.residual(p))
		}
	}
	if n := len(d); n > 0 {
		slices.Sort(d)
		b.Noise = math.Max(b.Noise, d[n*98/100]/2.7)
	}
}

// median of one channel over the marked samples.
func median(s []sample, channel int) float64 {
	var d []float64
	for _, p := range s {
		if p.in {
			d = append(d, p.c[channel])
		}
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}

// solve fits the surface's first terms to the marked samples by least
// squares, a little ridge keeping terms that the samples say nothing about at
// zero.
func (b *Background) solve(s []sample, terms int) {
	var m [6][6]float64
	var rhs [3][6]float64
	n := 0.0
	for _, p := range s {
		if !p.in {
			continue
		}
		n++
		x := [6]float64{1, p.u, p.v, p.u * p.u, p.u * p.v, p.v * p.v}
		for i := range terms {
			for j := range terms {
				m[i][j] += x[i] * x[j]
			}
			for c := range rhs {
				rhs[c][i] += x[i] * p.c[c]
			}
		}
	}
	if n == 0 {
		return
	}
	for i := 1; i < terms; i++ {
		m[i][i] += 1e-3 * n
	}
	for c := range rhs {
		b.Surface[c] = gauss(m, rhs[c], terms)
	}
}

// gauss solves the first n rows of m*x = y; m is positive definite.
func gauss(m [6][6]float64, y [6]float64, n int) (x [6]float64) {
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := m[j][i] / m[i][i]
			for k := i; k < n; k++ {
				m[j][k] -= f * m[i][k]
			}
			y[j] -= f * y[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		x[i] = y[i]
		for k := i + 1; k < n; k++ {
			x[i] -= m[i][k] * x[k]
		}
		x[i] /= m[i][i]
	}
	return x
}

// isPlain holds the fitted surface against what plain means.
func isPlain(bg *Background, sides [4][]sample, all []sample, clear int) bool {
	loose, noise := math.Max(fits, 3.5*bg.Noise), plainNoise
	if max(bg.Color[0], bg.Color[1], bg.Color[2]) < plainDark {
		loose, noise = math.Max(fits/2, 3.5*bg.Noise), plainNoise/3
	}
	if bg.Noise > noise {
		return false
	}
	mark(bg, all, loose)
	total, speckle, run, at := 0, 0, 0, 0
	for _, side := range sides {
		n := 0
		for range side {
			if all[at].in {
				n++
				if run*50 < len(all) {
					speckle += run
				}
				run = 0
			} else {
				run++
			}
			at++
		}
		if len(side) > 0 && float64(n) < plainSide*float64(len(side)) {
			return false
		}
		total += n
	}
	if float64(total+clear) < plainShare*float64(len(all)+clear) || total == 0 {
		return false
	}
	if float64(speckle) > plainSpeckle*float64(len(all)) {
		return false
	}
	return bg.span(all) <= plainRange
}

// span is how far the surface's colour runs along the border.
func (b *Background) span(s []sample) float64 {
	lo, hi := [3]float32{9, 9, 9}, [3]float32{-9, -9, -9}
	for _, p := range s {
		if !p.in {
			continue
		}
		for i, v := range b.at(p.u, p.v) {
			lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
		}
	}
	return float64(max(hi[0]-lo[0], hi[1]-lo[1], hi[2]-lo[2]))
}
