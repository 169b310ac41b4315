package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Style is how much a button asks for attention.
type Style int

// The styles.
const (
	Flat   Style = iota // no ground until pointed at
	Solid               // a quiet ground
	Accent              // the one thing to do next
	Stack               // icon above text, for the rail of sections
	Quiet               // no ground, small words of second rank
)

// Button is the program's button: an icon, words, or both, that names itself
// and its key when pointed at.
type Button struct {
	widget.DisableableWidget

	Text     string
	Icon     look.Icon
	Tip      string // what pointing at it says; empty says nothing
	Key      string // its key, shown after the tip
	Style    Style
	Chosen   bool // shown as chosen, for toggles
	Compact  bool // icon alone
	OnTapped func()

	hovered, focused, pressed bool
	tip                       tip
}

var (
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Accessible   = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
	_ desktop.Mouseable = (*Button)(nil)
)

// NewButton returns a button. Words, icon or both may be empty.
func NewButton(text string, icon look.Icon, style Style, tapped func()) *Button {
	b := &Button{Text: text, Icon: icon, Style: style, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// NewIconButton returns a flat button of an icon alone, named by its tip.
func NewIconButton(icon look.Icon, tip string, tapped func()) *Button {
	b := NewButton("", icon, Flat, tapped)
	b.Tip = tip
	return b
}

// WithTip sets what pointing at the button says and returns the button.
func (b *Button) WithTip(tip, key string) *Button {
	b.Tip, b.Key = tip, key
	return b
}

// SetText changes the words.
func (b *Button) SetText(s string) {
	if b.Text != s {
		b.Text = s
		b.Refresh()
	}
}

// SetIcon changes the icon.
func (b *Button) SetIcon(i look.Icon) {
	if b.Icon != i {
		b.Icon = i
		b.Refresh()
	}
}

// SetChosen shows the button as chosen or not.
func (b *Button) SetChosen(on bool) {
	if b.Chosen != on {
		b.Chosen = on
		b.Refresh()
	}
}

// SetCompact hides or shows the words beside the icon.
func (b *Button) SetCompact(on bool) {
	if b.Compact != on {
		b.Compact = on
		b.Refresh()
	}
}

// SetEnabled enables or disables the button.
func (b *Button) SetEnabled(on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Tapped does what the button is for.
func (b *Button) Tapped(*fyne.PointEvent) {
	b.tip.hide()
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// TypedKey taps on Space and Return and passes other keys to the window.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		PassKey(b, ev)
	}
}

// TypedRune is ignored.
func (b *Button) TypedRune(rune) {}

// FocusGained shows the focus ring.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost hides the focus ring.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// MouseIn lights the button up and soon shows its tip.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.tip.show(b, b.Tip, b.Key)
	b.Refresh()
}

// MouseMoved does nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut takes light and tip away.
func (b *Button) MouseOut() {
	b.hovered, b.pressed = false, false
	b.tip.hide()
	b.Refresh()
}

// MouseDown shows the button pressed.
func (b *Button) MouseDown(*desktop.MouseEvent) { b.pressed = true; b.Refresh() }

// MouseUp shows it released.
func (b *Button) MouseUp(*desktop.MouseEvent) { b.pressed = false; b.Refresh() }

// AccessibilityLabel is the text, or the tip where there is only an icon.
func (b *Button) AccessibilityLabel() string {
	if b.Text != "" {
		return b.Text
	}
	return b.Tip
}

// AccessibilityRole is that of a button.
func (b *Button) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// CreateRenderer makes the button's objects.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b:    b,
		back: canvas.NewRectangle(color.Transparent),
		ring: canvas.NewRectangle(color.Transparent),
		icon: canvas.NewImageFromResource(nil),
		text: canvas.NewText("", color.Black),
	}
	r.icon.FillMode = canvas.ImageFillContain
	r.Refresh()
	return r
}

// textLift brings a line's letters, which stand low in it, level with icons.
const textLift = 1

type buttonRenderer struct {
	b          *Button
	back, ring *canvas.Rectangle
	icon       *canvas.Image
	text       *canvas.Text
	drawn      string // name of the icon resource that is set
}

func (r *buttonRenderer) Destroy() { r.b.tip.hide() }

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.ring, r.icon, r.text}
}

func (r *buttonRenderer) showsText() bool {
	return r.b.Text != "" && !(r.b.Compact && r.b.Icon != look.IconNone)
}

func (r *buttonRenderer) iconSize() float32 {
	if r.b.Icon == look.IconNone {
		return 0
	}
	switch r.b.Style {
	case Stack:
		return 22
	case Quiet:
		return 16
	}
	return look.Size(theme.SizeNameInlineIcon)
}

func (r *buttonRenderer) MinSize() fyne.Size {
	h := look.Size(look.SizeControl)
	icon := r.iconSize()
	if !r.showsText() {
		return fyne.NewSize(h, h)
	}
	text := r.text.MinSize()
	if r.b.Style == Stack {
		return fyne.NewSize(max(text.Width, icon)+12, icon+text.Height+18)
	}
	pad := float32(12)
	if r.b.Style == Quiet {
		pad = 8
		text = fyne.MeasureText(r.b.Text, r.text.TextSize, r.text.TextStyle) // t may be cut
	}
	if icon == 0 {
		return fyne.NewSize(text.Width+2*pad, h)
	}
	return fyne.NewSize(pad+icon+8+text.Width+pad+2, h)
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.back.Move(fyne.NewPos(0, 0))
	r.back.Resize(s)
	r.ring.Move(fyne.NewPos(0, 0))
	r.ring.Resize(s)
	i := r.iconSize()
	r.icon.Resize(fyne.NewSquareSize(i))
	if !r.showsText() {
		r.icon.Move(fyne.NewPos((s.Width-i)/2, (s.Height-i)/2))
		return
	}
	t := r.text.MinSize()
	if r.b.Style == Stack {
		top := (s.Height - i - t.Height - 3) / 2
		r.icon.Move(fyne.NewPos((s.Width-i)/2, top))
		r.text.Move(fyne.NewPos((s.Width-t.Width)/2, top+i+3))
		r.text.Resize(t)
		return
	}
	if r.b.Style == Quiet {
		x := float32(8)
		if i > 0 {
			r.icon.Move(fyne.NewPos(x, (s.Height-i)/2))
			x += i + 8
		}
		fitText(r.text, r.b.Text, s.Width-x-6)
		t = r.text.MinSize()
		r.text.Move(fyne.NewPos(x, (s.Height-t.Height)/2-textLift))
		r.text.Resize(t)
		return
	}
	wide := t.Width
	if i > 0 {
		wide += i + 8
	}
	x := (s.Width - wide) / 2
	if i > 0 {
		r.icon.Move(fyne.NewPos(x, (s.Height-i)/2))
		x += i + 8
	}
	r.text.Move(fyne.NewPos(x, (s.Height-t.Height)/2-textLift))
	r.text.Resize(t)
}

func (r *buttonRenderer) Refresh() {
	b := r.b
	ink := look.Color(theme.ColorNameForeground)
	ground := color.NRGBA{}
	switch {
	case b.Style == Accent:
		ink, ground = look.Color(theme.ColorNameForegroundOnPrimary), look.Color(theme.ColorNamePrimary)
	case b.Chosen:
		ground = look.Color(look.ColorSoft)
	case b.Style == Solid:
		ground = look.Color(look.ColorRaised)
	}
	if (b.Style == Stack || b.Style == Quiet) && !b.Chosen && !b.hovered {
		ink = look.Color(look.ColorMuted)
	}
	if b.Disabled() {
		ink = look.Color(theme.ColorNameDisabled)
		if b.Style == Accent {
			ground = look.Color(look.ColorRaised)
		}
	} else if b.pressed {
		ground = over(look.Color(theme.ColorNamePressed), ground)
	} else if b.hovered {
		ground = over(look.Color(theme.ColorNameHover), ground)
	}
	r.back.FillColor = ground
	r.back.CornerRadius = look.Size(look.SizeRadius)
	r.ring.CornerRadius = look.Size(look.SizeRadius)
	r.ring.StrokeWidth = 0
	r.ring.StrokeColor = color.Transparent
	if b.focused && !b.Disabled() {
		r.ring.StrokeWidth = 2
		r.ring.StrokeColor = look.Color(theme.ColorNamePrimary)
		if b.Style == Accent {
			r.ring.StrokeColor = look.Color(theme.ColorNameForeground)
		}
	}
	r.text.Text = b.Text
	r.text.Color = ink
	r.text.TextSize = look.Size(theme.SizeNameText)
	r.text.TextStyle.Bold = b.Style == Accent
	if b.Style == Stack || b.Style == Quiet {
		r.text.TextSize = look.Size(theme.SizeNameCaptionText)
	}
	r.text.Hidden = !r.showsText()
	if res := b.Icon.Resource(ink); res == nil {
		r.icon.Hide()
	} else {
		r.icon.Show()
		if res.Name() != r.drawn {
			r.drawn = res.Name()
			r.icon.Resource = res
			r.icon.Refresh()
		}
	}
	r.Layout(b.Size())
	r.back.Refresh()
	r.ring.Refresh()
	r.text.Refresh()
}

// over lays a translucent colour over another.
func over(top, under color.NRGBA) color.NRGBA {
	if under.A == 0 {
		return top
	}
	a := uint32(top.A)
	mix := func(t, u uint8) uint8 { return uint8((uint32(t)*a + uint32(u)*(255-a)) / 255) }
	return color.NRGBA{mix(top.R, under.R), mix(top.G, under.G), mix(top.B, under.B), under.A}
}
