package ui

import "fyne.io/fyne/v2"

// edges lays objects out along the edges of a middle one, as Fyne's border
// layout does, but without gaps: the panels bring their own.
type edges struct{ top, bottom, left, right, middle fyne.CanvasObject }

// newEdges returns a container of middle with others around it; nil for none.
// Tab goes through them as the eye does.
func newEdges(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	c := &fyne.Container{Layout: &edges{top, bottom, left, right, middle}}
	for _, o := range []fyne.CanvasObject{top, left, middle, right, bottom} {
		if o != nil {
			c.Objects = append(c.Objects, o)
		}
	}
	return c
}

func shown(o fyne.CanvasObject) bool { return o != nil && o.Visible() }

// MinSize is what all of them need.
func (e *edges) MinSize([]fyne.CanvasObject) fyne.Size {
	m := e.middle.MinSize()
	for _, o := range []fyne.CanvasObject{e.left, e.right} {
		if shown(o) {
			s := o.MinSize()
			m.Width += s.Width
			m.Height = max(m.Height, s.Height)
		}
	}
	for _, o := range []fyne.CanvasObject{e.top, e.bottom} {
		if shown(o) {
			s := o.MinSize()
			m.Width = max(m.Width, s.Width)
			m.Height += s.Height
		}
	}
	return m
}

// Layout places them.
func (e *edges) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	var x0, y0 float32
	x1, y1 := size.Width, size.Height
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	if shown(e.top) {
		h := e.top.MinSize().Height
		place(e.top, 0, 0, size.Width, h)
		y0 = h
	}
	if shown(e.bottom) {
		h := e.bottom.MinSize().Height
		y1 -= h
		place(e.bottom, 0, y1, size.Width, h)
	}
	if shown(e.left) {
		w := e.left.MinSize().Width
		place(e.left, 0, y0, w, y1-y0)
		x0 = w
	}
	if shown(e.right) {
		w := e.right.MinSize().Width
		x1 -= w
		place(e.right, x1, y0, w, y1-y0)
	}
	place(e.middle, x0, y0, x1-x0, y1-y0)
}
