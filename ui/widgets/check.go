package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Check is Fyne's check box with the window's keys.
type Check struct {
	widget.Check
	quiet bool
}

// NewCheck returns a check box.
func NewCheck(text string, changed func(bool)) *Check {
	c := &Check{}
	c.Text = text
	c.OnChanged = func(on bool) {
		if !c.quiet && changed != nil {
			changed(on)
		}
	}
	c.ExtendBaseWidget(c)
	return c
}

// Put checks or clears it without calling back.
func (c *Check) Put(on bool) {
	c.quiet = true
	c.SetChecked(on)
	c.quiet = false
}

// TypedKey passes every key on: Space arrives as a letter.
func (c *Check) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name != fyne.KeySpace {
		PassKey(c, ev)
	}
}
