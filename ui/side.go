package ui

import (
	"image"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"kirinuki/app"
	"kirinuki/app/settings"
	"kirinuki/engine/compose"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// sections are what can be finished about a picture, one shown at a time.
var sections = []struct {
	id   string
	icon look.Icon
	make func(*Window) section
}{
	{"touchup", look.IconBrush, newTouchUp},
	{"background", look.IconBackground, newBackground},
	{"shadow", look.IconShadow, newShadow},
	{"crop", look.IconCrop, newCrop},
	{"export", look.IconExport, newExport},
}

// section is one of them.
type section interface {
	content() fyne.CanvasObject
	// refresh shows the current item's edit.
	refresh()
	// enter and leave are called when the section opens and closes.
	enter()
	leave()
	// key handles a key while the section is open.
	key(ev *fyne.KeyEvent) bool
}

// sidebar is the rail of sections and the open one.
type sidebar struct {
	w      *Window
	object *fyne.Container
	rail   *fyne.Container
	panel  *fyne.Container
	tabs   []*widgets.Button
	made   map[string]section
	open   string // "" for none
	shows  sideShows
	narrow bool
}

const (
	panelWide   = 292
	panelNarrow = 250
)

func newSidebar(w *Window) *sidebar {
	s := &sidebar{w: w, made: map[string]section{}}
	s.rail = container.New(layout.NewCustomPaddedVBoxLayout(4))
	for _, d := range sections {
		a := w.actions.get("section." + d.id)
		b := widgets.NewButton(words.T("section."+d.id), d.icon, widgets.Stack, a.run)
		b.WithTip(words.T("section."+d.id+".tip"), a.keyName())
		s.tabs = append(s.tabs, b)
		s.rail.Add(b)
	}
	s.panel = container.NewStack()
	s.panel.Hide()
	edge := func() fyne.CanvasObject {
		l := widgets.NewHairline()
		return l
	}
	s.object = container.NewStack(widgets.NewGround(look.ColorPanel),
		container.New(&sideLayout{s}, newEdges(nil, nil, edge(), nil, s.panel),
			newEdges(nil, nil, edge(), nil, container.New(layout.NewCustomPaddedLayout(8, 8, 6, 6), s.rail))))
	return s
}

// section returns the open section, or nil.
func (s *sidebar) section() section {
	if s.open == "" {
		return nil
	}
	return s.made[s.open]
}

// toggle opens a section, or closes it where it is open.
func (s *sidebar) toggle(id string) {
	if id == s.open {
		id = ""
	}
	s.show(id)
}

// show opens a section; "" closes the open one.
func (s *sidebar) show(id string) {
	if id == s.open {
		return
	}
	if was := s.section(); was != nil {
		was.leave()
	}
	s.open = id
	s.panel.RemoveAll()
	for i, d := range sections {
		s.tabs[i].SetChosen(d.id == id)
		if d.id != id {
			continue
		}
		if s.made[id] == nil {
			s.made[id] = d.make(s.w)
		}
		close := widgets.NewIconButton(look.IconClose, words.T("button.close"), func() { s.show("") })
		head := container.NewBorder(nil, nil, nil, close, container.New(layout.NewCustomPaddedLayout(0, 0, 2, 0), widgets.NewHeading(words.T("section."+id))))
		body := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(4, 16, 16, 16), s.made[id].content()))
		s.panel.Add(newEdges(container.New(layout.NewCustomPaddedLayout(10, 4, 14, 8), head), nil, nil, nil, body))
	}
	setVisible(s.panel, id != "")
	if now := s.section(); now != nil {
		now.enter()
		s.shows = sideShows{}
		now.refresh()
	}
	s.w.relayout()
	s.w.view.refresh()
}

func (s *sidebar) refresh() {
	setVisible(s.object, len(s.w.list.items) > 0)
	now := s.section()
	if now == nil {
		return
	}
	item, _ := s.w.list.item()
	shows := sideShows{s.open, item.ID, item.State, item.Size, len(s.w.list.items) > 1, s.w.edit(), s.w.Deps.Settings.Get(), s.w.view.stage.Loupe()}
	if reflect.DeepEqual(shows, s.shows) {
		return // work goes on, but nothing that a section says has changed
	}
	s.shows = shows
	now.refresh()
}

// sideShows is all that the sections' controls depend on.
type sideShows struct {
	open   string
	id     app.ID
	state  app.State
	size   image.Point
	many   bool
	edit   compose.Edit
	choice settings.Settings
	loupe  bool
}

func (s *sidebar) setNarrow(on bool) {
	if s.narrow != on {
		s.narrow = on
		for _, b := range s.tabs {
			b.SetCompact(on)
		}
	}
}

func (s *sidebar) key(ev *fyne.KeyEvent) bool {
	if s.w.win.Canvas().Overlays().Top() != nil {
		return false
	}
	now := s.section()
	return now != nil && now.key(ev)
}

// export is how the export section says to write files.
func (s *sidebar) export() compose.Export {
	x := exportOf(s.w.Deps.Settings.Get())
	if e, ok := s.made["export"].(*exportPanel); ok {
		x.Mask, x.Folder = e.mask.Checked, e.folder
	}
	return x
}

// sideLayout puts the open section left of the rail.
type sideLayout struct{ s *sidebar }

func (l *sideLayout) widths(o []fyne.CanvasObject) (panel, rail float32) {
	rail = o[1].MinSize().Width
	if l.s.panel.Visible() {
		panel = panelWide
		if l.s.narrow {
			panel = panelNarrow
		}
	}
	return panel, rail
}

func (l *sideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	p, r := l.widths(o)
	return fyne.NewSize(p+r, 120)
}

func (l *sideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	p, r := l.widths(o)
	o[0].Resize(fyne.NewSize(p, size.Height))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(r, size.Height))
	o[1].Move(fyne.NewPos(size.Width-r, 0))
}

// change makes one undoable step of the current picture's edit.
func (w *Window) change(label string, f func(*compose.Edit)) {
	item, ok := w.list.item()
	if !ok {
		return
	}
	e := w.Workspace.Edit(item.ID).Clone()
	f(&e)
	w.Workspace.SetEdit(item.ID, e, label)
	w.refreshAll()
}

// changeLive shows an edit while a slider moves.
func (w *Window) changeLive(f func(*compose.Edit)) {
	item, ok := w.list.item()
	if !ok {
		return
	}
	e := w.Workspace.Edit(item.ID).Clone()
	f(&e)
	w.Workspace.SetEditLive(item.ID, e)
}

// edit returns the current picture's edit.
func (w *Window) edit() compose.Edit {
	if item, ok := w.list.item(); ok {
		return w.Workspace.Edit(item.ID)
	}
	return compose.Edit{}
}

// column stacks a panel's controls with room to breathe.
func column(o ...fyne.CanvasObject) *fyne.Container {
	for i := range o {
		if c, ok := o[i].(*widgets.Check); ok {
			o[i] = flush(c)
		}
	}
	return container.New(layout.NewCustomPaddedVBoxLayout(10), o...)
}

// flush sets a check box's box, which Fyne indents, below the words above it.
func flush(c *widgets.Check) fyne.CanvasObject {
	return container.New(&flushLayout{}, c)
}

type flushLayout struct{}

func (flushLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	if !o[0].Visible() {
		return fyne.Size{}
	}
	return o[0].MinSize().SubtractWidthHeight(6, 8)
}

func (flushLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(-6, -4))
	o[0].Resize(size.AddWidthHeight(6, 8))
}

// named puts a small title above a control.
func named(title string, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(4), widgets.NewCaption(title), o)
}

// relayout lays the window's middle out again.
func (w *Window) relayout() {
	if w.page != nil {
		w.page.Refresh()
	}
}

// isCropped tells whether the finished picture is another part of the
// original than the whole.
func isCropped(e compose.Edit) bool {
	return e.Crop != (compose.Crop{}) || e.Canvas.W != 0 || e.Canvas.H != 0 || e.Canvas.AspectW != 0
}
