package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Entry is one line of text that counts when it is left or Return is
// pressed.
type Entry struct {
	widget.Entry
	done    func(string)
	was     string
	focused bool
}

// NewEntry returns a line of text.
func NewEntry(hint string, done func(string)) *Entry {
	e := &Entry{done: done}
	e.SetPlaceHolder(hint)
	e.ExtendBaseWidget(e)
	e.OnSubmitted = func(string) { e.commit() }
	return e
}

// Put sets the text without calling back, unless it is being typed.
func (e *Entry) Put(s string) {
	if e.focused {
		return
	}
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

// FocusGained begins typing.
func (e *Entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
}

// FocusLost counts what was typed.
func (e *Entry) FocusLost() {
	e.focused = false
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
