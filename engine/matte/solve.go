package matte

import "kirinuki/engine/parallel"

// solve improves x by preconditioned conjugate gradients until the residual
// has fallen by tolerance or after so many rounds. each calls its argument
// for all chunks of rows, always the same ones, so that sums come out the
// same however the work is shared. It returns each's error.
func (q *problem) solve(each func(h int, f func(y0, y1 int)) error, rounds int, tolerance float64) error {
	if q.n == 0 {
		return nil
	}
	buf := make([]float32, 3*q.n)
	r, z, inv := buf[:q.n], buf[q.n:2*q.n], buf[2*q.n:]
	// p lives in a plane with two rows and columns of zeros around, so that
	// the stencil needs no bounds.
	pitch := q.w + 4
	p := make([]float32, pitch*(q.h+4))
	parts := make([]float64, (q.h+parallel.Band-1)/parallel.Band)
	sum := func() float64 {
		t := 0.0
		for _, v := range parts {
			t += v
		}
		return t
	}
	// apply computes z = (L + weights) p and leaves p'z in parts.
	apply := func(y0, y1 int) {
		t := 0.0
		for y := y0; y < y1; y++ {
			for _, s := range q.rows[y] {
				from := y*pitch + int(s.x0)
				n := int(s.x1 - s.x0)
				a0, a1, a2 := p[from:from+n+4], p[from+pitch:from+pitch+n+4], p[from+2*pitch:from+2*pitch+n+4]
				a3, a4 := p[from+3*pitch:from+3*pitch+n+4], p[from+4*pitch:from+4*pitch+n+4]
				out := z[s.at : int(s.at)+n]
				wt := q.weight[s.at : int(s.at)+n]
				st := q.stencil[25*int(s.at) : 25*(int(s.at)+n)]
				var dot float32
				for i := range out {
					c := (*[25]float32)(st[25*i:])
					b0, b1, b2, b3, b4 := (*[5]float32)(a0[i:]), (*[5]float32)(a1[i:]), (*[5]float32)(a2[i:]), (*[5]float32)(a3[i:]), (*[5]float32)(a4[i:])
					v := c[0]*b0[0] + c[1]*b0[1] + c[2]*b0[2] + c[3]*b0[3] + c[4]*b0[4]
					u := c[5]*b1[0] + c[6]*b1[1] + c[7]*b1[2] + c[8]*b1[3] + c[9]*b1[4]
					v += c[10]*b2[0] + c[11]*b2[1] + (c[12]+wt[i])*b2[2] + c[13]*b2[3] + c[14]*b2[4]
					u += c[15]*b3[0] + c[16]*b3[1] + c[17]*b3[2] + c[18]*b3[3] + c[19]*b3[4]
					v += c[20]*b4[0] + c[21]*b4[1] + c[22]*b4[2] + c[23]*b4[3] + c[24]*b4[4]
					v += u
					out[i] = v
					dot += v * b2[2]
				}
				t += float64(dot)
			}
		}
		parts[y0/parallel.Band] = t
	}
	// p starts as alpha itself, known pixels included, for the residual.
	for y := 0; y < q.h; y++ {
		copy(p[(y+2)*pitch+2:], q.x[y*q.w:(y+1)*q.w])
	}
	if err := each(q.h, apply); err != nil {
		return err
	}
	clear(p)
	err := each(q.h, func(y0, y1 int) {
		t := 0.0
		for y := y0; y < y1; y++ {
			for _, s := range q.rows[y] {
				for x := s.x0; x < s.x1; x++ {
					i := s.at + x - s.x0
					r[i] = q.weight[i]*q.goal[i] - z[i]
					inv[i] = 1 / (q.stencil[25*i+12] + q.weight[i])
					d := r[i] * inv[i]
					p[(y+2)*pitch+2+int(x)] = d
					t += float64(r[i] * d)
				}
			}
		}
		parts[y0/parallel.Band] = t
	})
	rho := sum()
	stop := rho * tolerance * tolerance
	for k := 0; k < rounds && err == nil && rho > stop && rho > 1e-12*float64(q.n); k++ {
		if err = each(q.h, apply); err != nil {
			return err
		}
		pz := sum()
		if !(pz > 0) {
			break
		}
		step := float32(rho / pz)
		if err = each(q.h, func(y0, y1 int) {
			t := 0.0
			for y := y0; y < y1; y++ {
				for _, s := range q.rows[y] {
					n := int(s.x1 - s.x0)
					xs := q.x[y*q.w+int(s.x0):][:n]
					ps := p[(y+2)*pitch+2+int(s.x0):][:n]
					rs, zs, is := r[s.at:][:n], z[s.at:][:n], inv[s.at:][:n]
					var dot float32
					for i := range xs {
						xs[i] += step * ps[i]
						v := rs[i] - step*zs[i]
						rs[i] = v
						dot += v * v * is[i]
					}
					t += float64(dot)
				}
			}
			parts[y0/parallel.Band] = t
		}); err != nil {
			return err
		}
		next := sum()
		beta := float32(next / rho)
		rho = next
		err = each(q.h, func(y0, y1 int) {
			for y := y0; y < y1; y++ {
				for _, s := range q.rows[y] {
					n := int(s.x1 - s.x0)
					ps := p[(y+2)*pitch+2+int(s.x0):][:n]
					rs, is := r[s.at:][:n], inv[s.at:][:n]
					for i := range ps {
						ps[i] = rs[i]*is[i] + beta*ps[i]
					}
				}
			}
		})
	}
	return err
}

// serial is what a tile's solver shares its chunks among: nobody.
func serial(h int, f func(y0, y1 int)) error {
	for y := 0; y < h; y += parallel.Band {
		f(y, min(h, y+parallel.Band))
	}
	return nil
}
