package matte

import "image"

// span is a run of unknown pixels in one row of a problem; at is the first
// one's number among all unknown pixels.
type span struct{ x0, x1, at int32 }

// problem is the matting of one rectangle: find the alpha of the unknown
// pixels given the others. It is the energy of Levin, Lischinski and Weiss,
// "A Closed-Form Solution to Natural Image Matting" (2008), equation 12 on
// 3x3 windows, plus a data term:
//
//	alpha' L alpha + sum_i weight_i (alpha_i - goal_i)^2
//
// Memory is a few planes of the rectangle and about 130 bytes an unknown
// pixel.
type problem struct {
	r    image.Rectangle // on the level's grid
	w, h int
	rgb  []float32 // w*h*3
	x    []float32 // w*h: alpha, the start on entry and the solution at the end

	rows [][]span
	n    int // unknown pixels

	epsilon      float64
	stencil      []float32 // n*25: the row of L over the 5x5 pixels around
	weight, goal []float32 // n
}

// newProblem makes a problem of rectangle r. Its unknown pixels are those in
// free, a part of r, whose state is neither 0 nor 255.
func newProblem(r, free image.Rectangle, state []uint8) *problem {
	q := &problem{r: r, w: r.Dx(), h: r.Dy(), rows: make([][]span, r.Dy())}
	var all []span
	for y := max(0, free.Min.Y-r.Min.Y); y < free.Max.Y-r.Min.Y; y++ {
		line := state[y*q.w : (y+1)*q.w]
		from := len(all)
		for x, end := free.Min.X-r.Min.X, free.Max.X-r.Min.X; x < end; {
			if line[x]-1 >= 254 {
				x++
				continue
			}
			x0 := x
			for x < end && line[x]-1 < 254 {
				x++
			}
			all = append(all, span{int32(x0), int32(x), int32(q.n)})
			q.n += x - x0
		}
		q.rows[y] = all[from:]
	}
	return q
}

// window is the statistics of the 3x3 pixels around one: their mean and the
// inverse of their colours' covariance, divided by nine.
type window struct {
	c [6]float64 // large against its own differences: needs the digits
	m [3]float32
	n float32 // 1, or 0 where the window is not whole
}

// assemble fills in the rows of L; each calls its argument for all chunks of
// rows.
func (q *problem) assemble(each func(h int, f func(y0, y1 int)) error) error {
	q.stencil = make([]float32, 25*q.n)
	return each(q.h, func(y0, y1 int) {
		buf := make([]window, (y1-y0+2)*q.w)
		any := false
		for y := y0 - 1; y <= y1; y++ {
			line := buf[(y-y0+1)*q.w:][:q.w]
			done := 0
			for _, row := range q.rows[max(y-1, y0):min(y+2, y1)] {
				any = any || len(row) > 0
				done = 0
				for _, s := range row {
					for x := max(done, int(s.x0)-1); x <= int(s.x1); x++ {
						q.window(x, y, line)
					}
					done = int(s.x1)
				}
			}
		}
		if !any {
			return
		}
		for y := y0; y < y1; y++ {
			for _, s := range q.rows[y] {
				for x := s.x0; x < s.x1; x++ {
					q.row(int(x), y, buf[(y-y0)*q.w:], (*[25]float32)(q.stencil[25*int(s.at+x-s.x0):]))
				}
			}
		}
	})
}

// window computes the window around (x, y) into line, unless it is there
// already or is not whole.
func (q *problem) window(x, y int, line []window) {
	if x < 1 || y < 1 || x >= q.w-1 || y >= q.h-1 || line[x].n != 0 {
		return
	}
	// Colours relative to the centre's, so that nothing is lost to rounding.
	o := 3 * (y*q.w + x)
	r0, g0, b0 := q.rgb[o], q.rgb[o+1], q.rgb[o+2]
	var sr, sg, sb, rr, rg, rb, gg, gb, bb float32
	for dy := -1; dy <= 1; dy++ {
		i := o + 3*(dy*q.w-1)
		c := (*[9]float32)(q.rgb[i:])
		for k := 0; k < 9; k += 3 {
			r, g, b := c[k]-r0, c[k+1]-g0, c[k+2]-b0
			sr += r
			sg += g
			sb += b
			rr += r * r
			rg += r * g
			rb += r * b
			gg += g * g
			gb += g * b
			bb += b * b
		}
	}
	const ninth = 1.0 / 9
	sr *= ninth
	sg *= ninth
	sb *= ninth
	e := q.epsilon / 9
	m := invert64(
		float64(rr*ninth-sr*sr)+e, float64(rg*ninth-sr*sg), float64(rb*ninth-sr*sb),
		float64(gg*ninth-sg*sg)+e, float64(gb*ninth-sg*sb), float64(bb*ninth-sb*sb)+e)
	line[x] = window{m, [3]float32{r0 + sr, g0 + sg, b0 + sb}, 1}
}

// row computes the 25 entries of L's row for the pixel (x, y): equation 12.
// The entry of pixels i and j sums -(1 + (I_i-m) C (I_j-m))/9 over the windows
// that hold both; with v = C (I_i-m) that is linear in I_j, so the windows are
// summed first, columns before rows.
func (q *problem) row(x, y int, buf []window, out *[25]float32) {
	o := 3 * (y*q.w + x)
	r0, g0, b0 := q.rgb[o], q.rgb[o+1], q.rgb[o+2]
	type vec [4]float32 // v, and what does not depend on I_j
	// sums[dy][k]: windows of the row y+dy-1 in the columns that reach offset
	// k-2: {-1}, {-1,0}, {-1,0,1}, {0,1}, {1}.
	var sums [3][5]vec
	var count float32
	for dy := 0; dy < 3; dy++ {
		var t [3]vec
		for dx := 0; dx < 3; dx++ {
			wx := x + dx - 1
			if wx < 0 || wx >= q.w {
				continue
			}
			w := &buf[dy*q.w+wx]
			if w.n == 0 {
				continue
			}
			count++
			r, g, b := float64(r0-w.m[0]), float64(g0-w.m[1]), float64(b0-w.m[2])
			v0 := w.c[0]*r + w.c[1]*g + w.c[2]*b
			v1 := w.c[1]*r + w.c[3]*g + w.c[4]*b
			v2 := w.c[2]*r + w.c[4]*g + w.c[5]*b
			t[dx] = vec{float32(v0), float32(v1), float32(v2), float32(1.0/9 + v0*r + v1*g + v2*b)}
		}
		s := &sums[dy]
		for k := 0; k < 4; k++ {
			a, b, c := t[0][k], t[1][k], t[2][k]
			s[0][k], s[1][k], s[2][k], s[3][k], s[4][k] = a, a+b, a+b+c, b+c, c
		}
	}
	for dx := 0; dx < 5; dx++ {
		px := x + dx - 2
		if px < 0 || px >= q.w {
			continue
		}
		var cols [5]vec
		for k := 0; k < 4; k++ {
			a, b, c := sums[0][dx][k], sums[1][dx][k], sums[2][dx][k]
			cols[0][k], cols[1][k], cols[2][k], cols[3][k], cols[4][k] = a, a+b, a+b+c, b+c, c
		}
		for dy := 0; dy < 5; dy++ {
			py := y + dy - 2
			if py < 0 || py >= q.h {
				continue
			}
			j := 3 * (py*q.w + px)
			c := q.rgb[j : j+3 : j+3]
			v := &cols[dy]
			out[5*dy+dx] = -(v[3] + v[0]*(c[0]-r0) + v[1]*(c[1]-g0) + v[2]*(c[2]-b0))
		}
	}
	out[12] += count
}

// invert64 is the inverse of the symmetric matrix (a b c; b d e; c e f),
// divided by nine.
func invert64(a, b, c, d, e, f float64) [6]float64 {
	A, B, C := d*f-e*e, c*e-b*f, b*e-c*d
	k := 1 / (9 * max(a*A+b*B+c*C, 1e-24))
	return [6]float64{A * k, B * k, C * k, (a*f - c*c) * k, (b*c - a*e) * k, (a*d - b*b) * k}
}
