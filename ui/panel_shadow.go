package ui

import (
	"fmt"

	"fyne.io/fyne/v2"

	"kirinuki/engine/compose"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// shadowPanel puts a shadow behind the subject and a line around it.
type shadowPanel struct {
	w        *Window
	body     *fyne.Container
	kind     *widgets.Segments
	angle    *widgets.Slider
	distance *widgets.Slider
	softness *widgets.Slider
	strength *widgets.Slider
	width    *widgets.Slider
	colors   *colorChoice
	all      *widgets.Button
}

var shadowKinds = []string{"", "drop", "contact"}

// The shadows that a person begins with.
var (
	firstDrop    = compose.Shadow{Kind: "drop", Angle: 60, Distance: 0.03, Softness: 0.03, Strength: 0.45}
	firstContact = compose.Shadow{Kind: "contact", Softness: 0.03, Strength: 0.5}
)

func newShadow(w *Window) section {
	p := &shadowPanel{w: w}
	p.kind = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("shadow.none")},
		{Text: words.T("shadow.drop"), Tip: words.T("shadow.drop.tip")},
		{Text: words.T("shadow.contact"), Tip: words.T("shadow.contact.tip")},
	}, func(i int) {
		w.change("undo.shadow", func(e *compose.Edit) {
			e.Shadow = []compose.Shadow{{}, firstDrop, firstContact}[i]
		})
	})
	slider := func(key, label string, low, high, step float64, format func(float64) string, set func(*compose.Edit, float64)) *widgets.Slider {
		s := widgets.NewSlider(words.T(key), low, high, step, format)
		s.OnChanging = func(v float64) { w.changeLive(func(e *compose.Edit) { set(e, v) }) }
		s.OnChanged = func(v float64) { w.change(label, func(e *compose.Edit) { set(e, v) }) }
		return s
	}
	degrees := func(v float64) string { return fmt.Sprintf("%.0f°", v) }
	share := func(v float64) string { return words.Number(v*100, 1) + " %" }
	pixels := func(v float64) string { return words.T("unit.px", words.Number(v, 0)) }
	p.angle = slider("shadow.angle", "undo.shadow", 0, 360, 1, degrees, func(e *compose.Edit, v float64) { e.Shadow.Angle = v })
	p.distance = slider("shadow.distance", "undo.shadow", 0, 0.3, 0.001, share, func(e *compose.Edit, v float64) { e.Shadow.Distance = v })
	p.softness = slider("shadow.softness", "undo.shadow", 0, 0.2, 0.001, share, func(e *compose.Edit, v float64) { e.Shadow.Softness = v })
	p.strength = slider("shadow.strength", "undo.shadow", 0, 1, 0.01, words.Percent1, func(e *compose.Edit, v float64) { e.Shadow.Strength = v })
	p.width = slider("outline.width", "undo.outline", 0, 80, 1, pixels, func(e *compose.Edit, v float64) {
		e.Outline.Width = v
		if e.Outline.Color == "" {
			e.Outline.Color = "#ffffff"
		}
	})
	p.colors = newColorChoice(w, []string{"#ffffff", "#000000", "#f5c542", "#4fb6c6", "#d33a3a", "#7dc48f"}, func(c string) {
		w.change("undo.outline", func(e *compose.Edit) { e.Outline.Color = c })
	})
	p.all = w.applyToAllButton()
	p.body = column(p.kind, p.angle, p.distance, p.softness, p.strength,
		space(1), widgets.NewWords(words.T("outline.title"), "text", "foreground"), p.width, p.colors.object, p.all)
	return p
}

func (p *shadowPanel) content() fyne.CanvasObject { return p.body }
func (p *shadowPanel) enter()                     {}
func (p *shadowPanel) leave()                     {}
func (p *shadowPanel) key(*fyne.KeyEvent) bool    { return false }

func (p *shadowPanel) refresh() {
	e := p.w.edit()
	for i, k := range shadowKinds {
		if k == e.Shadow.Kind {
			p.kind.SetChosen(i)
		}
	}
	for _, s := range []*widgets.Slider{p.angle, p.distance} {
		setVisible(s, e.Shadow.Kind == "drop")
	}
	for _, s := range []*widgets.Slider{p.softness, p.strength} {
		setVisible(s, e.Shadow.Kind != "")
	}
	p.angle.SetValue(e.Shadow.Angle)
	p.distance.SetValue(e.Shadow.Distance)
	p.softness.SetValue(e.Shadow.Softness)
	p.strength.SetValue(e.Shadow.Strength)
	p.width.SetValue(e.Outline.Width)
	setVisible(p.colors.object, e.Outline.Width > 0)
	p.colors.put(e.Outline.Color)
	setVisible(p.all, len(p.w.list.items) > 1)
	p.body.Refresh()
}
