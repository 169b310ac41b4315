package key

import (
	"context"
	"math"
	"slices"

	"kirinuki/engine/parallel"
)

// calm quiets the ringing that JPEG leaves around edges. It swings about the
// background's colour from pixel to pixel, where a pale subject or a shadow
// stays to one side of it; so pixels that differ no more than ringing does
// are background if their surroundings are so on average.
func (k *cutter) calm(ctx context.Context) error {
	swing := k.ringing()
	if swing == 0 || k.options.Tolerance > 0 {
		return ctx.Err()
	}
	high := min(1.4*swing, 28.0/255)
	k.jpeg = true
	if high <= k.limit {
		return ctx.Err()
	}
	k.noise = max(k.noise, high/4)
	mean := max(k.limit, 0.35*high)
	const reach = 2
	w, h := k.src.w, k.src.h
	top := uint8(high * 255)
	calmed := slices.Clone(k.diff)
	err := parallel.Rows(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			for x := range w {
				if d := k.diff[y*w+x]; d <= k.level() || d > top {
					continue
				}
				var sum [3]float32
				n := float32(0)
				b := k.behind(x, y)
				for v := max(0, y-reach); v <= min(h-1, y+reach); v++ {
					for u := max(0, x-reach); u <= min(w-1, x+reach); u++ {
						if k.diff[v*w+u] > top {
							continue
						}
						c, _ := k.src.at(u, v)
						for i := range sum {
							sum[i] += c[i] - b[i]
						}
						n++
					}
				}
				if max(abs(sum[0]), abs(sum[1]), abs(sum[2])) <= mean*n {
					calmed[y*w+x] = k.level()
				}
			}
		}
	})
	k.diff = calmed
	return err
}

// ringing measures how far pixels a little outside of strong edges differ
// from their four neighbours: 0 where the picture does not seem to have been
// written as JPEG.
func (k *cutter) ringing() float32 {
	if !k.blocky() && !k.restless() {
		return 0
	}
	const strong, weak = 64, 40
	w, h := k.src.w, k.src.h
	var swing tally
	edges := make([]int, w)
	for y, step := 1, max(1, h/600); y < h-1; y += step {
		row := k.diff[y*w:][:w]
		up, down := k.diff[(y-1)*w:][:w], k.diff[(y+1)*w:][:w]
		gaps(edges, func(x int) bool { return row[x] >= strong })
		for x := 1; x < w-1; x++ {
			if gap := edges[x]; gap >= 3 && gap <= 7 && max(row[x], up[x], down[x]) <= weak {
				swing.add(4*int(row[x]) - int(row[x-1]) - int(row[x+1]) - int(up[x]) - int(down[x]))
			}
		}
	}
	return float32(swing.quartile()) / 255
}

// blocky says whether the picture was written as JPEG. Ringing ends where its
// block of eight pixels ends; so along rows and columns the places where an
// even background turns uneven lie mostly on one line in eight, while those
// at a subject's own outline lie anywhere.
func (k *cutter) blocky() bool {
	const weak, run = 40, 4
	w, h := k.src.w, k.src.h
	level := max(k.level()/2, 1)
	walk := func(long, across, step, stride int) bool {
		var at [8]int
		n := 0
		for i := 0; i < across; i += max(1, across/1000) {
			even := 0
			last := uint8(0)
			for j := range long {
				d := k.diff[i*stride+j*step]
				if d <= level {
					if even == 0 && j > 0 && last <= weak && j+run <= long && k.even(i*stride+j*step, step, run, level) {
						at[j%8]++
						n++
					}
					even++
				} else {
					if even >= run && d <= weak {
						at[j%8]++
						n++
					}
					even = 0
				}
				last = d
			}
		}
		// An eighth of them would be chance; four deviations more are not.
		most, mean := float64(slices.Max(at[:])), float64(n)/8
		return n >= 32 && most > 2*mean && most > mean+4*math.Sqrt(mean*7/8)
	}
	return walk(w, h, 1, w) && walk(h, w, w, 1)
}

// restless says whether the background is less even where it comes near
// something than it is far from everything. In artwork and photographs never
// written as JPEG it is not.
func (k *cutter) restless() bool {
	w, h := k.src.w, k.src.h
	var beside, apart tally
	subject := make([]int, w)
	for y, step := 1, max(1, h/600); y < h-1; y += step {
		row, depth := k.diff[y*w:][:w], k.depth[y*w:][:w]
		up, down := k.diff[(y-1)*w:][:w], k.diff[(y+1)*w:][:w]
		gaps(subject, func(x int) bool { return depth[x] != 0 })
		for x := 1; x < w-1; x++ {
			if max(row[x], up[x], down[x]) > k.level() {
				continue
			}
			d := 4*int(row[x]) - int(row[x-1]) - int(row[x+1]) - int(up[x]) - int(down[x])
			switch gap := subject[x]; {
			case gap >= 2 && gap <= 5:
				beside.add(d)
			case gap > 24:
				apart.add(d)
			}
		}
	}
	near := beside.quartile()
	return near >= 2 && 2*near > 3*apart.quartile()
}

// even says whether n pixels from i on, step apart, are near the background.
func (k *cutter) even(i, step, n int, level uint8) bool {
	for range n {
		if k.diff[i] > level {
			return false
		}
		i += step
	}
	return true
}

// gaps sets for each pixel of a row how far the next one is that is so, at
// most a little more than anyone asks for.
func gaps(gap []int, is func(x int) bool) {
	const most = 32
	far := most
	for x := range gap {
		if far = min(far+1, most); is(x) {
			far = 0
		}
		gap[x] = far
	}
	far = most
	for x := len(gap) - 1; x >= 0; x-- {
		if far = min(far+1, most); is(x) {
			far = 0
		}
		gap[x] = min(gap[x], far)
	}
}

// tally counts how large differences are.
type tally struct {
	hist [1021]int
	n    int
}

func (t *tally) add(d int) {
	t.hist[max(d, -d)]++
	t.n++
}

// quartile is the upper one, 0 where there is too little to say.
func (t *tally) quartile() int {
	if t.n < 16 {
		return 0
	}
	sum := 0
	for i, c := range t.hist {
		if sum += c; sum*4 >= t.n*3 {
			return i
		}
	}
	return 0
}
