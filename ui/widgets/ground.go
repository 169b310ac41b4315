package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Ground is a rectangle in a colour of the theme, whichever holds.
type Ground struct {
	widget.BaseWidget
	fill   fyne.ThemeColorName
	edge   fyne.ThemeColorName
	radius float32
	min    fyne.Size
}

// NewGround returns a rectangle of one colour.
func NewGround(fill fyne.ThemeColorName) *Ground {
	g := &Ground{fill: fill}
	g.ExtendBaseWidget(g)
	return g
}

// NewHairline returns a line between panels.
func NewHairline() *Ground {
	g := NewGround("separator")
	g.min = fyne.NewSize(1, 1)
	return g
}

// NewCard returns a ground with round corners; edge "" draws none.
func NewCard(fill, edge fyne.ThemeColorName, radius float32) *Ground {
	g := &Ground{fill: fill, edge: edge, radius: radius}
	g.ExtendBaseWidget(g)
	return g
}

// MinSize is nothing, or a line's thickness.
func (g *Ground) MinSize() fyne.Size { return g.min }

// CreateRenderer makes the rectangle.
func (g *Ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g: g, c: &canvas.Rectangle{}}
	r.Refresh()
	return r
}

type groundRenderer struct {
	g *Ground
	c *canvas.Rectangle
}

func (r *groundRenderer) Destroy()                     {}
func (r *groundRenderer) Layout(s fyne.Size)           { r.c.Resize(s) }
func (r *groundRenderer) MinSize() fyne.Size           { return r.g.min }
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.c} }

func (r *groundRenderer) Refresh() {
	r.c.FillColor = look.Color(r.g.fill)
	r.c.CornerRadius = r.g.radius
	if r.g.edge != "" {
		r.c.StrokeColor, r.c.StrokeWidth = look.Color(r.g.edge), 1
	}
	r.c.Refresh()
}
