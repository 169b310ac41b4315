package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/app"
	"kirinuki/engine/fault"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// pictureList is the pictures and how each stands. It folds away while there
// is only one.
type pictureList struct {
	w       *Window
	object  *fyne.Container
	list    *keyList
	title   *widgets.Words
	sum     *widgets.Words
	all     *widgets.Button
	items   []app.Item
	index   map[app.ID]int
	current app.ID // 0 for none
	narrow  bool
	quiet   bool // selecting by program, not by hand
}

// keyList is Fyne's list with the window's keys.
type keyList struct {
	widget.List
}

// TypedKey moves the choice itself, which Fyne's list does only after Space.
func (l *keyList) TypedKey(ev *fyne.KeyEvent) {
	widgets.PassKey(l, ev)
}

func newPictureList(w *Window) *pictureList {
	p := &pictureList{w: w, index: map[app.ID]int{}}
	p.list = &keyList{}
	p.list.Length = func() int { return len(p.items) }
	p.list.CreateItem = func() fyne.CanvasObject { return widgets.NewRow() }
	p.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { p.fill(i, o.(*widgets.Row)) }
	p.list.OnSelected = func(i widget.ListItemID) {
		if !p.quiet && i < len(p.items) {
			p.choose(p.items[i].ID)
		}
	}
	p.list.HideSeparators = true
	p.list.ExtendBaseWidget(p.list)

	p.title = widgets.NewWords("", theme.SizeNameText, theme.ColorNameForeground).Cut()
	p.sum = widgets.NewCaption("").Cut()
	p.all = widgets.NewButton(words.T("button.save-all"), look.IconSave, widgets.Solid, w.actions.get("save-all").run).
		WithTip(words.T("action.save-all"), w.actions.get("save-all").keyName())
	head := container.New(layout.NewCustomPaddedLayout(10, 6, 12, 8), container.New(layout.NewCustomPaddedVBoxLayout(0), p.title, p.sum))
	foot := container.New(layout.NewCustomPaddedLayout(8, 8, 8, 8), p.all)
	edge := widgets.NewHairline()
	p.object = container.NewStack(widgets.NewGround(look.ColorPanel),
		newEdges(nil, nil, nil, edge, newEdges(head, foot, nil, nil, p.list)))
	return p
}

// item returns the picture that is shown.
func (p *pictureList) item() (app.Item, bool) {
	i, ok := p.index[p.current]
	if !ok {
		return app.Item{}, false
	}
	return p.items[i], true
}

// done returns the pictures that can be saved.
func (p *pictureList) done() []app.ID {
	var ids []app.ID
	for _, i := range p.items {
		if hasResult(i) {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

func (p *pictureList) busy() int {
	n := 0
	for _, i := range p.items {
		if isBusy(i) {
			n++
		}
	}
	return n
}

// refresh takes over the workspace's list.
func (p *pictureList) refresh() {
	old := p.index[p.current]
	p.items = p.w.Workspace.Items()
	clear(p.index)
	for n, i := range p.items {
		p.index[i.ID] = n
	}
	if _, ok := p.index[p.current]; !ok {
		p.current = 0
		if len(p.items) > 0 {
			p.current = p.items[min(old, len(p.items)-1)].ID
			p.w.Workspace.Prefer(p.current)
		}
	}
	if show := len(p.items) > 1; show != p.object.Visible() {
		setVisible(p.object, show)
		if p.w.center != nil {
			p.w.relayout()
		}
	}
	p.headline()
	p.all.SetEnabled(len(p.done()) > 0)
	p.mark()
	p.list.Refresh()
}

// headline counts the pictures; where there is no room, in figures alone.
func (p *pictureList) headline() {
	setVisible(p.sum, !p.narrow)
	if p.narrow {
		p.title.SetText(strconv.Itoa(len(p.items)))
		return
	}
	p.title.SetText(words.N("list.title", len(p.items)))
	p.sum.SetText(p.summary())
}

func (p *pictureList) summary() string {
	done, failed := 0, 0
	for _, i := range p.items {
		switch {
		case i.State == app.Failed:
			failed++
		case hasResult(i):
			done++
		}
	}
	if failed > 0 {
		return words.T("list.sum.failed", done, len(p.items), failed)
	}
	return words.T("list.sum", done, len(p.items))
}

// mark shows the current picture as the chosen one.
func (p *pictureList) mark() {
	p.quiet = true
	if n, ok := p.index[p.current]; ok {
		p.list.Select(n)
	} else {
		p.list.UnselectAll()
	}
	p.quiet = false
}

// choose shows another picture.
func (p *pictureList) choose(id app.ID) {
	if _, ok := p.index[id]; !ok || id == p.current {
		return
	}
	p.current = id
	p.w.Workspace.Prefer(id)
	p.mark()
	p.w.view.refresh()
	p.w.side.refresh()
	p.w.top.refresh()
	p.w.foot.refresh()
	p.w.actions.refresh()
}

// step shows the next or the previous picture.
func (p *pictureList) step(by int) {
	n, ok := p.index[p.current]
	if !ok {
		return
	}
	n = max(0, min(len(p.items)-1, n+by))
	p.choose(p.items[n].ID)
	p.list.ScrollTo(n)
}

func (p *pictureList) setNarrow(on bool) {
	if p.narrow != on {
		p.narrow = on
		p.all.SetCompact(on)
		p.headline()
		p.list.Refresh()
	}
}

// fill shows item n in a row.
func (p *pictureList) fill(n int, row *widgets.Row) {
	if n >= len(p.items) {
		return
	}
	// Asking for the item tells the workspace that it is on the screen.
	i, ok := p.w.Workspace.Item(p.items[n].ID)
	if !ok {
		i = p.items[n]
	}
	row.OnAction = func() {
		if isBusy(i) {
			p.w.Workspace.Cancel(i.ID)
		} else {
			p.w.Workspace.Retry(i.ID)
		}
	}
	row.OnMenu = func(at fyne.Position) {
		p.choose(i.ID)
		p.w.rowMenu(at)
	}
	row.Set(rowState(i), p.narrow)
}

// rowState says how an item stands, in words.
func rowState(i app.Item) widgets.RowState {
	s := widgets.RowState{Name: i.Name, Progress: -1, Thumb: i.Thumb, Line: words.T("state." + stateName(i))}
	switch i.State {
	case app.Waiting:
		s.Icon, s.Action, s.Tip = look.IconWait, look.IconClose, words.T("action.stop")
	case app.Working:
		s.Mood, s.Progress, s.Action, s.Tip = widgets.Busy, i.Progress, look.IconClose, words.T("action.stop")
		s.Line = words.T("state.working", words.Percent(i.Progress))
		if i.Preview {
			s.Line = words.T("state.better", words.Percent(i.Progress))
		}
	case app.Failed:
		s.Mood, s.Icon, s.Action, s.Tip = widgets.Bad, look.IconFailed, look.IconRetry, words.T("action.retry")
		s.Line = failure(i.Err)
	case app.Cancelled:
		s.Icon, s.Action, s.Tip = look.IconStopped, look.IconRetry, words.T("action.retry")
	case app.Done:
		s.Mood, s.Icon = widgets.Good, look.IconDone
		if !i.Saved {
			s.Mood = widgets.Calm
		}
	}
	return s
}

// failure says in few words what went wrong; the chip says it in full.
func failure(err error) string {
	if key := "short." + fault.Of(err).String(); words.Has(key) {
		return words.T(key)
	}
	return words.T("state.failed")
}

// stateName is the last part of the key of an item's state.
func stateName(i app.Item) string {
	switch i.State {
	case app.Waiting:
		return "waiting"
	case app.Failed:
		return "failed"
	case app.Cancelled:
		return "cancelled"
	case app.Done:
		if i.Saved {
			return "saved"
		}
		return "done"
	}
	return "working"
}

// rowMenu opens the menu of the current picture.
func (w *Window) rowMenu(at fyne.Position) {
	var items []*fyne.MenuItem
	for _, id := range []string{"save", "save-as", "copy", "", "retry", "stop", "", "remove"} {
		if id == "" {
			items = append(items, fyne.NewMenuItemSeparator())
			continue
		}
		a := w.actions.get(id)
		m := fyne.NewMenuItem(a.title(), func() {
			// The menu itself is still the top overlay here.
			if a.enabled() {
				a.do()
			}
		})
		m.Disabled = !a.enabled()
		items = append(items, m)
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}
