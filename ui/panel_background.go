package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/ui/ports"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// backgroundPanel chooses what stands behind the subject.
type backgroundPanel struct {
	w      *Window
	body   *fyne.Container
	kind   *widgets.Segments
	colors *colorChoice
	choose *widgets.Button
	file   *widgets.Words
	fit    *widgets.Segments
	scale  *widgets.Slider
	x, y   *widgets.Slider
	blur   *widgets.Slider
	hint   *widgets.Words
	all    *widgets.Button

	from  compose.Point // where a drag of the background began
	start compose.Background
}

var backgroundKinds = []string{"", "color", "picture", "blur"}

// plainColors are what shops and forms ask for: white, greys, black, and the
// blues and the grey of ID photos.
var plainColors = []string{"#ffffff", "#f2f2f2", "#c8ccd0", "#808080", "#000000", "#dbe9f6", "#a8cbe8", "#4f8fc9", "#e9e4da", "#cfe3d2", "#f4d9d9", "#d33a3a"}

func newBackground(w *Window) section {
	p := &backgroundPanel{w: w}
	p.kind = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("background.none")}, {Text: words.T("background.color")},
		{Text: words.T("background.picture")}, {Text: words.T("background.blur")},
	}, p.setKind)
	p.colors = newColorChoice(w, plainColors, func(c string) {
		w.change("undo.background", func(e *compose.Edit) { e.Background = compose.Background{Kind: "color", Color: c} })
	})
	p.choose = widgets.NewButton(words.T("background.choose"), "picture", widgets.Solid, p.ask)
	p.file = widgets.NewCaption("").Cut()
	p.fit = widgets.NewSegments([]widgets.Segment{{Text: words.T("background.fill")}, {Text: words.T("background.fit")}}, func(i int) {
		w.change("undo.background", func(e *compose.Edit) { e.Background.Fit = []string{"", "fit"}[i] })
	})
	slider := func(key string, low, high float64, set func(*compose.Background, float64)) *widgets.Slider {
		s := widgets.NewSlider(words.T(key), low, high, 0.01, words.Percent1)
		s.OnChanging = func(v float64) { w.changeLive(func(e *compose.Edit) { set(&e.Background, v) }) }
		s.OnChanged = func(v float64) { w.change("undo.background", func(e *compose.Edit) { set(&e.Background, v) }) }
		return s
	}
	p.scale = slider("background.scale", 0.2, 4, func(b *compose.Background, v float64) { b.Scale = v })
	p.x = slider("background.x", -1, 1, func(b *compose.Background, v float64) { b.X = v })
	p.y = slider("background.y", -1, 1, func(b *compose.Background, v float64) { b.Y = v })
	p.blur = slider("background.blur.size", 0.002, 0.08, func(b *compose.Background, v float64) { b.Blur = v })
	p.blur.Format = func(v float64) string { return words.Number(v*100, 1) + " %" }
	p.hint = widgets.NewCaption(words.T("background.drag")).Cut()
	p.all = w.applyToAllButton()
	p.body = column(p.kind, p.colors.object, p.choose, p.file, p.fit, p.scale, p.x, p.y, p.hint, p.blur, p.all)
	return p
}

func (p *backgroundPanel) content() fyne.CanvasObject { return p.body }
func (p *backgroundPanel) key(*fyne.KeyEvent) bool    { return false }

func (p *backgroundPanel) enter() {}

func (p *backgroundPanel) leave() { p.w.view.stage.SetTool(nil) }

func (p *backgroundPanel) setKind(i int) {
	kind := backgroundKinds[i]
	if kind == "picture" && p.w.edit().Background.Path == "" {
		p.ask() // nothing changes until a picture is chosen
		p.refresh()
		return
	}
	p.w.change("undo.background", func(e *compose.Edit) {
		e.Background.Kind = kind
		if kind == "color" && e.Background.Color == "" {
			e.Background.Color = "#ffffff"
		}
	})
}

func (p *backgroundPanel) ask() {
	p.w.ask(ports.Question{
		Kind: ports.OpenFile, Title: words.T("background.choose"), Accept: words.T("button.open"),
		Dir: openFolder(p.w.Deps.Settings.Get()), Filter: words.T("files.pictures"), Extensions: pictureExtensions,
	}, func(paths []string) {
		p.w.change("undo.background", func(e *compose.Edit) {
			e.Background = compose.Background{Kind: "picture", Path: paths[0]}
		})
	})
}

// tool drags the background picture behind the subject.
func (p *backgroundPanel) tool() *widgets.Tool {
	moved := func(q compose.Point) (x, y float64) {
		item, _ := p.w.list.item()
		return p.start.X + (q.X-p.from.X)/float64(max(1, item.Size.X)), p.start.Y + (q.Y-p.from.Y)/float64(max(1, item.Size.Y))
	}
	return &widgets.Tool{
		Down: func(q compose.Point) { p.from, p.start = q, p.w.edit().Background },
		Drag: func(q compose.Point) {
			x, y := moved(q)
			p.w.changeLive(func(e *compose.Edit) { e.Background.X, e.Background.Y = x, y })
		},
		Up: func(q compose.Point) {
			if x, y := moved(q); q != p.from {
				p.w.change("undo.background", func(e *compose.Edit) { e.Background.X, e.Background.Y = x, y })
			}
		},
	}
}

func (p *backgroundPanel) refresh() {
	b := p.w.edit().Background
	for i, k := range backgroundKinds {
		if k == b.Kind {
			p.kind.SetChosen(i)
		}
	}
	setVisible(p.colors.object, b.Kind == "color")
	p.colors.put(b.Color)
	picture := b.Kind == "picture"
	for _, o := range []fyne.CanvasObject{p.choose, p.file, p.fit, p.scale, p.x, p.y, p.hint} {
		setVisible(o, picture)
	}
	p.file.SetText(filepath.Base(b.Path))
	p.fit.SetChosen(0)
	if b.Fit == "fit" {
		p.fit.SetChosen(1)
	}
	if b.Scale == 0 {
		b.Scale = 1
	}
	if b.Blur == 0 {
		b.Blur = 0.02
	}
	p.scale.SetValue(b.Scale)
	p.x.SetValue(b.X)
	p.y.SetValue(b.Y)
	p.blur.SetValue(b.Blur)
	setVisible(p.blur, b.Kind == "blur")
	setVisible(p.all, len(p.w.list.items) > 1)
	if picture {
		p.w.view.stage.SetTool(p.tool())
	} else {
		p.w.view.stage.SetTool(nil)
	}
	p.body.Refresh()
}

// applyToAllButton gives the current picture's edit to all others.
func (w *Window) applyToAllButton() *widgets.Button {
	return widgets.NewButton(words.T("button.apply-all"), "", widgets.Solid, func() {
		if item, ok := w.list.item(); ok {
			w.Workspace.ApplyToAll(item.ID, "undo.apply-all")
			w.refreshAll()
			w.banner.tell(words.N("apply-all.done", len(w.list.items)-1), choice{words.T("button.undo"), w.undo})
		}
	}).WithTip(words.T("button.apply-all.tip"), "")
}

// colorChoice is swatches, the colours used of late, and a colour in figures.
type colorChoice struct {
	w      *Window
	object *fyne.Container
	plain  *widgets.Swatches
	recent *widgets.Swatches
	named  fyne.CanvasObject
	hex    *widgets.Entry
	pick   *widgets.Button
	chosen func(string)
	now    string
}

func newColorChoice(w *Window, colors []string, chosen func(string)) *colorChoice {
	c := &colorChoice{w: w, chosen: chosen}
	c.plain = widgets.NewSwatches(colors, c.use)
	c.recent = widgets.NewSwatches(nil, c.use)
	c.hex = widgets.NewEntry("#rrggbb", func(s string) {
		if _, err := compose.ParseColor(s); err != nil {
			c.hex.Put(c.now)
			return
		}
		c.use(s)
	})
	c.pick = widgets.NewButton(words.T("color.pick"), "", widgets.Solid, func() { w.pickColor(c.now, c.use) })
	c.named = named(words.T("color.recent"), c.recent)
	c.object = column(c.plain, c.named, container.NewBorder(nil, nil, nil, c.pick, c.hex))
	return c
}

func (c *colorChoice) use(color string) {
	c.w.update(func(s *settings.Settings) { s.UseColor(color) })
	c.chosen(color)
}

// put shows a colour as chosen.
func (c *colorChoice) put(color string) {
	c.now = color
	recent := c.w.Deps.Settings.Get().RecentColors
	setVisible(c.named, len(recent) > 0)
	c.recent.SetColors(recent)
	c.plain.Put(color)
	c.recent.Put(color)
	c.hex.Put(color)
}
