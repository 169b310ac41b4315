package ui

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
	"kirinuki/ui/words"
)

// pickRegion shows a picture of the screen on the whole screen and lets the
// person draw a rectangle. Return takes everything, Escape nothing.
func (w *Window) pickRegion(img image.Image) {
	win := w.app.NewWindow(words.T("action.capture"))
	win.SetPadded(false)
	over := false
	finish := func(r image.Rectangle) {
		if over {
			return
		}
		over = true
		var part image.Image
		if r = r.Intersect(img.Bounds()); r.Dx() >= 2 && r.Dy() >= 2 {
			cut := image.NewNRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
			draw.Draw(cut, cut.Rect, img, r.Min, draw.Src)
			part = cut
		}
		win.Close()
		w.captured(part)
	}
	p := newRegionPicker(img, finish)
	win.SetContent(p)
	win.SetCloseIntercept(func() { finish(image.Rectangle{}) })
	win.Canvas().SetOnTypedKey(p.TypedKey)
	win.SetFullScreen(true)
	win.Show()
	win.RequestFocus()
}

// regionPicker is the picture of the screen with a rectangle on it.
type regionPicker struct {
	widget.BaseWidget
	img      *image.NRGBA
	picked   func(image.Rectangle)
	from, to fyne.Position
	drawing  bool
	drawn    bool
	raster   *canvas.Raster
	buf      *image.RGBA
}

var (
	_ fyne.Draggable     = (*regionPicker)(nil)
	_ desktop.Mouseable  = (*regionPicker)(nil)
	_ desktop.Cursorable = (*regionPicker)(nil)
)

func newRegionPicker(img image.Image, picked func(image.Rectangle)) *regionPicker {
	b := img.Bounds()
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, img, b.Min, draw.Src)
	p := &regionPicker{img: flat, picked: picked}
	p.ExtendBaseWidget(p)
	return p
}

// region is what was drawn, in the picture's pixels.
func (p *regionPicker) region() image.Rectangle {
	size := p.Size()
	if size.Width <= 0 || size.Height <= 0 || !p.drawn {
		return image.Rectangle{}
	}
	kx, ky := float32(p.img.Rect.Dx())/size.Width, float32(p.img.Rect.Dy())/size.Height
	at := func(q fyne.Position) image.Point { return image.Pt(int(q.X*kx+0.5), int(q.Y*ky+0.5)) }
	return image.Rectangle{at(p.from), at(p.to)}.Canon()
}

// MouseDown begins a rectangle.
func (p *regionPicker) MouseDown(ev *desktop.MouseEvent) {
	if ev.Button != desktop.MouseButtonPrimary {
		p.picked(image.Rectangle{})
		return
	}
	p.from, p.to, p.drawing, p.drawn = ev.Position, ev.Position, true, false
}

// Dragged draws it.
func (p *regionPicker) Dragged(ev *fyne.DragEvent) {
	p.to, p.drawn = ev.Position, true
	p.raster.Refresh()
}

// MouseUp ends it.
func (p *regionPicker) MouseUp(ev *desktop.MouseEvent) {
	if p.drawing && p.drawn {
		p.to = ev.Position
	}
	p.end()
}

// DragEnd ends it.
func (p *regionPicker) DragEnd() { p.end() }

func (p *regionPicker) end() {
	if !p.drawing {
		return
	}
	p.drawing = false
	if r := p.region(); r.Dx() >= 4 && r.Dy() >= 4 {
		p.picked(r)
	} else {
		p.drawn = false
		p.raster.Refresh()
	}
}

// TypedKey takes everything on Return and nothing on Escape.
func (p *regionPicker) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyEscape:
		p.picked(image.Rectangle{})
	case fyne.KeyReturn, fyne.KeyEnter:
		p.picked(p.img.Rect)
	}
}

// Cursor is a cross.
func (p *regionPicker) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// CreateRenderer makes the picture and the line of help over it.
func (p *regionPicker) CreateRenderer() fyne.WidgetRenderer {
	p.raster = canvas.NewRaster(p.draw)
	help := canvas.NewText(words.T("capture.help"), color.White)
	help.TextSize = 15
	back := canvas.NewRectangle(color.NRGBA{15, 18, 20, 225})
	back.CornerRadius = 10
	label := container.NewStack(back, container.NewPadded(container.NewPadded(help)))
	return widget.NewSimpleRenderer(container.NewStack(p.raster, container.NewBorder(container.NewPadded(container.NewCenter(label)), nil, nil, nil)))
}

func (p *regionPicker) draw(w, h int) image.Image {
	if p.buf == nil || p.buf.Rect.Dx() != w || p.buf.Rect.Dy() != h {
		p.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	r := p.region()
	sw, sh := p.img.Rect.Dx(), p.img.Rect.Dy()
	edge := look.Color(theme.ColorNamePrimary)
	for y := range h {
		sy := min(y*sh/h, sh-1)
		src, dst := p.img.Pix[sy*p.img.Stride:], p.buf.Pix[y*p.buf.Stride:]
		for x := range w {
			sx := min(x*sw/w, sw-1)
			s, d := src[4*sx:4*sx+3], dst[4*x:4*x+4]
			d[3] = 255
			at := image.Point{X: sx, Y: sy}
			if at.In(r.Inset(-2)) && !at.In(r) { // a line around it
				d[0], d[1], d[2] = edge.R, edge.G, edge.B
			} else if at.In(r) {
				d[0], d[1], d[2] = s[0], s[1], s[2]
			} else {
				d[0], d[1], d[2] = s[0]/2, s[1]/2, s[2]/2
			}
		}
	}
	return p.buf
}
