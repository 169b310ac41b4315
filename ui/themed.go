package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// themedRect is a rectangle in a colour of the theme, whichever holds.
type themedRect struct {
	widget.BaseWidget
	fill   fyne.ThemeColorName
	edge   fyne.ThemeColorName
	radius float32
	min    fyne.Size
}

func newThemedRect(fill fyne.ThemeColorName) *themedRect {
	r := &themedRect{fill: fill}
	r.ExtendBaseWidget(r)
	return r
}

func (r *themedRect) MinSize() fyne.Size { return r.min }

// CreateRenderer makes the rectangle.
func (r *themedRect) CreateRenderer() fyne.WidgetRenderer {
	x := &themedRectRenderer{r: r, c: &canvas.Rectangle{}}
	x.Refresh()
	return x
}

type themedRectRenderer struct {
	r *themedRect
	c *canvas.Rectangle
}

func (x *themedRectRenderer) Destroy()                     {}
func (x *themedRectRenderer) Layout(s fyne.Size)           { x.c.Resize(s) }
func (x *themedRectRenderer) MinSize() fyne.Size           { return x.r.min }
func (x *themedRectRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{x.c} }
func (x *themedRectRenderer) Refresh() {
	x.c.FillColor = look.Color(x.r.fill)
	x.c.CornerRadius = x.r.radius
	if x.r.edge != "" {
		x.c.StrokeColor = look.Color(x.r.edge)
		x.c.StrokeWidth = 1
	}
	x.c.Refresh()
}
