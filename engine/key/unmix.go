package key

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// offset is a step to a pixel nearby.
type offset struct {
	x, y int
	far  float32
}

// around lists the offsets within radius, nearest first.
func around(radius int) []offset {
	var o []offset
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if d := x*x + y*y; d <= radius*radius {
				o = append(o, offset{x, y, float32(math.Sqrt(float64(d)))})
			}
		}
	}
	slices.SortStableFunc(o, func(a, b offset) int { return cmp.Compare(a.far, b.far) })
	return o
}

// unmix sets alpha: 0 in the background, 255 deep in the subject, and between
// them from the pixel's place on the line from B to F.
func (k *cutter) unmix(ctx context.Context) error {
	w := k.src.w
	near := around(k.edge + 4)
	return parallel.Rows(ctx, k.src.h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				switch d := k.depth[y*w+x]; {
				case d == 0:
				case int(d) > k.edge:
					k.alpha[y*w+x] = 255
				default:
					k.solve(x, y, near)
				}
			}
		}
	})
}

// solve finds one edge pixel's alpha and colour.
func (k *cutter) solve(x, y int, near []offset) {
	w, h := k.src.w, k.src.h
	own, _ := k.src.at(x, y)
	b := k.behind(x, y)
	v := k.weigh(sub(own, b))
	size := float32(math.Sqrt(float64(dot(v, v))))
	if size < 1e-6 {
		return
	}
	// A solid pixel nearby whose colour explains this one is its colour;
	// else, in strokes too thin to have a solid inside, the fullest colour
	// on the same line.
	exact := max(2.0/255, 2.5*k.noise)
	bestCost, bestF := float32(math.Inf(1)), own
	ridge, ridgeF := size, own
	for _, o := range near {
		px, py := x+o.x, y+o.y
		if px < 0 || py < 0 || px >= w || py >= h {
			continue
		}
		depth := k.depth[py*w+px]
		if depth == 0 {
			continue
		}
		c, a := k.src.at(px, py)
		if a < 0.5 {
			continue
		}
		f := k.weigh(sub(c, b))
		ff := dot(f, f)
		if ff < 1e-6 {
			continue
		}
		t := dot(v, f) / ff
		miss := apart(v, scale(f, min(max(t, 0), 1)))
		if int(depth) > k.edge {
			if miss <= exact {
				bestCost, bestF = 0, c
				break
			}
			if cost := miss + 0.004*o.far; cost < bestCost {
				bestCost, bestF = cost, c
			}
			continue
		}
		along := dot(v, f) / size
		if along > ridge && miss <= max(exact, 0.1*size) {
			ridge, ridgeF = along, c
		}
	}
	front, most := bestF, max(0.06, 2*exact)
	if k.jpeg {
		most = 0.25 // colours stray at edges; lone ones are not to be believed
	}
	if bestCost > most {
		front = k.ink(b, ridgeF)
	}
	f := k.weigh(sub(front, b))
	ff := dot(f, f)
	if ff < 1e-6 {
		return
	}
	t := dot(v, f) / ff
	length := float32(math.Sqrt(float64(ff)))
	// Noise alone moves a pixel along the line by this much.
	slack := 2.5 * k.noise / length
	if t >= 1-max(slack, 1.0/510) {
		k.alpha[y*w+x] = 255
		return
	}
	if t <= slack {
		return
	}
	k.alpha[y*w+x] = uint8(t*255 + 0.5)
	// What F does not explain is the pixel's own texture, to be trusted as
	// far as the pixel is the subject's.
	trust := max(0, 2*t-1) / t
	for i, c := range front {
		front[i] += trust * (own[i] - b[i] - t*(c-b[i]))
	}
	k.dst.set(x, y, front)
}

// weigh turns a difference of colours into what distances are measured in.
// JPEG blurs colour over several pixels and keeps lightness sharp, so there
// the lightness says where an edge is.
func (k *cutter) weigh(d [3]float32) [3]float32 {
	if !k.jpeg {
		return d
	}
	const faint = 0.3
	y := 0.299*d[0] + 0.587*d[1] + 0.114*d[2]
	return [3]float32{1.5 * y, faint * (d[0] - y), faint * (d[2] - y)}
}

// palette finds the inks, the few exact colours that artwork is drawn in:
// each covers a fiftieth or more of the subject. Photographs have none. Small
// print, thin everywhere, may hardly reach its ink at all; there the fullest
// colour of a line on which a tenth of the pixels lie is an ink too.
func (k *cutter) palette(ctx context.Context) error {
	if k.noise > 0 {
		return ctx.Err()
	}
	w, h := k.src.w, k.src.h
	step := max(1, h/1000)
	count, total, solid := map[[3]float32]int{}, 0, 0
	for y := 0; y < h; y += step {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for x := range w {
			depth := k.depth[y*w+x]
			if depth == 0 {
				continue
			}
			total++
			if int(depth) > k.edge {
				solid++
			}
			c, a := k.src.at(x, y)
			if _, known := count[c]; a == 1 && (known || len(count) < 1<<16) {
				count[c]++
			}
		}
	}
	for c, n := range count {
		if n >= 4 && n*50 >= total {
			k.inks = append(k.inks, c)
		}
	}
	if solid*10 < total {
		k.inks = append(k.inks, k.lines(count, total)...)
	}
	slices.SortFunc(k.inks, func(a, b [3]float32) int { return slices.Compare(a[:], b[:]) })
	return nil
}

// lines returns the fullest colour of each line from the background's colour
// on which a tenth of all pixels lie.
func (k *cutter) lines(count map[[3]float32]int, total int) (inks [][3]float32) {
	b := [3]float32{float32(k.bg.Color[0]), float32(k.bg.Color[1]), float32(k.bg.Color[2])}
	left := make([][3]float32, 0, len(count))
	for c := range count {
		left = append(left, c)
	}
	full := func(c [3]float32) float32 { return dot(sub(c, b), sub(c, b)) }
	slices.SortFunc(left, func(x, y [3]float32) int {
		return cmp.Or(cmp.Compare(full(y), full(x)), slices.Compare(x[:], y[:]))
	})
	for range 8 {
		if len(left) == 0 {
			break
		}
		f, n := sub(left[0], b), 0
		ff := dot(f, f)
		rest := left[:0:0]
		for _, c := range left {
			if v := sub(c, b); apart(v, scale(f, dot(v, f)/ff)) <= 2.0/255 {
				n += count[c]
			} else {
				rest = append(rest, c)
			}
		}
		if n*10 >= total {
			inks = append(inks, left[0])
		}
		if len(rest) == len(left) { // the background itself
			break
		}
		left = rest
	}
	return inks
}

// ink returns the palest ink on the line from b through ridge that is at
// least as full, or ridge itself: hairlines of small print never reach their
// ink's colour.
func (k *cutter) ink(b, ridge [3]float32) [3]float32 {
	v, best, front := sub(ridge, b), float32(math.Inf(1)), ridge
	length := float32(math.Sqrt(float64(dot(v, v))))
	for _, c := range k.inks {
		f := sub(c, b)
		full := float32(math.Sqrt(float64(dot(f, f))))
		if full < length-1.0/255 || full >= best {
			continue
		}
		if t := dot(v, f) / (full * full); apart(v, scale(f, t)) <= 2.0/255 {
			best, front = full, c
		}
	}
	return front
}

func sub(a, b [3]float32) [3]float32 { return [3]float32{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }

func dot(a, b [3]float32) float32 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func scale(a [3]float32, t float32) [3]float32 { return [3]float32{a[0] * t, a[1] * t, a[2] * t} }

// tidy drops, where the picture is noisy, what is faint and has no subject
// beside it: the specks and the haze that compression leaves.
func (k *cutter) tidy(ctx context.Context) error {
	if k.noise == 0 {
		return ctx.Err()
	}
	const faint, sure = 90, 128
	w, h := k.src.w, k.src.h
	if err := k.specks(ctx); err != nil {
		return err
	}
	reach := k.edge
	// Squares around sure pixels, as two passes of a running count.
	beside := make([]bool, w*h)
	if err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := k.alpha[y*w:][:w]
			last := -reach - 1
			for x := range w + reach {
				if x < w && row[x] >= sure {
					last = x
				}
				if i := x - reach; i >= 0 && last >= i-reach {
					beside[y*w+i] = true
				}
			}
		}
	}); err != nil {
		return err
	}
	return parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				i := y*w + x
				if a := k.alpha[i]; a == 0 || a >= faint {
					continue
				}
				keep := false
				for j := max(0, y-reach); j <= min(h-1, y+reach) && !keep; j++ {
					keep = beside[j*w+x]
				}
				if !keep {
					k.alpha[i] = 0
				}
			}
		}
	})
}

// specks drops small detached parts that hardly differ from the background,
// and takes small faint areas that hang on the subject for no more than they
// differ.
func (k *cutter) specks(ctx context.Context) error {
	const small = 150 // pixels
	weak := uint8(max(min(12*k.noise, 1)*255, 48))
	err := k.parts(ctx, small, func(i int) uint8 { return k.alpha[i] }, func(i int) uint8 { return k.diff[i] },
		func(i int, most uint8) {
			if most < weak {
				k.alpha[i] = 0
			}
		})
	if err != nil {
		return err
	}
	faint := uint8(min(6*k.noise, 1) * 255)
	hanging := func(i int) uint8 {
		if k.alpha[i] == 0 || k.diff[i] > faint {
			return 0
		}
		return 255
	}
	return k.parts(ctx, small, hanging, func(i int) uint8 {
		if k.depth[i] == 1 {
			return 1
		}
		return 0
	}, func(i int, outside uint8) {
		if outside == 1 {
			k.alpha[i] = min(k.alpha[i], k.diff[i])
		}
	})
}

// parts finds the detached parts of a mask that are smaller than small, and
// calls f for each of their pixels with the largest value that value has on
// the part.
func (k *cutter) parts(ctx context.Context, small float64, mask, value func(i int) uint8, f func(i int, most uint8)) error {
	w, h := k.src.w, k.src.h
	m := image.NewGray(image.Rect(0, 0, w, h))
	err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for i := y0 * w; i < y1*w; i++ {
			m.Pix[i] = mask(i)
		}
	})
	if err != nil {
		return err
	}
	all := matte.Components(m)
	for id, p := range all.Parts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.Area >= small {
			continue
		}
		each := func(f func(i int)) {
			for y := p.Bounds.Min.Y; y < p.Bounds.Max.Y; y++ {
				for i := y*w + p.Bounds.Min.X; i < y*w+p.Bounds.Max.X; i++ {
					if int(all.ID[i]) == id+1 {
						f(i)
					}
				}
			}
		}
		most := uint8(0)
		each(func(i int) { most = max(most, value(i)) })
		each(func(i int) { f(i, most) })
	}
	return ctx.Err()
}
