package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"kirinuki/app/say"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// banner is one quiet line above the foot. It says what came of what a person
// did, and goes by itself unless it is about a failure.
type banner struct {
	object *fyne.Container
	icon   *widgets.Icon
	words  *widgets.Words
	action *widgets.Button
	second *widgets.Button
	close  *widgets.Button
	timer  *time.Timer
	stamp  int // tells one message from the next
}

const bannerTime = 8 * time.Second

func newBanner() *banner {
	b := &banner{
		icon:   widgets.NewIcon(look.IconInfo, look.ColorMuted),
		words:  widgets.NewWords("", theme.SizeNameText, theme.ColorNameForeground).Cut(),
		action: widgets.NewButton("", look.IconNone, widgets.Solid, nil),
		second: widgets.NewButton("", look.IconNone, widgets.Solid, nil),
	}
	b.close = widgets.NewIconButton(look.IconClose, words.T("button.close"), b.hide)
	line := widgets.NewHairline()
	row := container.NewBorder(nil, nil, container.NewCenter(b.icon), container.NewHBox(b.second, b.action, b.close),
		container.New(layout.NewCustomPaddedLayout(0, 0, 8, 8), b.words))
	b.object = container.NewStack(widgets.NewGround(theme.ColorNameHeaderBackground),
		newEdges(line, nil, nil, nil, container.New(layout.NewCustomPaddedLayout(4, 4, 16, 10), row)))
	b.object.Hide()
	return b
}

func (b *banner) hide() {
	b.stamp++
	setVisible(b.object, false)
}

// choice is a button of the banner.
type choice struct {
	label string
	do    func()
}

func (b *banner) show(icon look.Icon, ink fyne.ThemeColorName, line string, stays bool, choices ...choice) {
	b.icon.Set(icon, ink)
	b.words.SetText(line)
	for n, btn := range []*widgets.Button{b.action, b.second} {
		setVisible(btn, n < len(choices))
		if n < len(choices) {
			c := choices[n]
			btn.SetText(c.label)
			btn.OnTapped = func() {
				b.hide()
				c.do()
			}
		}
	}
	setVisible(b.object, true)
	b.object.Refresh()
	b.stamp++
	if b.timer != nil {
		b.timer.Stop()
	}
	if !stays {
		stamp := b.stamp
		b.timer = time.AfterFunc(bannerTime, func() {
			onUI(func() {
				if stamp == b.stamp {
					b.hide()
				}
			})
		})
	}
}

// tell says that something went well.
func (b *banner) tell(line string, choices ...choice) {
	b.show(look.IconDone, theme.ColorNameSuccess, line, false, choices...)
}

// note says something plain.
func (b *banner) note(line string, choices ...choice) {
	b.show(look.IconInfo, look.ColorMuted, line, false, choices...)
}

// warn says something that waits for an answer.
func (b *banner) warn(line string, choices ...choice) {
	b.show(look.IconWait, theme.ColorNameWarning, line, true, choices...)
}

// fail says what went wrong and what to do.
func (b *banner) fail(err error, choices ...choice) {
	what, hint := say.Sentence(err)
	if hint != "" {
		what += words.T("sentence.gap") + hint
	}
	b.show(look.IconFailed, theme.ColorNameError, what, true, choices...)
}

// text is what the banner says now, "" while hidden.
func (b *banner) text() string {
	if !b.object.Visible() {
		return ""
	}
	return b.words.Text()
}
