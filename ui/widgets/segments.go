package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Segment is one choice of Segments.
type Segment struct {
	Text string
	Icon look.Icon // shown instead of the words where Segments is compact
	Tip  string
	Key  string
}

// Segments is a row of choices of which one holds, or none (-1).
type Segments struct {
	widget.DisableableWidget

	Items     []Segment
	Chosen    int
	Compact   bool
	OnChanged func(int)

	focused bool
	hovered int
	tip     tip
}

var (
	_ fyne.Tappable     = (*Segments)(nil)
	_ fyne.Focusable    = (*Segments)(nil)
	_ desktop.Hoverable = (*Segments)(nil)
)

// NewSegments returns a row of choices with the first chosen.
func NewSegments(items []Segment, changed func(int)) *Segments {
	s := &Segments{Items: items, OnChanged: changed, hovered: -1}
	s.ExtendBaseWidget(s)
	return s
}

// SetChosen shows choice i as holding without calling OnChanged.
func (s *Segments) SetChosen(i int) {
	if s.Chosen != i {
		s.Chosen = i
		s.Refresh()
	}
}

// SetCompact shows icons instead of words where there are any.
func (s *Segments) SetCompact(on bool) {
	if s.Compact != on {
		s.Compact = on
		s.Refresh()
	}
}

// SetEnabled enables or disables the row.
func (s *Segments) SetEnabled(on bool) {
	if on {
		s.Enable()
	} else {
		s.Disable()
	}
}

func (s *Segments) choose(i int) {
	if s.Disabled() || i < 0 || i >= len(s.Items) {
		return
	}
	s.SetChosen(i)
	if s.OnChanged != nil {
		s.OnChanged(i)
	}
}

func (s *Segments) at(x float32) int {
	var left float32
	for i := range s.Items {
		left += s.width(i)
		if x < left {
			return i
		}
	}
	return -1
}

// least is the width that choice i needs; in a row of its own choosing it
// gets some more.
func (s *Segments) least(i int) float32 {
	if s.usesIcon(i) {
		return look.Size(look.SizeControl)
	}
	pad := float32(24)
	if len(s.Items) > 3 {
		pad = 14
	}
	return fyne.MeasureText(s.Items[i].Text, look.Size(theme.SizeNameText), fyne.TextStyle{}).Width + pad
}

// Least is the width that the row needs with or without icons for words.
func (s *Segments) Least(compact bool) float32 {
	was := s.Compact
	s.Compact = compact
	defer func() { s.Compact = was }()
	return s.leastAll()
}

func (s *Segments) leastAll() float32 {
	var w float32
	for i := range s.Items {
		w += s.least(i)
	}
	return w
}

// width is the width that choice i gets: room to spare is shared out.
func (s *Segments) width(i int) float32 {
	spare := max(0, s.Size().Width-s.leastAll())
	return s.least(i) + spare/float32(len(s.Items))
}

func (s *Segments) usesIcon(i int) bool {
	return s.Items[i].Icon != look.IconNone && (s.Compact || s.Items[i].Text == "")
}

// Tapped chooses what was pointed at.
func (s *Segments) Tapped(ev *fyne.PointEvent) {
	s.tip.hide()
	s.choose(s.at(ev.Position.X))
}

// TypedKey moves the choice with Left and Right and passes other keys on.
func (s *Segments) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft:
		s.choose(max(0, s.Chosen-1))
	case fyne.KeyRight:
		s.choose(min(len(s.Items)-1, s.Chosen+1))
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		s.choose((s.Chosen + 1) % len(s.Items))
	default:
		PassKey(s, ev)
	}
}

// TypedRune is ignored.
func (s *Segments) TypedRune(rune) {}

// FocusGained shows the focus ring.
func (s *Segments) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides the focus ring.
func (s *Segments) FocusLost() { s.focused = false; s.Refresh() }

// MouseIn lights up what is pointed at.
func (s *Segments) MouseIn(ev *desktop.MouseEvent) { s.MouseMoved(ev) }

// MouseMoved lights up what is pointed at.
func (s *Segments) MouseMoved(ev *desktop.MouseEvent) {
	if i := s.at(ev.Position.X); i != s.hovered {
		s.hovered = i
		s.tip.hide()
		if i >= 0 {
			s.tip.show(s, s.Items[i].Tip, s.Items[i].Key)
		}
		s.Refresh()
	}
}

// MouseOut takes light and tip away.
func (s *Segments) MouseOut() {
	s.hovered = -1
	s.tip.hide()
	s.Refresh()
}

// CreateRenderer makes the row's objects.
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{s: s, back: &canvas.Rectangle{}, thumb: &canvas.Rectangle{}, light: &canvas.Rectangle{}, ring: &canvas.Rectangle{}}
	for range s.Items {
		icon := &canvas.Image{FillMode: canvas.ImageFillContain}
		r.icons = append(r.icons, icon)
		r.texts = append(r.texts, canvas.NewText("", nil))
	}
	r.Refresh()
	return r
}

type segmentsRenderer struct {
	s                        *Segments
	back, thumb, light, ring *canvas.Rectangle
	icons                    []*canvas.Image
	texts                    []*canvas.Text
}

func (r *segmentsRenderer) Destroy() { r.s.tip.hide() }

func (r *segmentsRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.back, r.light, r.thumb}
	for i := range r.icons {
		o = append(o, r.icons[i], r.texts[i])
	}
	return append(o, r.ring)
}

func (r *segmentsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.leastAll(), look.Size(look.SizeControl))
}

func (r *segmentsRenderer) Layout(size fyne.Size) {
	s := r.s
	r.back.Resize(size)
	r.ring.Resize(size)
	var x float32
	for i := range s.Items {
		w := s.width(i)
		if i == s.Chosen {
			r.thumb.Move(fyne.NewPos(x+3, 3))
			r.thumb.Resize(fyne.NewSize(w-6, size.Height-6))
		}
		if i == s.hovered {
			r.light.Move(fyne.NewPos(x+3, 3))
			r.light.Resize(fyne.NewSize(w-6, size.Height-6))
		}
		is := look.Size(theme.SizeNameInlineIcon)
		r.icons[i].Resize(fyne.NewSquareSize(is))
		r.icons[i].Move(fyne.NewPos(x+(w-is)/2, (size.Height-is)/2))
		t := r.texts[i].MinSize()
		r.texts[i].Resize(t)
		r.texts[i].Move(fyne.NewPos(x+(w-t.Width)/2, (size.Height-t.Height)/2-textLift))
		x += w
	}
}

func (r *segmentsRenderer) Refresh() {
	s := r.s
	radius := look.Size(look.SizeRadius)
	r.back.FillColor = look.Color(look.ColorRaised)
	r.back.CornerRadius = radius
	r.thumb.FillColor = look.Color(look.ColorSoft)
	r.thumb.CornerRadius = radius - 2
	r.thumb.Hidden = s.Chosen < 0 || s.Chosen >= len(s.Items)
	r.light.FillColor = look.Color(theme.ColorNameHover)
	r.light.CornerRadius = radius - 2
	r.light.Hidden = s.hovered < 0 || s.Disabled()
	r.ring.FillColor = look.Color(look.ColorRaised)
	r.ring.FillColor = nil
	r.ring.CornerRadius = radius
	r.ring.StrokeColor = look.Color(theme.ColorNamePrimary)
	r.ring.StrokeWidth = 2
	r.ring.Hidden = !s.focused
	for i, item := range s.Items {
		ink := look.Color(look.ColorMuted)
		if i == s.Chosen || i == s.hovered {
			ink = look.Color(theme.ColorNameForeground)
		}
		if s.Disabled() {
			ink = look.Color(theme.ColorNameDisabled)
		}
		r.texts[i].Text = item.Text
		r.texts[i].Color = ink
		r.texts[i].TextSize = look.Size(theme.SizeNameText)
		r.texts[i].Hidden = s.usesIcon(i)
		r.icons[i].Hidden = !s.usesIcon(i)
		if s.usesIcon(i) {
			res := item.Icon.Resource(ink)
			if r.icons[i].Resource == nil || r.icons[i].Resource.Name() != res.Name() {
				r.icons[i].Resource = res
				r.icons[i].Refresh()
			}
		}
	}
	r.Layout(s.Size())
	for _, o := range r.Objects() {
		if _, isImage := o.(*canvas.Image); !isImage {
			o.Refresh()
		}
	}
}
