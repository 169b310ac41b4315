package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
)

// chip lies over the foot of the stage and says what is being done with the
// picture, or why it was not done.
type chip struct {
	object *fyne.Container
	icon   *widgets.Icon
	words  *widgets.Words
	hint   *widgets.Words
	bar    *widgets.Bar
	button *widgets.Button
}

func newChip() *chip {
	c := &chip{
		icon:   widgets.NewIcon(look.IconNone, theme.ColorNameForeground),
		words:  widgets.NewWords("", theme.SizeNameText, theme.ColorNameForeground).Cut(),
		hint:   widgets.NewCaption("").Cut(),
		bar:    widgets.NewBar(),
		button: widgets.NewButton("", look.IconNone, widgets.Solid, nil),
	}
	back := widgets.NewCard(theme.ColorNameOverlayBackground, theme.ColorNameSeparator, 12)
	text := container.New(layout.NewCustomPaddedVBoxLayout(3), c.words, c.hint, c.bar)
	row := container.NewBorder(nil, nil, container.NewCenter(c.icon), container.NewCenter(c.button), container.New(layout.NewCustomPaddedLayout(0, 0, 8, 12), container.New(&middleY{}, text)))
	card := container.NewStack(back, container.New(layout.NewCustomPaddedLayout(9, 9, 14, 10), row))
	c.object = container.New(&chipLayout{c}, card)
	c.object.Hide()
	return c
}

func (c *chip) hide() { setVisible(c.object, false) }

// show says something; progress below 0 shows no bar, button "" none.
func (c *chip) show(icon look.Icon, words, hint string, progress float64, button string, tapped func()) {
	ink := look.ColorMuted
	if icon == look.IconFailed {
		ink = theme.ColorNameError
	}
	c.icon.Set(icon, ink)
	c.words.SetText(words)
	c.hint.SetText(hint)
	setVisible(c.hint, hint != "")
	setVisible(c.bar, progress >= 0)
	c.bar.Set(progress)
	c.button.SetText(button)
	c.button.OnTapped = tapped
	setVisible(c.button, button != "")
	setVisible(c.object, true)
	c.object.Refresh()
}

// chipLayout keeps the chip at the foot, in the middle, no wider than its
// words.
type chipLayout struct{ c *chip }

func (l *chipLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return fyne.NewSize(10, 10) }

func (l *chipLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	m := o[0].MinSize()
	want := max(l.c.words.Full(), l.c.hint.Full()) + m.Width + 12
	w := min(max(want, 260), size.Width-32)
	o[0].Resize(fyne.NewSize(w, m.Height))
	o[0].Move(fyne.NewPos((size.Width-w)/2, size.Height-m.Height-16))
}

// middleY centres one object from top to bottom and gives it all the width.
type middleY struct{}

func (middleY) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (middleY) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[0].Move(fyne.NewPos(0, (size.Height-h)/2))
}
