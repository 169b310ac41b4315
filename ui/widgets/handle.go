package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// handleMark is the knob on the line of Compare.
type handleMark struct{ widget.BaseWidget }

func newHandleMark() *handleMark {
	h := &handleMark{}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer draws a disc with two arrow heads.
func (h *handleMark) CreateRenderer() fyne.WidgetRenderer {
	disc := canvas.NewCircle(color.NRGBA{255, 255, 255, 240})
	disc.StrokeColor = color.NRGBA{0, 0, 0, 60}
	disc.StrokeWidth = 1
	arrows := canvas.NewImageFromResource(fyne.NewStaticResource("handle.svg", []byte(
		`<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32"><g fill="none" stroke="#33393f" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M12.500 11.500L8 16l4.500 4.500M19.500 11.500L24 16l-4.500 4.500"/></g></svg>`)))
	arrows.FillMode = canvas.ImageFillContain
	return widget.NewSimpleRenderer(&fyne.Container{Layout: stacked{}, Objects: []fyne.CanvasObject{disc, arrows}})
}

// stacked gives every object all the room.
type stacked struct{}

func (stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (stacked) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m
}
