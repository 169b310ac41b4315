package matte

import (
	"context"
	"image"
	"sync/atomic"

	"kirinuki/engine/parallel"
)

// How the band is solved.
const (
	wholePixels  = 1 << 20 // levels up to this size are solved in one piece
	wholeRounds  = 120     // of conjugate gradients at most
	tileRounds   = 24      // the same in a tile
	solveTile    = 96
	solveMargin  = 8 // around a tile, so that neighbours agree at the seam
	solveRing    = 2 // fixed pixels around that, which the stencil reaches
	coarsest     = 24
	exactEpsilon = 1e-6
	safeEpsilon  = 1e-5
	weakestPrior = 1e-5
	settled      = 0.004 // a coarse alpha this near 0 or 1 all around needs no finer look
)

// matting solves the unknown band of a trimap on a pyramid of levels: each
// halves the picture, starts from the next coarser one's solution, and leaves
// alone what that found to be settled. Coarse levels are solved in one piece,
// fine ones in tiles of the band.
type matting struct {
	p      *pixels
	trimap *image.Gray
	prior  *prior // nil for none
	// epsilon is the solver's regularisation: exactEpsilon where the trimap is
	// a person's, safeEpsilon where noise and the traces of compression must
	// not show.
	epsilon float64
	snap    bool // settle faint values at the finest level

	report func(float64)

	// rgb and state are the picture and the trimap at the levels that are
	// solved in one piece, each made from the next finer one.
	rgb   [][]float32
	state [][]uint8
}

// pyramid fills in rgb and state.
func (m *matting) pyramid(ctx context.Context) error {
	for level := 0; ; level++ {
		w, h := m.size(level)
		m.rgb, m.state = append(m.rgb, nil), append(m.state, nil)
		if w*h <= wholePixels {
			rgb, state := make([]float32, 3*w*h), make([]uint8, w*h)
			m.rgb[level], m.state[level] = rgb, state
			if err := parallel.Rows(ctx, h, func(y0, y1 int) {
				for y := y0; y < y1; y++ {
					if level > 0 && m.rgb[level-1] != nil {
						fw, fh := m.size(level - 1)
						halve(rgb[3*y*w:3*(y+1)*w], state[y*w:(y+1)*w], m.rgb[level-1], m.state[level-1], y, fw, fh)
						continue
					}
					m.p.block(rgb[3*y*w:3*(y+1)*w], 0, w, y, level)
					m.states(state[y*w:(y+1)*w], 0, y, level)
				}
			}); err != nil {
				return err
			}
		}
		if max(w, h) <= coarsest {
			return nil
		}
	}
}

// halve writes row y of a level from the next finer one, w by h pixels large.
func halve(rgb []float32, state []uint8, finer []float32, finerState []uint8, y, w, h int) {
	y0, y1 := 2*y*w, min(2*y+1, h-1)*w
	for x := range state {
		x0, x1 := 2*x, min(2*x+1, w-1)
		i, j, k, l := y0+x0, y0+x1, y1+x0, y1+x1
		for c := 0; c < 3; c++ {
			rgb[3*x+c] = (finer[3*i+c] + finer[3*j+c] + finer[3*k+c] + finer[3*l+c]) / 4
		}
		state[x] = unknown
		if v := finerState[i]; v == finerState[j] && v == finerState[k] && v == finerState[l] {
			state[x] = v
		}
	}
}

// size returns a level's size.
func (m *matting) size(level int) (w, h int) {
	s := 1<<level - 1
	return (m.p.w + s) >> level, (m.p.h + s) >> level
}

// solve returns alpha at a level; at level 0 it writes it to out instead.
func (m *matting) solve(ctx context.Context, level int, out *image.Gray) (*plane, error) {
	if m.rgb == nil {
		if err := m.pyramid(ctx); err != nil {
			return nil, err
		}
	}
	w, h := m.size(level)
	var coarse *plane
	if max(w, h) > coarsest {
		var err error
		if coarse, err = m.solve(ctx, level+1, nil); err != nil {
			return nil, err
		}
	}
	alpha, err := m.level(ctx, level, coarse, out)
	if err == nil && m.report != nil {
		done := 1.0
		for range level {
			done /= 3
		}
		m.report(done)
	}
	return alpha, err
}

func (m *matting) level(ctx context.Context, level int, coarse *plane, out *image.Gray) (*plane, error) {
	w, h := m.size(level)
	whole := image.Rect(0, 0, w, h)
	var alpha *plane
	if level > 0 {
		alpha = &plane{w, h, make([]float32, w*h)}
	}
	if w*h <= wholePixels {
		each := func(n int, f func(y0, y1 int)) error { return parallel.Rows(ctx, n, f) }
		q, err := m.problem(level, whole, whole, coarse, each)
		if err != nil {
			return nil, err
		}
		if err := q.assemble(each); err != nil {
			return nil, err
		}
		if err := q.solve(each, wholeRounds, 1e-3); err != nil {
			return nil, err
		}
		m.store(q, whole, alpha, out)
		return alpha, nil
	}
	if level > 0 {
		// Tiles write only themselves; the rest is what the trimap says.
		if err := parallel.Rows(ctx, h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				line := m.trimap.Pix[min(y<<level, m.p.h-1)*m.trimap.Stride:]
				for x := 0; x < w; x++ {
					if line[min(x<<level, m.p.w-1)] == inside {
						alpha.v[y*w+x] = 1
					}
				}
			}
		}); err != nil {
			return nil, err
		}
	}
	if level == 0 {
		for y := 0; y < h; y++ {
			copy(out.Pix[y*out.Stride:][:w], m.trimap.Pix[y*m.trimap.Stride:])
		}
	}
	tiles := tilesOf(w, h, solveTile, func(r image.Rectangle) bool {
		full := image.Rect(r.Min.X<<level, r.Min.Y<<level, min(m.p.w, r.Max.X<<level), min(m.p.h, r.Max.Y<<level))
		return anyPartial(m.trimap.Pix, m.trimap.Stride, full)
	})
	var failed atomic.Pointer[error]
	err := parallel.Do(ctx, len(tiles), func(i int) {
		t := tiles[i]
		free := grown(t, solveMargin, w, h)
		q, err := m.problem(level, grown(free, solveRing, w, h), free, coarse, serial)
		if err == nil && q.n > 0 {
			q.assemble(serial)
			q.solve(serial, tileRounds, 1e-2)
		}
		if err != nil {
			failed.Store(&err)
			return
		}
		m.store(q, t, alpha, out)
	})
	if e := failed.Load(); e != nil {
		return nil, *e
	}
	return alpha, err
}

// store writes the part t of a solved problem to the level's alpha, or to out
// at the finest level.
func (m *matting) store(q *problem, t image.Rectangle, alpha *plane, out *image.Gray) {
	for y := t.Min.Y; y < t.Max.Y; y++ {
		x := q.x[(y-q.r.Min.Y)*q.w+t.Min.X-q.r.Min.X:][:t.Dx()]
		if alpha != nil {
			copy(alpha.v[y*alpha.w+t.Min.X:], x)
			continue
		}
		given := m.trimap.Pix[y*m.trimap.Stride+t.Min.X:]
		line := out.Pix[y*out.Stride+t.Min.X:]
		for i, v := range x {
			switch {
			case given[i]-1 >= 254:
				line[i] = given[i]
			case m.snap:
				line[i] = snap(v)
			default:
				line[i] = unit8(v)
			}
		}
	}
}

// problem sets up the problem of rectangle r of a level, of which the pixels
// in free may change. coarse is the solution of the next coarser level, nil
// at the coarsest.
func (m *matting) problem(level int, r, free image.Rectangle, coarse *plane, each func(h int, f func(y0, y1 int)) error) (*problem, error) {
	w, h := r.Dx(), r.Dy()
	var rgb []float32
	if m.rgb[level] != nil {
		rgb = m.rgb[level]
	} else {
		rgb = make([]float32, 3*w*h)
	}
	x, state := make([]float32, w*h), make([]uint8, w*h)
	side := float64(int(1) << level)
	err := each(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			line, start := state[y*w:(y+1)*w], x[y*w:(y+1)*w]
			if m.rgb[level] != nil {
				copy(line, m.state[level][y*w:])
			} else {
				m.p.block(rgb[3*y*w:3*(y+1)*w], r.Min.X, r.Max.X, y+r.Min.Y, level)
				m.states(line, r.Min.X, y+r.Min.Y, level)
			}
			for i, v := range line {
				switch {
				case v == inside:
					start[i] = 1
				case v == outside:
				case coarse != nil:
					var fixed bool
					start[i], fixed = coarse.above(i+r.Min.X, y+r.Min.Y)
					if fixed && m.prior != nil {
						// What is too small for a coarse level is still meant.
						g, _ := m.prior.at((float64(i+r.Min.X)+0.5)*side, (float64(y+r.Min.Y)+0.5)*side)
						if d := g - start[i]; d > 0.25 || d < -0.25 {
							fixed = false
							start[i] = g
						}
					}
					if fixed {
						line[i] = outside
						if start[i] > 0.5 {
							line[i] = inside
						}
					}
				default:
					start[i] = 0.5
					if m.prior != nil {
						start[i], _ = m.prior.at((float64(i+r.Min.X)+0.5)*side, (float64(y+r.Min.Y)+0.5)*side)
					}
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	q := newProblem(r, free, state)
	q.rgb, q.x = rgb, x
	q.epsilon = m.epsilon
	q.weight, q.goal = make([]float32, q.n), make([]float32, q.n)
	return q, each(h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for _, s := range q.rows[y] {
				for i := s.x0; i < s.x1; i++ {
					k := s.at + i - s.x0
					q.goal[k], q.weight[k] = x[y*w+int(i)], weakestPrior
					if m.prior != nil {
						g, t := m.prior.at((float64(int(i)+r.Min.X)+0.5)*side, (float64(y+r.Min.Y)+0.5)*side)
						if t > weakestPrior {
							q.goal[k], q.weight[k] = g, t
						}
					}
				}
			}
		}
	})
}

// block writes the colours of pixels x0..x1-1 of row y of a level to dst,
// interleaved, in 0..1: the means of the picture's pixels under each.
func (p *pixels) block(dst []float32, x0, x1, y, level int) {
	if level == 0 {
		p.rgb(dst, y, x0, x1)
		return
	}
	clear(dst)
	fx0, fx1 := x0<<level, min(x1<<level, p.w)
	line := make([]float32, 3*(fx1-fx0))
	rows := min((y+1)<<level, p.h) - y<<level
	for fy := y << level; fy < y<<level+rows; fy++ {
		p.rgb(line, fy, fx0, fx1)
		for i := 0; i < fx1-fx0; i++ {
			o := 3 * (i >> level)
			dst[o] += line[3*i]
			dst[o+1] += line[3*i+1]
			dst[o+2] += line[3*i+2]
		}
	}
	for i := 0; i < x1-x0; i++ {
		f := 1 / float32(rows*(min((x0+i+1)<<level, p.w)-(x0+i)<<level))
		dst[3*i] *= f
		dst[3*i+1] *= f
		dst[3*i+2] *= f
	}
}

// states writes what the trimap says of a level's pixels from (x0, y) on:
// subject or background where all of the picture's pixels under one are.
func (m *matting) states(line []uint8, x0, y, level int) {
	t := m.trimap
	if level == 0 {
		copy(line, t.Pix[y*t.Stride+x0:])
		return
	}
	for i := range line {
		fx0, fx1 := (x0+i)<<level, min((x0+i+1)<<level, m.p.w)
		v := t.Pix[y<<level*t.Stride+fx0]
	look:
		for fy := y << level; fy < min((y+1)<<level, m.p.h); fy++ {
			for _, u := range t.Pix[fy*t.Stride+fx0 : fy*t.Stride+fx1] {
				if u != v {
					v = unknown
					break look
				}
			}
		}
		line[i] = v
	}
}

// plane is a level's alpha.
type plane struct {
	w, h int
	v    []float32
}

// above returns the alpha that a level starts from at (x, y), from the
// coarser one's, and whether all around it is settled there.
func (p *plane) above(x, y int) (alpha float32, fixed bool) {
	u, v := float32(x)/2-0.25, float32(y)/2-0.25
	x0, y0 := max(int(u+1)-1, 0), max(int(v+1)-1, 0)
	u, v = max(0, u-float32(x0)), max(0, v-float32(y0))
	x1, y1 := min(x0+1, p.w-1), min(y0+1, p.h-1)
	i, j, k, l := y0*p.w+x0, y0*p.w+x1, y1*p.w+x0, y1*p.w+x1
	alpha = (1-v)*((1-u)*p.v[i]+u*p.v[j]) + v*((1-u)*p.v[k]+u*p.v[l])
	if alpha > settled && alpha < 1-settled {
		return unit(alpha), false
	}
	for cy := max(y/2-1, 0); cy <= min(y/2+1, p.h-1); cy++ {
		for cx := max(x/2-1, 0); cx <= min(x/2+1, p.w-1); cx++ {
			if d := p.v[cy*p.w+cx] - alpha; d > settled || d < -settled {
				return unit(alpha), false
			}
		}
	}
	if alpha > 0.5 {
		return 1, true
	}
	return 0, true
}
