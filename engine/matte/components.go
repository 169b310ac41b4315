package matte

import (
	"image"
	"sort"
)

// Labels are the detached parts of a matte: connected areas (over all eight
// neighbours) of pixels that are at least faintly opaque.
type Labels struct {
	W, H int
	// ID has one value a pixel, row-major: 0 where there is no subject, else
	// 1 + the index into Parts.
	ID []int32
	// Parts are sorted by area, the largest first.
	Parts []Component
}

// Component is one detached part.
type Component struct {
	Bounds image.Rectangle
	Area   float64 // in pixels, a partly transparent one counting as its alpha
}

// At returns the ID of the part at (x, y), 0 where there is none or the
// point lies outside.
func (l *Labels) At(x, y int) int {
	if x < 0 || y < 0 || x >= l.W || y >= l.H {
		return 0
	}
	return int(l.ID[y*l.W+x])
}

// Components labels the detached parts of alpha, so that a person can click
// one away. Pixels under 5 % do not connect parts and belong to none.
func Components(alpha *image.Gray) *Labels {
	b := alpha.Bounds()
	w, h := b.Dx(), b.Dy()
	if w == 0 || h == 0 {
		return &Labels{W: w, H: h}
	}
	return components(w, h, 13, func(y int) []uint8 {
		i := alpha.PixOffset(b.Min.X, b.Min.Y+y)
		return alpha.Pix[i : i+w]
	})
}

// components labels the connected areas of values of at least threshold.
// It joins horizontal runs (He, Chao, Suzuki 2008) by union-find.
func components(w, h int, threshold uint8, row func(y int) []uint8) *Labels {
	type run struct {
		y, x0, x1 int32
		area      float64
	}
	var runs []run
	var parent []int32
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above, begin := 0, 0 // runs[above:begin] are those of the row above
	for y := 0; y < h; y++ {
		line := row(y)
		end := len(runs)
		for x := 0; x < w; {
			if line[x] < threshold {
				x++
				continue
			}
			x0, sum := x, 0
			for x < w && line[x] >= threshold {
				sum += int(line[x])
				x++
			}
			id := int32(len(runs))
			runs = append(runs, run{int32(y), int32(x0), int32(x), float64(sum) / 255})
			parent = append(parent, id)
			for above < begin && int(runs[above].x1) < x0 {
				above++
			}
			for k := above; k < begin && int(runs[k].x0) <= x; k++ {
				a, b := find(int32(k)), find(id)
				parent[max(a, b)] = min(a, b)
			}
		}
		above, begin = end, len(runs)
	}
	l := &Labels{W: w, H: h, ID: make([]int32, w*h)}
	index := make(map[int32]int)
	for i := range runs {
		r := &runs[i]
		root := find(int32(i))
		k, ok := index[root]
		if !ok {
			k = len(l.Parts)
			index[root] = k
			l.Parts = append(l.Parts, Component{})
		}
		c := &l.Parts[k]
		c.Area += r.area
		c.Bounds = c.Bounds.Union(image.Rect(int(r.x0), int(r.y), int(r.x1), int(r.y)+1))
	}
	order := make([]int, len(l.Parts))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return l.Parts[order[i]].Area > l.Parts[order[j]].Area })
	rank := make([]int32, len(order))
	sorted := make([]Component, len(order))
	for i, k := range order {
		rank[k] = int32(i + 1)
		sorted[i] = l.Parts[k]
	}
	l.Parts = sorted
	for i := range runs {
		r := &runs[i]
		id := rank[index[find(int32(i))]]
		line := l.ID[int(r.y)*w+int(r.x0) : int(r.y)*w+int(r.x1)]
		for x := range line {
			line[x] = id
		}
	}
	return l
}
