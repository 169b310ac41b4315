package widgets

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"kirinuki/ui/look"
)

const tipDelay = 650 * time.Millisecond

// tipLayers is where each window's tips are drawn. It is read and written on
// the UI thread only.
var tipLayers = map[fyne.Canvas]*fyne.Container{}

// NewTipLayer returns the layer that c's tips are drawn on. Put it on top of
// the window's content; it takes no clicks.
func NewTipLayer(c fyne.Canvas) *fyne.Container {
	layer := &fyne.Container{}
	tipLayers[c] = layer
	return layer
}

// DropTipLayer forgets c's layer; call it when its window closes.
func DropTipLayer(c fyne.Canvas) { delete(tipLayers, c) }

// tip is one widget's name, shown while it is pointed at.
type tip struct {
	timer *time.Timer
	layer *fyne.Container
}

func (t *tip) show(owner fyne.CanvasObject, words, key string) {
	t.hide()
	if words == "" {
		return
	}
	t.timer = time.AfterFunc(tipDelay, func() {
		fyne.Do(func() {
			if t.timer != nil {
				t.place(owner, words, key)
			}
		})
	})
}

func (t *tip) hide() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if t.layer != nil {
		t.layer.RemoveAll()
		t.layer = nil
	}
}

func (t *tip) place(owner fyne.CanvasObject, words, key string) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(owner)
	layer := tipLayers[c]
	if layer == nil {
		return
	}
	text := canvas.NewText(words, look.Color(theme.ColorNameForeground))
	text.TextSize = look.Size(theme.SizeNameCaptionText)
	hint := canvas.NewText(key, look.Color(look.ColorMuted))
	hint.TextSize = text.TextSize
	back := canvas.NewRectangle(look.Color(theme.ColorNameMenuBackground))
	back.CornerRadius = 6
	back.StrokeWidth = 1
	back.StrokeColor = look.Color(theme.ColorNameSeparator)
	back.Shadow = canvas.Shadow{Color: color.NRGBA{A: 60}, BlurRadius: 6, Offset: fyne.NewPos(0, 2)}

	const pad = 8
	wide := text.MinSize().Width
	if key != "" {
		wide += hint.MinSize().Width + 10
	}
	size := fyne.NewSize(wide+2*pad, text.MinSize().Height+10)
	at := d.AbsolutePositionForObject(owner)
	origin := d.AbsolutePositionForObject(layer)
	pos := fyne.NewPos(at.X-origin.X+(owner.Size().Width-size.Width)/2, at.Y-origin.Y+owner.Size().Height+6)
	room := layer.Size()
	pos.X = max(4, min(pos.X, room.Width-size.Width-4))
	if pos.Y+size.Height > room.Height-4 {
		pos.Y = at.Y - origin.Y - size.Height - 6
	}
	back.Move(pos)
	back.Resize(size)
	text.Move(pos.AddXY(pad, 5))
	hint.Move(pos.AddXY(size.Width-pad-hint.MinSize().Width, 5))
	layer.RemoveAll()
	layer.Add(back)
	layer.Add(text)
	layer.Add(hint)
	t.layer = layer
}
