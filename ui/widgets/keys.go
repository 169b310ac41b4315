// Package widgets holds the pieces that the window is built of: buttons,
// segments, sliders, the picture list's rows, the stage that shows a picture.
// Each works by keyboard and knows nothing of the program behind it.
package widgets

import "fyne.io/fyne/v2"

// PassKey hands a key that a focused widget has no use for to the window, so
// that single-letter keys work wherever the focus is.
func PassKey(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(ev)
	}
}
