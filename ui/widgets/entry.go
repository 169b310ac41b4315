package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Entry is one line of text that counts when it is left or Return is
// pressed.
type Entry struct {
	widget.Entry
	done func(string)
	was  string
}

// NewEntry returns a line of text.
func NewEntry(hint string, done func(string)) *Entry {
	e := &Entry{done: done}
	e.SetPlaceHolder(hint)
	e.ExtendBaseWidget(e)
	e.OnSubmitted = func(string) { e.commit() }
	return e
}

// Put sets the text without calling back.
func (e *Entry) Put(s string) {
	e.was = s
	e.SetText(s)
}

func (e *Entry) commit() {
	if e.Text != e.was {
		e.was = e.Text
		if e.done != nil {
			e.done(e.Text)
		}
	}
}

// FocusLost counts what was typed.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	e.commit()
}

// TypedKey gives up on Escape.
func (e *Entry) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		e.SetText(e.was)
		if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
			c.Unfocus()
		}
		return
	}
	e.Entry.TypedKey(ev)
}
