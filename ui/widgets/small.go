package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Full is the width that the whole text needs.
func (w *Words) Full() float32 {
	if w.Hidden {
		return 0
	}
	return fyne.MeasureText(w.text, look.Size(w.size), fyne.TextStyle{Bold: w.bold}).Width
}

// Icon is one of the program's icons in a colour of the theme.
type Icon struct {
	widget.BaseWidget
	icon look.Icon
	ink  fyne.ThemeColorName
}

// NewIcon returns an icon.
func NewIcon(icon look.Icon, ink fyne.ThemeColorName) *Icon {
	i := &Icon{icon: icon, ink: ink}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes icon and colour.
func (i *Icon) Set(icon look.Icon, ink fyne.ThemeColorName) {
	if i.icon != icon || i.ink != ink {
		i.icon, i.ink = icon, ink
		i.Refresh()
	}
}

// CreateRenderer makes the icon.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{i: i, img: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.Refresh()
	return r
}

type iconRenderer struct {
	i   *Icon
	img *canvas.Image
}

func (r *iconRenderer) Destroy()                     {}
func (r *iconRenderer) Layout(s fyne.Size)           { r.img.Resize(s) }
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.img} }
func (r *iconRenderer) MinSize() fyne.Size {
	if r.i.icon == look.IconNone {
		return fyne.Size{}
	}
	return fyne.NewSquareSize(20)
}
func (r *iconRenderer) Refresh() {
	r.img.Resource = r.i.icon.Resource(look.Color(r.i.ink))
	r.img.Hidden = r.img.Resource == nil
	r.img.Refresh()
}

// Bar is a thin line that fills as work goes on.
type Bar struct {
	widget.BaseWidget
	at float64
}

// NewBar returns an empty bar.
func NewBar() *Bar {
	b := &Bar{}
	b.ExtendBaseWidget(b)
	return b
}

// Set fills the bar to a share of 0..1.
func (b *Bar) Set(at float64) {
	if at = max(0, min(1, at)); at != b.at {
		b.at = at
		b.Refresh()
	}
}

// CreateRenderer makes the bar.
func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{b: b, track: &canvas.Rectangle{CornerRadius: 2}, fill: &canvas.Rectangle{CornerRadius: 2}}
	r.Refresh()
	return r
}

type barRenderer struct {
	b           *Bar
	track, fill *canvas.Rectangle
}

func (r *barRenderer) Destroy()                     {}
func (r *barRenderer) MinSize() fyne.Size           { return fyne.NewSize(80, 4) }
func (r *barRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.fill} }
func (r *barRenderer) Layout(s fyne.Size) {
	r.track.Resize(fyne.NewSize(s.Width, 4))
	r.fill.Resize(fyne.NewSize(s.Width*float32(r.b.at), 4))
}
func (r *barRenderer) Refresh() {
	r.track.FillColor = look.Color(look.ColorRaised)
	r.fill.FillColor = look.Color(theme.ColorNamePrimary)
	r.fill.Hidden = r.b.at <= 0
	r.Layout(r.b.Size())
	r.track.Refresh()
	r.fill.Refresh()
}

// Bold makes the line bold.
func (w *Words) Bold() *Words {
	w.bold = true
	w.Refresh()
	return w
}
