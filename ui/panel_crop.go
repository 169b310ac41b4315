package ui

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"kirinuki/engine/compose"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// cropPanel chooses the part that is kept and the size it is brought to.
type cropPanel struct {
	w       *Window
	body    *fyne.Container
	trim    *widgets.Check
	margin  *widgets.Slider
	shape   *widgets.Select
	width   *widgets.Entry
	height  *widgets.Entry
	sizes   fyne.CanvasObject
	dpi     *widgets.Entry
	density fyne.CanvasObject
	center  *widgets.Check
	larger  *widgets.Check
	result  *widgets.Words
	small   *widgets.Words
	reset   *widgets.Button
	all     *widgets.Button

	from   compose.Point // where a drag began
	start  image.Rectangle
	gx, gy int
	moving bool
	frame  image.Rectangle // while dragging
	custom bool            // the size is being typed
}

// shapes are the sizes and aspects that are asked for most.
var shapes = []struct {
	key    string
	canvas compose.Canvas
}{
	{"shape.free", compose.Canvas{}},
	{"shape.1x1", compose.Canvas{AspectW: 1, AspectH: 1}},
	{"shape.4x3", compose.Canvas{AspectW: 4, AspectH: 3}},
	{"shape.3x4", compose.Canvas{AspectW: 3, AspectH: 4}},
	{"shape.16x9", compose.Canvas{AspectW: 16, AspectH: 9}},
	{"shape.shop", compose.Canvas{W: 2000, H: 2000, Center: true}},
	{"shape.slide", compose.Canvas{W: 1920, H: 1080}},
	{"shape.id-35x45", photoCanvas(35, 45)},
	{"shape.id-30x40", photoCanvas(30, 40)},
	{"shape.id-33x48", photoCanvas(33, 48)},
	{"shape.id-2x2in", photoCanvas(50.8, 50.8)},
	{"shape.custom", compose.Canvas{}},
}

func photoCanvas(wmm, hmm float64) compose.Canvas {
	return compose.Canvas{W: compose.Pixels(wmm, 300), H: compose.Pixels(hmm, 300), DPI: 300}
}

func newCrop(w *Window) section {
	p := &cropPanel{w: w}
	p.trim = widgets.NewCheck(words.T("crop.trim"), func(on bool) {
		w.change("undo.crop", func(e *compose.Edit) {
			e.Crop = compose.Crop{Trim: on}
			if on {
				e.Crop.Margin = 0.05
			}
		})
	})
	p.margin = widgets.NewSlider(words.T("crop.margin"), 0, 0.5, 0.005, func(v float64) string { return words.Number(v*100, 1) + " %" })
	p.margin.OnChanging = func(v float64) { w.changeLive(func(e *compose.Edit) { e.Crop.Margin = v }) }
	p.margin.OnChanged = func(v float64) { w.change("undo.crop", func(e *compose.Edit) { e.Crop.Margin = v }) }
	var names []string
	for _, s := range shapes {
		names = append(names, words.T(s.key))
	}
	p.shape = widgets.NewSelect(names, func(i int) {
		p.custom = shapes[i].key == "shape.custom"
		if p.custom {
			p.refresh()
			return
		}
		w.change("undo.canvas", func(e *compose.Edit) {
			up := e.Canvas.Upscale
			e.Canvas = shapes[i].canvas
			e.Canvas.Upscale = up && e.Canvas.W > 0
		})
	})
	number := func(set func(*compose.Canvas, int)) *widgets.Entry {
		return widgets.NewEntry("–", func(s string) {
			n, _ := strconv.Atoi(strings.TrimSpace(s))
			n = max(0, min(n, 65535))
			w.change("undo.canvas", func(e *compose.Edit) {
				e.Canvas.AspectW, e.Canvas.AspectH = 0, 0
				set(&e.Canvas, n)
			})
		})
	}
	p.width = number(func(c *compose.Canvas, n int) { c.W = n })
	p.height = number(func(c *compose.Canvas, n int) { c.H = n })
	p.dpi = number(func(c *compose.Canvas, n int) { c.DPI = float64(n) })
	p.sizes = named(words.T("crop.pixels"), container.NewGridWithColumns(2, p.width, p.height))
	p.density = named(words.T("crop.dpi"), p.dpi)
	p.center = widgets.NewCheck(words.T("crop.center"), func(on bool) {
		w.change("undo.canvas", func(e *compose.Edit) { e.Canvas.Center = on })
	})
	p.larger = widgets.NewCheck(words.T("crop.upscale"), func(on bool) {
		w.change("undo.canvas", func(e *compose.Edit) { e.Canvas.Upscale = on })
	})
	p.result = widgets.NewCaption("").Cut()
	p.small = widgets.NewWords(words.T("crop.small"), "helperText", "warning").Cut()
	p.reset = widgets.NewButton(words.T("crop.reset"), "", widgets.Solid, func() {
		p.custom = false
		w.change("undo.crop", func(e *compose.Edit) { e.Crop, e.Canvas = compose.Crop{}, compose.Canvas{} })
	})
	p.all = w.applyToAllButton()
	p.body = column(
		widgets.NewCaption(words.T("crop.hint")).Cut(),
		p.trim, p.margin, named(words.T("crop.shape"), p.shape), p.sizes, p.density, p.center, p.larger,
		p.result, p.small, p.reset, p.all)
	return p
}

func (p *cropPanel) content() fyne.CanvasObject { return p.body }

func (p *cropPanel) key(ev *fyne.KeyEvent) bool {
	if ev.Name == fyne.KeyT {
		p.trim.SetChecked(!p.trim.Checked)
		return true
	}
	return false
}

// enter shows the whole picture with the frame on it.
func (p *cropPanel) enter() {
	p.w.view.whole = true
	p.w.view.stage.SetTool(&widgets.Tool{Cursor: desktop.CrosshairCursor, Down: p.down, Drag: p.drag, Up: p.up})
	p.w.view.reload()
}

func (p *cropPanel) leave() {
	p.w.view.whole = false
	p.w.view.stage.SetTool(nil)
	p.w.view.stage.SetFrame(image.Rectangle{})
	p.w.view.reload()
}

// area is the part that is kept now, as far as the original has it.
func (p *cropPanel) area() image.Rectangle {
	item, ok := p.w.list.item()
	if !ok {
		return image.Rectangle{}
	}
	if c := p.w.edit().Crop; c.W > 0 {
		return image.Rect(c.X, c.Y, c.X+c.W, c.Y+c.H)
	}
	return image.Rectangle{Max: item.Size}
}

func (p *cropPanel) down(q compose.Point) {
	p.from, p.start, p.frame = q, p.area(), p.area()
	p.gx, p.gy, p.moving = p.w.view.stage.Grip(q)
	if !p.moving { // outside: a new frame
		p.start = image.Rectangle{}
	} else if item, _ := p.w.list.item(); p.gx == 0 && p.gy == 0 && p.start.Size() == item.Size {
		p.moving, p.start = false, image.Rectangle{} // the whole picture cannot be moved, so draw
	}
}

func (p *cropPanel) drag(q compose.Point) {
	item, ok := p.w.list.item()
	if !ok {
		return
	}
	all := image.Rectangle{Max: item.Size}
	dx, dy := int(math.Round(q.X-p.from.X)), int(math.Round(q.Y-p.from.Y))
	r := p.start
	switch {
	case !p.moving:
		r = image.Rect(int(p.from.X), int(p.from.Y), int(q.X), int(q.Y)).Canon()
	case p.gx == 0 && p.gy == 0:
		dx = max(all.Min.X-r.Min.X, min(dx, all.Max.X-r.Max.X))
		dy = max(all.Min.Y-r.Min.Y, min(dy, all.Max.Y-r.Max.Y))
		r = r.Add(image.Pt(dx, dy))
	default:
		switch p.gx {
		case -1:
			r.Min.X += dx
		case 1:
			r.Max.X += dx
		}
		switch p.gy {
		case -1:
			r.Min.Y += dy
		case 1:
			r.Max.Y += dy
		}
		r = r.Canon()
	}
	if r = r.Intersect(all); r.Dx() >= 1 && r.Dy() >= 1 {
		p.frame = r
		p.w.view.stage.SetFrame(r)
	}
}

func (p *cropPanel) up(compose.Point) {
	item, ok := p.w.list.item()
	if r := p.frame; ok && r != p.area() && r.Dx() >= 4 && r.Dy() >= 4 {
		p.w.change("undo.crop", func(e *compose.Edit) {
			e.Crop.X, e.Crop.Y, e.Crop.W, e.Crop.H = r.Min.X, r.Min.Y, r.Dx(), r.Dy()
			if r.Size() == item.Size {
				e.Crop.X, e.Crop.Y, e.Crop.W, e.Crop.H = 0, 0, 0, 0
			}
		})
	} else {
		p.w.view.stage.SetFrame(p.area())
	}
}

func (p *cropPanel) refresh() {
	e := p.w.edit()
	p.trim.Put(e.Crop.Trim)
	p.margin.SetValue(e.Crop.Margin)
	setVisible(p.margin, e.Crop.Trim)
	at := len(shapes) - 1
	if !p.custom {
		for i, s := range shapes {
			c := e.Canvas
			c.Upscale, c.Center = s.canvas.Upscale, s.canvas.Center
			if c == s.canvas && s.key != "shape.custom" {
				at = i
				break
			}
		}
	}
	p.shape.Put(at)
	put := func(en *widgets.Entry, n int) {
		if n == 0 {
			en.Put("")
		} else {
			en.Put(strconv.Itoa(n))
		}
	}
	put(p.width, e.Canvas.W)
	put(p.height, e.Canvas.H)
	put(p.dpi, int(e.Canvas.DPI))
	sized := e.Canvas.W > 0 || e.Canvas.H > 0 || p.custom
	setVisible(p.sizes, sized)
	setVisible(p.density, sized)
	setVisible(p.larger, sized)
	p.center.Put(e.Canvas.Center)
	setVisible(p.center, e.Canvas != (compose.Canvas{}))
	p.larger.Put(e.Canvas.Upscale)
	p.reset.SetEnabled(isCropped(e))
	setVisible(p.all, len(p.w.list.items) > 1)
	p.w.view.stage.SetFrame(p.area())
	p.measure(e)
	p.body.Refresh()
}

// measure says how large the finished picture will be.
func (p *cropPanel) measure(e compose.Edit) {
	lay := p.w.view.finished
	setVisible(p.small, lay.Small)
	if lay.W == 0 {
		p.result.SetText("")
		return
	}
	text := words.T("crop.result", words.Size(image.Pt(lay.W, lay.H)))
	if e.Canvas.DPI > 0 {
		mm := func(n int) string { return fmt.Sprintf("%.0f", float64(n)*25.4/e.Canvas.DPI) }
		text += words.T("crop.mm", mm(lay.W), mm(lay.H))
	}
	p.result.SetText(text)
}
