package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// sheet is a page over the window, closed by its button or Escape, and
// scrolled by the keys that scroll pages elsewhere.
type sheet struct {
	w      *Window
	pop    *widget.PopUp
	scroll *container.Scroll
	closed func()
}

// showSheet opens a page of at most that size; foot may be nil.
func (w *Window) showSheet(title string, body, foot fyne.CanvasObject, most fyne.Size) *sheet {
	w.closeSheet()
	s := &sheet{w: w}
	close := widgets.NewIconButton(look.IconClose, words.T("button.close"), w.closeSheet)
	close.Key = "Esc"
	head := container.NewBorder(nil, nil, nil, close, widgets.NewHeading(title))
	s.scroll = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(6, 20, 24, 24), body))
	var bottom fyne.CanvasObject
	if foot != nil {
		line := widgets.NewHairline()
		bottom = newEdges(line, nil, nil, nil, container.New(layout.NewCustomPaddedLayout(10, 10, 20, 16), foot))
	}
	page := newEdges(container.New(layout.NewCustomPaddedLayout(12, 8, 24, 10), head), bottom, nil, nil, s.scroll)
	s.pop = widget.NewModalPopUp(page, w.win.Canvas())
	w.sheet = s
	w.sheetMost = most
	s.pop.Resize(w.sheetSize())
	s.pop.Show()
	w.win.Canvas().Unfocus()
	return s
}

// sheetSize is as large as was asked for, or as the window allows.
func (w *Window) sheetSize() fyne.Size {
	room := w.win.Canvas().Size().SubtractWidthHeight(32, 32)
	return fyne.NewSize(min(w.sheetMost.Width, room.Width), min(w.sheetMost.Height, room.Height))
}

// fitSheet keeps the open page within the window.
func (w *Window) fitSheet() {
	if w.sheet != nil {
		w.sheet.pop.Resize(w.sheetSize())
	}
}

// closeSheet closes the open page, if any.
func (w *Window) closeSheet() {
	if w.sheet == nil {
		return
	}
	s := w.sheet
	w.sheet = nil
	s.pop.Hide()
	if s.closed != nil {
		s.closed()
	}
}

// lineStep is how far an arrow key scrolls.
const lineStep = 40

// key answers a key and tells whether it was one for pages.
func (s *sheet) key(ev *fyne.KeyEvent) bool {
	page := s.scroll.Size().Height - lineStep
	switch ev.Name {
	case fyne.KeyEscape:
		s.w.closeSheet()
	case fyne.KeyDown:
		s.scrollBy(lineStep)
	case fyne.KeyUp:
		s.scrollBy(-lineStep)
	case fyne.KeyPageDown, fyne.KeySpace:
		s.scrollBy(page)
	case fyne.KeyPageUp:
		s.scrollBy(-page)
	case fyne.KeyHome:
		s.scroll.ScrollToTop()
	case fyne.KeyEnd:
		s.scroll.ScrollToBottom()
	default:
		return false
	}
	return true
}

func (s *sheet) scrollBy(y float32) {
	most := max(0, s.scroll.Content.MinSize().Height-s.scroll.Size().Height)
	s.scroll.ScrollToOffset(fyne.NewPos(0, max(0, min(most, s.scroll.Offset.Y+y))))
}

// prose is text that wraps and can be selected and copied.
func prose(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	l.Selectable = true
	return l
}

// smallProse is small prose.
func smallProse(text string) *widget.Label {
	l := prose(text)
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// line is one thing to set: its name left, its control right.
type lineLayout struct{}

const lineName = 190

func newLine(name string, control fyne.CanvasObject) *fyne.Container {
	return container.New(lineLayout{}, widgets.NewWords(name, theme.SizeNameText, theme.ColorNameForeground).Cut(), control)
}

func (lineLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	c := o[1].MinSize()
	return fyne.NewSize(120+c.Width, max(look.Size(look.SizeControl), c.Height))
}

func (lineLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := min(lineName, size.Width-o[1].MinSize().Width-8)
	h := look.Size(look.SizeControl)
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(left-8, h))
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(min(size.Width-left, 340), size.Height))
}

// group is lines under a title.
func group(title string, lines ...fyne.CanvasObject) fyne.CanvasObject {
	head := widgets.NewWords(title, theme.SizeNameText, theme.ColorNamePrimary)
	head.Bold()
	return container.New(layout.NewCustomPaddedVBoxLayout(8), append([]fyne.CanvasObject{head}, lines...)...)
}
