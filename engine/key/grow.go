package key

import "context"

// span is a run of pixels of one row that are background.
type span struct{ y, x0, x1 int32 }

// grow marks as depth 0 what the border reaches through background-like
// pixels, four-connected so that it does not slip through a diagonal line.
func (k *cutter) grow(ctx context.Context) error {
	w, h := k.src.w, k.src.h
	if k.depth == nil {
		k.depth = make([]uint8, w*h)
	}
	for i := range k.depth {
		k.depth[i] = deepest
	}
	f := flood{k: k, limit: k.level()}
	for x := range w {
		f.seed(x, 0)
		f.seed(x, h-1)
	}
	for y := range h {
		f.seed(0, y)
		f.seed(w-1, y)
	}
	return f.run(ctx, nil)
}

// level is the limit in the unit of diff.
func (k *cutter) level() uint8 { return uint8(k.limit * 255) }

// flood is a scanline flood fill over diff <= limit.
type flood struct {
	k     *cutter
	limit uint8
	stack []span
}

// seed starts a run at a pixel that is background and not yet marked.
func (f *flood) seed(x, y int) {
	i := y*f.k.src.w + x
	if f.k.diff[i] > f.limit || f.k.depth[i] == 0 {
		return
	}
	base := y * f.k.src.w
	x0, x1 := x, x+1
	for x0 > 0 && f.open(base+x0-1) {
		x0--
	}
	for x1 < f.k.src.w && f.open(base+x1) {
		x1++
	}
	clear(f.k.depth[base+x0 : base+x1])
	f.stack = append(f.stack, span{int32(y), int32(x0), int32(x1)})
}

func (f *flood) open(i int) bool { return f.k.diff[i] <= f.limit && f.k.depth[i] != 0 }

// run empties the stack; visit, if not nil, is told each run.
func (f *flood) run(ctx context.Context, visit func(span)) error {
	w, h := f.k.src.w, f.k.src.h
	for n := 0; len(f.stack) > 0; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		s := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		if visit != nil {
			visit(s)
		}
		for _, y := range [2]int{int(s.y) - 1, int(s.y) + 1} {
			if y < 0 || y >= h {
				continue
			}
			for x := int(s.x0); x < int(s.x1); x++ {
				if f.open(y*w + x) {
					f.seed(x, y)
				}
			}
		}
	}
	return ctx.Err()
}

// punch also marks enclosed areas of the background's colour where that is
// asked for. Where the picture is noisy an area must be wide somewhere: along
// soft edges between darker and lighter parts every colour occurs, but in
// strips.
func (k *cutter) punch(ctx context.Context) error {
	if !k.options.Holes {
		return ctx.Err()
	}
	w := k.src.w
	f := flood{k: k, limit: k.level()}
	var runs []span
	for y := range k.src.h {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for x := range w {
			if !f.open(y*w + x) {
				continue
			}
			runs = runs[:0]
			f.seed(x, y)
			if err := f.run(ctx, func(s span) { runs = append(runs, s) }); err != nil {
				return err
			}
			if k.noise == 0 || k.wide(runs) {
				continue
			}
			for _, s := range runs { // put it back, and do not find it again
				row := int(s.y) * w
				for i := row + int(s.x0); i < row+int(s.x1); i++ {
					k.depth[i], k.diff[i] = deepest, f.limit+1
				}
			}
		}
	}
	return nil
}

// wide says whether a square of five pixels, in a compressed but else clean
// picture of three, fits into the area of runs.
func (k *cutter) wide(runs []span) bool {
	half := 2
	if k.bg.Noise < 0.5/255 {
		half = 1
	}
	w, h := k.src.w, k.src.h
	for _, s := range runs {
		y := int(s.y)
		if y < half || y >= h-half {
			continue
		}
		for x := int(s.x0) + half; x < int(s.x1)-half; x++ {
			fits := true
			for v := y - half; v <= y+half && fits; v++ {
				for _, d := range k.depth[v*w+x-half : v*w+x+half+1] {
					fits = fits && d == 0
				}
			}
			if fits {
				return true
			}
		}
	}
	return false
}

// depths counts for every pixel the steps (in eight directions) from the
// background, and from that how wide the edges are.
func (k *cutter) depths(ctx context.Context) error {
	w, h := k.src.w, k.src.h
	d := k.depth
	for y := range h {
		if y%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row := d[y*w:][:w]
		if y > 0 {
			up := d[(y-1)*w:][:w]
			for x, v := range row {
				if v == 0 {
					continue
				}
				m := min(v, up[x]+1)
				if x > 0 {
					m = min(m, up[x-1]+1)
				}
				if x+1 < w {
					m = min(m, up[x+1]+1)
				}
				row[x] = m
			}
		}
		for x := 1; x < w; x++ {
			row[x] = min(row[x], row[x-1]+1)
		}
	}
	for y := h - 1; y >= 0; y-- {
		if y%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row := d[y*w:][:w]
		if y+1 < h {
			down := d[(y+1)*w:][:w]
			for x, v := range row {
				if v == 0 {
					continue
				}
				m := min(v, down[x]+1)
				if x > 0 {
					m = min(m, down[x-1]+1)
				}
				if x+1 < w {
					m = min(m, down[x+1]+1)
				}
				row[x] = m
			}
		}
		for x := w - 2; x >= 0; x-- {
			row[x] = min(row[x], row[x+1]+1)
		}
	}
	k.edge = k.width()
	return ctx.Err()
}

// width says how many pixels the usual edge takes from background to
// subject: walking inwards from the background, how long the difference
// keeps rising.
func (k *cutter) width() int {
	const most = 8
	w, h := k.src.w, k.src.h
	var hist [most + 1]int
	n := 0
	step := max(1, h/800)
	for y := 0; y < h; y += step {
		row, depth := k.diff[y*w:][:w], k.depth[y*w:][:w]
		for x := 1; x < w; x++ {
			if (depth[x] == 0) == (depth[x-1] == 0) {
				continue
			}
			at, dir := x, 1
			if depth[x] == 0 {
				at, dir = x-1, -1
			}
			rise, last := 0, k.level()
			for at >= 0 && at < w && rise < most && depth[at] != 0 && int(row[at]) > int(last)+int(last)/16+2 {
				last = row[at]
				at += dir
				rise++
			}
			hist[rise]++
			n++
		}
	}
	sum := 0
	for i, c := range hist {
		if sum += c; sum*10 >= n*8 {
			return max(2, i)
		}
	}
	return 2
}
