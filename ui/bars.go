package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/app/settings"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// topBar is the row of ways in, views and quality.
type topBar struct {
	w      *Window
	object fyne.CanvasObject

	ways    []*widgets.Button
	sides   *widgets.Segments
	sizes   *widgets.Segments
	quality *widgets.Segments
	undo    *widgets.Button
	redo    *widgets.Button
	zoom    *widgets.Words
}

func (w *Window) actionButton(id string, style widgets.Style) *widgets.Button {
	a := w.actions.get(id)
	return widgets.NewButton(words.T("button."+id), a.icon, style, a.run).WithTip(a.title(), a.keyName())
}

func (w *Window) iconButton(id string) *widgets.Button {
	a := w.actions.get(id)
	return widgets.NewIconButton(a.icon, a.title(), a.run).WithTip(a.title(), a.keyName())
}

func newTopBar(w *Window) *topBar {
	t := &topBar{w: w}
	for _, id := range []string{"open", "paste", "capture"} {
		t.ways = append(t.ways, w.actionButton(id, widgets.Flat))
	}
	t.undo, t.redo = w.iconButton("undo"), w.iconButton("redo")
	key := func(id string) string { return w.actions.get(id).keyName() }
	t.sides = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("side.before"), Tip: words.T("action.before"), Key: key("before")},
		{Icon: look.IconSplit, Tip: words.T("action.compare"), Key: key("compare")},
		{Text: words.T("side.after"), Tip: words.T("action.before"), Key: key("before")},
	}, func(i int) { w.view.setSide([]widgets.Side{widgets.Before, widgets.Compare, widgets.After}[i]) })
	t.sides.Chosen = 2
	t.sizes = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("size.fit"), Icon: look.IconFit, Tip: words.T("action.fit"), Key: key("fit")},
		{Text: "100 %", Tip: words.T("action.full-size"), Key: key("full-size")},
	}, func(i int) { w.actions.get([]string{"fit", "full-size"}[i]).run() })
	t.quality = widgets.NewSegments([]widgets.Segment{
		{Text: words.T("quality.fast"), Tip: words.T("quality.fast.tip")},
		{Text: words.T("quality.best"), Tip: words.T("quality.best.tip")},
	}, func(i int) {
		w.update(func(s *settings.Settings) { s.Quality = []string{"fast", "best"}[i] })
		w.again()
	})
	t.zoom = widgets.NewCaption("")
	row := container.New(&barLayout{t: t},
		container.NewHBox(t.ways[0], t.ways[1], t.ways[2], space(8), t.undo, t.redo),
		container.NewHBox(t.sides, space(8), t.sizes, container.NewCenter(t.zoom)),
		t.quality)
	t.object = bar(row, false)
	return t
}

func (t *topBar) refresh() {
	item, ok := t.w.list.item()
	t.undo.SetEnabled(t.w.actions.get("undo").enabled())
	t.redo.SetEnabled(t.w.actions.get("redo").enabled())
	tip := func(b *widgets.Button, id string, can func() (string, bool)) {
		b.Tip = words.T("action." + id)
		if label, ok := can(); ok && words.Has(label) {
			b.Tip += ": " + words.T(label)
		}
	}
	tip(t.undo, "undo", t.w.Workspace.CanUndo)
	tip(t.redo, "redo", t.w.Workspace.CanRedo)
	t.sides.SetEnabled(ok && showsResult(item))
	t.sizes.SetEnabled(ok)
	side := map[widgets.Side]int{widgets.Before: 0, widgets.Compare: 1, widgets.After: 2}
	t.sides.SetChosen(side[t.w.view.stage.Side()])
	if t.w.Deps.Settings.Get().Quality == "fast" {
		t.quality.SetChosen(0)
	} else {
		t.quality.SetChosen(1)
	}
	t.refreshZoom()
}

func (t *topBar) refreshZoom() {
	if t.zoom == nil {
		return
	}
	_, ok := t.w.list.item()
	stage := t.w.view.stage
	switch {
	case !ok:
		t.zoom.SetText("")
		t.sizes.SetChosen(-1)
		return
	case stage.Fitted():
		t.sizes.SetChosen(0)
	case stage.Zoom() == 1:
		t.sizes.SetChosen(1)
	default:
		t.sizes.SetChosen(-1)
	}
	t.zoom.SetText(words.Percent1(stage.Zoom()))
}

// barLayout keeps the views in the middle and gives up words for icons when
// the window is small.
type barLayout struct{ t *topBar }

const barGap = 8

func (b *barLayout) compact(on bool) {
	for _, x := range b.t.ways {
		x.SetCompact(on)
	}
	b.t.sizes.SetCompact(on)
}

func (b *barLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	// The least is what icons need, whatever is shown now.
	h := look.Size(look.SizeControl)
	w := 5*h + 8 + 5*theme.Padding() + b.t.sides.Least(true) + b.t.sizes.Least(true) + 8 + 2*theme.Padding() + b.t.quality.Least(true)
	return fyne.NewSize(w+2*barGap, h)
}

func (b *barLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b.compact(false)
	b.t.zoom.Show()
	need := func() float32 { return o[0].MinSize().Width + o[1].MinSize().Width + o[2].MinSize().Width + 2*barGap }
	if need() > size.Width {
		b.compact(true)
	}
	if need() > size.Width {
		b.t.zoom.Hide()
	}
	l, m, r := o[0].MinSize(), o[1].MinSize(), o[2].MinSize()
	x := (size.Width - m.Width) / 2
	x = max(l.Width+barGap, min(x, size.Width-r.Width-barGap-m.Width))
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(l.Width, size.Height))
	o[1].Move(fyne.NewPos(x, 0))
	o[1].Resize(fyne.NewSize(m.Width, size.Height))
	o[2].Move(fyne.NewPos(size.Width-r.Width, 0))
	o[2].Resize(fyne.NewSize(r.Width, size.Height))
}

// footer says what holds: privacy on the left, the device and the two last
// steps on the right.
type footer struct {
	w       *Window
	object  fyne.CanvasObject
	privacy *widgets.Button
	clear   *widgets.Button
	device  *widgets.Words
	copy    *widgets.Button
	save    *widgets.Button
	until   time.Time
	count   int

	offline  bool
	measured time.Time
}

// measureEvery is how often the lock is looked at for the line at the foot.
// Looking means asking for a socket, so not at every second.
const measureEvery = time.Minute

func newFooter(w *Window) *footer {
	f := &footer{w: w}
	f.privacy = widgets.NewButton("", look.IconLock, widgets.Quiet, w.showPrivacy).WithTip(words.T("action.privacy"), w.actions.get("privacy").keyName())
	f.clear = widgets.NewButton(words.T("button.clear"), look.IconNone, widgets.Quiet, w.actions.get("clear").run).
		WithTip(words.T("action.clear"), w.actions.get("clear").keyName())
	f.device = widgets.NewCaption("")
	f.copy = w.actionButton("copy", widgets.Solid)
	f.save = w.actionButton("save", widgets.Accent)
	row := container.New(&footLayout{}, f.privacy, f.clear, container.NewCenter(f.device), container.NewHBox(f.copy, space(4), f.save))
	f.object = bar(row, true)
	return f
}

func (f *footer) refresh() {
	f.copy.SetEnabled(f.w.actions.get("copy").enabled())
	f.save.SetEnabled(f.w.actions.get("save").enabled())
	if f.w.Engine != nil {
		f.device.SetText(f.w.Engine.Device())
	}
	f.count, f.until = f.w.Workspace.Clearing()
	setVisible(f.clear, f.count > 0)
	f.tick()
}

// tick counts the time down.
func (f *footer) tick() {
	if f.w.Privacy != nil && time.Since(f.measured) > measureEvery {
		f.offline, f.measured = f.w.Privacy.Offline(), time.Now()
	}
	line, icon := words.T("foot.open"), look.IconUnlock
	if f.offline {
		line, icon = words.T("foot.offline"), look.IconLock
	}
	if f.count > 0 {
		line += words.T("foot.gap") + words.N("foot.copies", f.count, words.Left(time.Until(f.until)))
	}
	f.privacy.SetIcon(icon)
	f.privacy.SetText(line)
}

type footLayout struct{}

func (footLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160+o[3].MinSize().Width, look.Size(look.SizeControl))
}

func (footLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	end := o[3].MinSize()
	o[3].Move(fyne.NewPos(size.Width-end.Width, 0))
	o[3].Resize(fyne.NewSize(end.Width, size.Height))
	room := size.Width - end.Width - 16
	p := min(o[0].MinSize().Width, room)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(p, size.Height))
	x := p + 4
	place := func(o fyne.CanvasObject, at float32) {
		m := o.MinSize()
		if at < x || at+m.Width > room {
			o.Resize(fyne.NewSize(0, 0))
			o.Move(fyne.NewPos(-1000, 0))
			return
		}
		o.Move(fyne.NewPos(at, 0))
		o.Resize(fyne.NewSize(m.Width, size.Height))
	}
	place(o[2], room-o[2].MinSize().Width-8)
	if o[1].Visible() {
		room -= o[2].MinSize().Width
		place(o[1], x)
	}
}

// bar puts a row on a panel with a hairline towards the middle.
func bar(row fyne.CanvasObject, bottom bool) fyne.CanvasObject {
	back, line := widgets.NewGround(look.ColorPanel), widgets.NewHairline()
	padded := container.New(layout.NewCustomPaddedLayout(8, 8, 10, 10), row)
	if bottom {
		return container.NewStack(back, newEdges(line, nil, nil, nil, padded))
	}
	return container.NewStack(back, newEdges(nil, line, nil, nil, padded))
}

func space(w float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, 1))
	return r
}
