package compose

import (
	"bytes"
	"image"

	"kirinuki/engine/matte"
)

// patch is what one step painted over, so that it can be taken back.
type patch struct {
	r     image.Rectangle
	alpha []uint8
	front []uint8 // nil where colours did not change
	hr    image.Rectangle
	hints []matte.Hint // nil where there were none before
}

func (u patch) bytes() int { return len(u.alpha) + len(u.front) + len(u.hints) }

// undoBytes bounds what patches hold; beyond, the oldest steps can no longer
// be taken back one by one but are replayed.
const undoBytes = 128 << 20

// push remembers a step's patch.
func (p *painter) push(u patch) {
	p.undo = append(p.undo, u)
	sum := 0
	for i := len(p.undo) - 1; i >= 0; i-- {
		if sum += p.undo[i].bytes(); sum > undoBytes {
			p.undo = append([]patch(nil), p.undo[i+1:]...)
			return
		}
	}
}

// save remembers the part r before a step paints over it.
func (p *painter) save(r image.Rectangle, colors bool) {
	u := patch{r: r, hr: r, hints: p.copyHints(r)}
	if !r.Empty() {
		u.alpha = grab(p.Cutout.Alpha, r)
		if colors {
			u.front = grab(p.Cutout.Foreground, r)
		}
	}
	p.push(u)
}

// copyHints returns the hints of r, nil where there are none at all.
func (p *painter) copyHints(r image.Rectangle) []matte.Hint {
	if p.hints == nil {
		return nil
	}
	w := p.Cutout.Alpha.Rect.Dx()
	out := make([]matte.Hint, 0, r.Dx()*r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		out = append(out, p.hints[y*w+r.Min.X:y*w+r.Max.X]...)
	}
	return out
}

// revert takes the latest step back.
func (p *painter) revert() {
	u := p.undo[len(p.undo)-1]
	p.undo = p.undo[:len(p.undo)-1]
	p.steps = p.steps[:len(p.steps)-1]
	if u.r.Empty() && u.hr.Empty() {
		return
	}
	p.own(u.r, u.front != nil)
	if u.alpha != nil {
		restore(p.Cutout.Alpha, u.r, u.alpha)
	}
	if u.front != nil {
		restore(p.Cutout.Foreground, u.r, u.front)
	}
	w := p.Cutout.Alpha.Rect.Dx()
	for y := u.hr.Min.Y; y < u.hr.Max.Y; y++ {
		row := p.hints[y*w+u.hr.Min.X : y*w+u.hr.Max.X]
		if u.hints == nil {
			clear(row)
		} else {
			copy(row, u.hints[(y-u.hr.Min.Y)*u.hr.Dx():])
		}
	}
}

// raw gives an image's bytes, stride and bytes a pixel.
func raw(m image.Image) (pix []uint8, stride, size int) {
	switch m := m.(type) {
	case *image.Gray:
		return m.Pix, m.Stride, 1
	case *image.NRGBA:
		return m.Pix, m.Stride, 4
	case *image.NRGBA64:
		return m.Pix, m.Stride, 8
	}
	return nil, 0, 0
}

// grab copies the pixels of r.
func grab(m image.Image, r image.Rectangle) []uint8 {
	pix, stride, size := raw(m)
	out := make([]uint8, size*r.Dx()*r.Dy())
	copyRows(out, size*r.Dx(), pix[r.Min.Y*stride+r.Min.X*size:], stride, size*r.Dx(), r.Dy())
	return out
}

// restore puts grabbed pixels back.
func restore(m image.Image, r image.Rectangle, from []uint8) {
	pix, stride, size := raw(m)
	copyRows(pix[r.Min.Y*stride+r.Min.X*size:], stride, from, size*r.Dx(), size*r.Dx(), r.Dy())
}

func copyRows(to []uint8, toStride int, from []uint8, fromStride, n, h int) {
	for y := range h {
		copy(to[y*toStride:y*toStride+n], from[y*fromStride:])
	}
}

// cloneImage copies a picture.
func cloneImage(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.NRGBA:
		c := *m
		c.Pix = bytes.Clone(m.Pix)
		return &c
	case *image.NRGBA64:
		c := *m
		c.Pix = bytes.Clone(m.Pix)
		return &c
	}
	return m
}

// difference is the smallest rectangle outside of which two cut-outs of one
// size are the same.
func difference(a, b *matte.Cutout) image.Rectangle {
	r := differ(a.Alpha, b.Alpha)
	if a.Foreground != b.Foreground {
		r = r.Union(differ(a.Foreground, b.Foreground))
	}
	return r
}

func differ(a, b image.Image) image.Rectangle {
	p, ps, size := raw(a)
	q, qs, _ := raw(b)
	w, h := a.Bounds().Dx(), a.Bounds().Dy()
	if _, _, other := raw(b); other != size {
		return a.Bounds()
	}
	r := image.Rectangle{image.Pt(w, h), image.Point{}}
	for y := range h {
		s, t := p[y*ps:y*ps+w*size], q[y*qs:y*qs+w*size]
		if bytes.Equal(s, t) {
			continue
		}
		i := 0
		for s[i] == t[i] {
			i++
		}
		k := len(s)
		for s[k-1] == t[k-1] {
			k--
		}
		r.Min.X, r.Max.X = min(r.Min.X, i/size), max(r.Max.X, (k-1)/size+1)
		r.Min.Y, r.Max.Y = min(r.Min.Y, y), y+1
	}
	if r.Empty() {
		return image.Rectangle{}
	}
	return r
}
