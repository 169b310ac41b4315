package ui

import (
	"context"
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"kirinuki/app"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// touchUpPanel lets a person say what belongs to the subject.
type touchUpPanel struct {
	w        *Window
	body     *fyne.Container
	buttons  []*widgets.Button
	about    *widgets.Words
	size     *widgets.Slider
	hardness *widgets.Slider
	veil     *widgets.Segments
	backdrop *widgets.Swatches
	loupe    *widgets.Check
	shift    *widgets.Slider
	feather  *widgets.Slider
	method   *widgets.Select
	holes    *widgets.Check
	reset    *widgets.Button

	tool   int // of touchTools
	points []compose.Point
}

// touchTools are what the pointer can do. The last one clicks parts.
var touchTools = []struct {
	id   string
	icon look.Icon
	tool compose.Tool // "" for parts
	key  fyne.KeyName
	tint color.NRGBA
}{
	{"keep", look.IconKeep, compose.Keep, fyne.KeyK, color.NRGBA{60, 190, 110, 150}},
	{"remove", look.IconRemove, compose.Remove, fyne.KeyR, color.NRGBA{228, 62, 96, 150}},
	{"hair", look.IconHair, compose.Hair, fyne.KeyH, color.NRGBA{235, 180, 50, 150}},
	{"erase", look.IconErase, compose.Erase, fyne.KeyE, color.NRGBA{40, 40, 46, 190}},
	{"restore", look.IconRestore, compose.Restore, fyne.KeyT, color.NRGBA{80, 150, 240, 150}},
	{"parts", look.IconParts, "", fyne.KeyP, color.NRGBA{}},
}

// The brush's radius in picture pixels is smallest*growth^v for v in 0..1.
const (
	smallestBrush = 1.0
	largestBrush  = 400.0
)

func brushRadius(v float64) float64 {
	return smallestBrush * math.Pow(largestBrush/smallestBrush, v)
}

// backdrops are what a result is looked at on: nothing is changed by them.
var backdrops = []string{"", "#ffffff", "#808080", "#000000", "#22a34a", "#c832c8"}

func newTouchUp(w *Window) section {
	p := &touchUpPanel{w: w}
	row := container.New(layout.NewGridLayoutWithColumns(3))
	for i, t := range touchTools {
		b := widgets.NewButton(words.T("tool."+t.id), t.icon, widgets.Stack, func() { p.choose(i) })
		b.WithTip(words.T("tool."+t.id+".tip"), string(t.key))
		p.buttons = append(p.buttons, b)
		row.Add(b)
	}
	p.about = widgets.NewCaption("").Cut()
	p.size = widgets.NewSlider(words.T("brush.size"), 0, 1, 0.01, func(v float64) string {
		return words.T("unit.px", words.Number(2*brushRadius(v), 0))
	})
	p.size.SetValue(0.5)
	p.size.OnChanging = func(float64) { p.hold() }
	p.hardness = widgets.NewSlider(words.T("brush.hardness"), 0, 1, 0.05, words.Percent)
	p.hardness.SetValue(0.8)
	p.veil = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("veil.result"), Tip: words.T("veil.tip"), Key: "O"},
		{Text: words.T("veil.overlay"), Tip: words.T("veil.tip"), Key: "O"},
		{Text: words.T("veil.grey"), Tip: words.T("veil.tip"), Key: "O"},
	}, func(i int) { p.setVeil(widgets.Veil(i)) })
	p.backdrop = widgets.NewSwatches(backdrops, p.setBackdrop)
	p.backdrop.Names = []string{words.T("backdrop.checker"), words.T("backdrop.white"), words.T("backdrop.grey"),
		words.T("backdrop.black"), words.T("backdrop.green"), words.T("backdrop.magenta")}
	p.loupe = widgets.NewCheck(words.T("brush.loupe"), func(bool) { w.view.toggleLoupe() })
	edge := func(key string, low, high float64, set func(*compose.Edge, float64)) *widgets.Slider {
		s := widgets.NewSlider(words.T(key), low, high, 0.5, func(v float64) string { return words.T("unit.px", words.Number(v, 1)) })
		s.OnChanging = func(v float64) { w.changeLive(func(e *compose.Edit) { set(&e.Edge, v) }) }
		s.OnChanged = func(v float64) { w.change("undo.edge", func(e *compose.Edit) { set(&e.Edge, v) }) }
		return s
	}
	p.shift = edge("edge.shift", -10, 10, func(e *compose.Edge, v float64) { e.Shift = v })
	p.feather = edge("edge.feather", 0, 20, func(e *compose.Edge, v float64) { e.Feather = v })
	p.method = widgets.NewSelect([]string{words.T("method.auto"), words.T("method.network"), words.T("method.key")}, func(int) { p.again() })
	p.method.Put(0)
	p.holes = widgets.NewCheck(words.T("method.holes"), func(bool) { p.again() })
	p.reset = widgets.NewButton(words.T("touchup.reset"), look.IconNone, widgets.Solid, func() {
		w.change("undo.touchup.reset", func(e *compose.Edit) { e.Strokes, e.Parts, e.Edge = nil, nil, compose.Edge{} })
	})
	p.body = column(row, p.about, p.size, p.hardness,
		named(words.T("veil.title"), p.veil), named(words.T("backdrop.title"), p.backdrop), p.loupe,
		p.shift, p.feather,
		named(words.T("method.title"), p.method), p.holes, p.reset)
	return p
}

func (p *touchUpPanel) content() fyne.CanvasObject { return p.body }

func (p *touchUpPanel) enter() {
	item, ok := p.w.list.item()
	if ok && len(p.w.edit().Strokes) == 0 && p.points == nil { // a brush that suits the picture
		r := float64(max(item.Size.X, item.Size.Y)) / 60
		p.size.SetValue(math.Log(max(smallestBrush, r)/smallestBrush) / math.Log(largestBrush/smallestBrush))
	}
	if p.w.view.stage.Side() == widgets.Before {
		p.w.view.setSide(widgets.After)
	}
	p.choose(p.tool)
}

func (p *touchUpPanel) leave() {
	p.w.view.stage.SetTool(nil)
	p.setVeil(widgets.Plain)
	p.w.view.stage.SetBackdrop(nil)
}

// choose takes another tool into the hand.
func (p *touchUpPanel) choose(i int) {
	p.tool = i
	for n, b := range p.buttons {
		b.SetChosen(n == i)
	}
	p.about.SetText(words.T("tool." + touchTools[i].id + ".tip"))
	brush := touchTools[i].tool != ""
	setVisible(p.size, brush)
	setVisible(p.hardness, touchTools[i].tool == compose.Erase || touchTools[i].tool == compose.Restore)
	p.hold()
	p.body.Refresh()
}

// hold gives the stage the tool.
func (p *touchUpPanel) hold() {
	if touchTools[p.tool].tool == "" {
		p.w.view.stage.SetTool(&widgets.Tool{Cursor: desktop.PointerCursor, Up: p.click, Down: func(compose.Point) {}})
		return
	}
	p.w.view.stage.SetTool(&widgets.Tool{
		Cursor: desktop.CrosshairCursor, Radius: brushRadius(p.size.Value()),
		Down: p.down, Drag: p.drag, Up: p.up,
	})
}

func (p *touchUpPanel) down(q compose.Point) {
	item, ok := p.w.list.item()
	if !ok || !hasResult(item) {
		return
	}
	p.points = []compose.Point{q}
	p.w.view.stage.BeginTrail(q, brushRadius(p.size.Value()), touchTools[p.tool].tint)
}

func (p *touchUpPanel) drag(q compose.Point) {
	if len(p.points) == 0 {
		return
	}
	last := p.points[len(p.points)-1]
	if math.Hypot(q.X-last.X, q.Y-last.Y) < max(0.5, brushRadius(p.size.Value())/8) {
		return
	}
	p.points = append(p.points, q)
	p.w.view.stage.ExtendTrail(q)
}

func (p *touchUpPanel) up(compose.Point) {
	if len(p.points) == 0 {
		return
	}
	s := compose.Stroke{Tool: touchTools[p.tool].tool, Radius: brushRadius(p.size.Value()), Points: p.points}
	if s.Tool == compose.Erase || s.Tool == compose.Restore {
		s.Hardness = p.hardness.Value()
	}
	p.points = nil
	p.w.change("undo.brush", func(e *compose.Edit) { e.Strokes = append(e.Strokes, s) })
}

// click drops the part of the subject under the pointer, or brings it back;
// with Shift it keeps that part alone.
func (p *touchUpPanel) click(q compose.Point) {
	item, ok := p.w.list.item()
	if !ok || !hasResult(item) {
		return
	}
	alone := false
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		alone = d.CurrentKeyModifiers()&shift != 0
	}
	p.w.work(func(ctx context.Context) {
		cut, err := p.w.Workspace.Cutout(ctx, item.ID)
		if err != nil {
			return
		}
		var parts []compose.Part
		if alone {
			parts = allBut(cut.Alpha, q)
		} else {
			at := image.Pt(int(q.X), int(q.Y))
			inside := at.In(cut.Alpha.Rect) && cut.Alpha.GrayAt(at.X, at.Y).Y > 127
			parts = []compose.Part{{At: q, Keep: !inside}}
		}
		onUI(func() {
			if now, ok := p.w.list.item(); !ok || now.ID != item.ID || len(parts) == 0 {
				return
			}
			p.w.change("undo.part", func(e *compose.Edit) {
				for _, part := range parts {
					part.After = len(e.Strokes)
					e.Parts = append(e.Parts, part)
				}
			})
		})
	})
}

// allBut returns clicks that drop every part but the one at q.
func allBut(alpha *image.Gray, q compose.Point) []compose.Part {
	labels := matte.Components(alpha)
	keep := labels.At(int(q.X), int(q.Y))
	if keep == 0 {
		return nil
	}
	var parts []compose.Part
	for i, part := range labels.Parts {
		if i+1 == keep || len(parts) >= 200 {
			continue
		}
		if at, ok := pixelOf(labels, i+1, part.Bounds); ok {
			parts = append(parts, compose.Part{At: at})
		}
	}
	return parts
}

// pixelOf returns the centre of a pixel of part id.
func pixelOf(l *matte.Labels, id int, within image.Rectangle) (compose.Point, bool) {
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if l.At(x, y) == id {
				return compose.Point{X: float64(x) + 0.5, Y: float64(y) + 0.5}, true
			}
		}
	}
	return compose.Point{}, false
}

func (p *touchUpPanel) setVeil(v widgets.Veil) {
	p.veil.SetChosen(int(v))
	if p.w.view.stage.Veil() != v {
		p.w.view.stage.SetVeil(v)
		p.w.view.reload()
	}
}

func (p *touchUpPanel) setBackdrop(c string) {
	if c == "" {
		p.w.view.stage.SetBackdrop(nil)
		return
	}
	if n, err := compose.ParseColor(c); err == nil {
		p.w.view.stage.SetBackdrop(&n)
	}
}

// again removes this picture's background in the way that was chosen by hand.
func (p *touchUpPanel) again() {
	item, ok := p.w.list.item()
	if !ok || isBusy(item) {
		return
	}
	r := app.Request(p.w.Deps.Settings.Get())
	r.Method = []engine.Method{engine.Auto, engine.Network, engine.ColorKey}[max(0, p.method.SelectedIndex())]
	r.Holes = p.holes.Checked
	p.w.Workspace.Reprocess([]app.ID{item.ID}, r, "undo.reprocess")
	p.w.refreshAll()
}

func (p *touchUpPanel) key(ev *fyne.KeyEvent) bool {
	step := func(s *widgets.Slider, by float64) {
		s.SetValue(max(0, min(1, s.Value()+by)))
		p.hold()
	}
	held := fyne.KeyModifier(0)
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		held = d.CurrentKeyModifiers()
	}
	switch ev.Name {
	case fyne.KeyLeftBracket, fyne.KeyRightBracket:
		by := 0.04
		if ev.Name == fyne.KeyLeftBracket {
			by = -by
		}
		if held&shift != 0 {
			step(p.hardness, by*2.5)
		} else {
			step(p.size, by)
		}
		return true
	case fyne.KeyO:
		p.setVeil((p.w.view.stage.Veil() + 1) % 3)
		return true
	case fyne.KeyX: // the other way round
		other := map[int]int{0: 1, 1: 0, 3: 4, 4: 3}
		if o, ok := other[p.tool]; ok {
			p.choose(o)
		}
		return true
	}
	for i, t := range touchTools {
		if t.key == ev.Name {
			p.choose(i)
			return true
		}
	}
	return false
}

func (p *touchUpPanel) refresh() {
	e := p.w.edit()
	p.shift.SetValue(e.Edge.Shift)
	p.feather.SetValue(e.Edge.Feather)
	p.loupe.Put(p.w.view.stage.Loupe())
	p.reset.SetEnabled(len(e.Strokes) > 0 || len(e.Parts) > 0 || e.Edge != compose.Edge{})
	setVisible(p.holes, p.method.SelectedIndex() != 1)
}
