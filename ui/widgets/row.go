package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Mood colours what a row says.
type Mood int

// The moods.
const (
	Calm Mood = iota
	Busy
	Good
	Bad
)

// RowState is all that a Row shows.
type RowState struct {
	Name     string
	Line     string // the state in words
	Mood     Mood
	Icon     look.Icon // of the state
	Progress float64   // 0..1; below 0 shows no bar
	Thumb    image.Image
	Action   look.Icon // of the button at the end, IconNone for none
	Tip      string    // of that button
}

// Row is one picture of the list: a thumbnail, a name, how it stands, and one
// button to stop or start it.
type Row struct {
	widget.BaseWidget

	OnAction func()
	OnMenu   func(at fyne.Position)

	state  RowState
	narrow bool
	button *Button
}

var _ fyne.SecondaryTappable = (*Row)(nil)

// NewRow returns an empty row.
func NewRow() *Row {
	r := &Row{}
	r.state.Progress = -1
	r.button = NewIconButton(look.IconNone, "", func() {
		if r.OnAction != nil {
			r.OnAction()
		}
	})
	r.ExtendBaseWidget(r)
	return r
}

// Set shows a state; the same state again costs nothing.
func (r *Row) Set(s RowState, narrow bool) {
	if s == r.state && narrow == r.narrow {
		return
	}
	r.state, r.narrow = s, narrow
	r.Refresh()
}

// TappedSecondary opens the row's menu.
func (r *Row) TappedSecondary(ev *fyne.PointEvent) {
	if r.OnMenu != nil {
		r.OnMenu(ev.AbsolutePosition)
	}
}

// CreateRenderer makes the row's objects.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	x := &rowRenderer{
		r: r, mat: &canvas.Rectangle{}, thumb: &canvas.Image{FillMode: canvas.ImageFillContain},
		badge: &canvas.Image{FillMode: canvas.ImageFillContain}, badgeBack: &canvas.Circle{},
		name: canvas.NewText("", color.Black), line: canvas.NewText("", color.Black),
		track: &canvas.Rectangle{}, bar: &canvas.Rectangle{},
	}
	x.Refresh()
	return x
}

type rowRenderer struct {
	r            *Row
	mat          *canvas.Rectangle
	thumb, badge *canvas.Image
	badgeBack    *canvas.Circle
	name, line   *canvas.Text
	track, bar   *canvas.Rectangle
}

const (
	rowThumb  = 46
	rowHeight = 62
)

func (x *rowRenderer) Destroy() {}

func (x *rowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{x.mat, x.thumb, x.name, x.line, x.track, x.bar, x.badgeBack, x.badge, x.r.button}
}

func (x *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(rowThumb+16, rowHeight) }

func (x *rowRenderer) Layout(s fyne.Size) {
	top := (s.Height - rowThumb) / 2
	left := float32(8)
	if x.r.narrow {
		left = (s.Width - rowThumb) / 2
	}
	x.mat.Move(fyne.NewPos(left, top))
	x.mat.Resize(fyne.NewSquareSize(rowThumb))
	x.thumb.Move(fyne.NewPos(left+2, top+2))
	x.thumb.Resize(fyne.NewSquareSize(rowThumb - 4))
	x.badgeBack.Resize(fyne.NewSquareSize(18))
	x.badgeBack.Move(fyne.NewPos(left+rowThumb-13, top+rowThumb-13))
	x.badge.Resize(fyne.NewSquareSize(14))
	x.badge.Move(fyne.NewPos(left+rowThumb-11, top+rowThumb-11))

	textLeft := left + rowThumb + 12
	right := s.Width - 6
	if x.r.state.Action != look.IconNone {
		b := x.r.button.MinSize()
		x.r.button.Resize(b)
		x.r.button.Move(fyne.NewPos(s.Width-b.Width-2, (s.Height-b.Height)/2))
		right = s.Width - b.Width - 4
	}
	room := right - textLeft
	fitText(x.name, x.r.state.Name, room)
	fitText(x.line, x.r.state.Line, room)
	nh, lh := x.name.MinSize().Height, x.line.MinSize().Height
	gap := (s.Height - nh - lh) / 2
	if x.r.state.Progress >= 0 {
		gap -= 3
	}
	x.name.Move(fyne.NewPos(textLeft, gap))
	x.line.Move(fyne.NewPos(textLeft, gap+nh))
	barLeft, barWide, barTop := textLeft, room, gap+nh+lh+4
	if x.r.narrow {
		barLeft, barWide, barTop = left, rowThumb, top+rowThumb+2
	}
	x.track.Move(fyne.NewPos(barLeft, barTop))
	x.track.Resize(fyne.NewSize(barWide, 3))
	x.bar.Move(fyne.NewPos(barLeft, barTop))
	x.bar.Resize(fyne.NewSize(barWide*float32(max(0, min(1, x.r.state.Progress))), 3))
}

func (x *rowRenderer) Refresh() {
	st := x.r.state
	x.mat.FillColor = look.Color(look.ColorChecker)
	x.mat.CornerRadius = 6
	if x.thumb.Image != st.Thumb {
		x.thumb.Image = st.Thumb
		x.thumb.Refresh()
	}
	x.thumb.Hidden = st.Thumb == nil
	x.name.Color = look.Color(theme.ColorNameForeground)
	x.name.TextSize = look.Size(theme.SizeNameText)
	x.line.Color = moodInk(st.Mood)
	x.line.TextSize = look.Size(theme.SizeNameCaptionText)
	x.name.Hidden, x.line.Hidden = x.r.narrow, x.r.narrow
	x.badge.Hidden = st.Icon == look.IconNone
	x.badgeBack.Hidden = x.badge.Hidden
	x.badgeBack.FillColor = look.Color(look.ColorPanel)
	if res := st.Icon.Resource(moodInk(st.Mood)); res != nil && (x.badge.Resource == nil || x.badge.Resource.Name() != res.Name()) {
		x.badge.Resource = res
		x.badge.Refresh()
	}
	x.track.FillColor = look.Color(look.ColorRaised)
	x.track.CornerRadius = 1.5
	x.bar.FillColor = look.Color(theme.ColorNamePrimary)
	x.bar.CornerRadius = 1.5
	x.track.Hidden = st.Progress < 0
	x.bar.Hidden = st.Progress <= 0
	x.r.button.Tip = st.Tip
	x.r.button.SetIcon(st.Action)
	x.r.button.Hidden = st.Action == look.IconNone || x.r.narrow
	x.Layout(x.r.Size())
	for _, o := range []fyne.CanvasObject{x.mat, x.name, x.line, x.track, x.bar, x.badgeBack} {
		o.Refresh()
	}
}

func moodInk(m Mood) color.NRGBA {
	switch m {
	case Busy:
		return look.Color(theme.ColorNamePrimary)
	case Good:
		return look.Color(theme.ColorNameSuccess)
	case Bad:
		return look.Color(theme.ColorNameError)
	}
	return look.Color(look.ColorMuted)
}

// fitText sets as much of s as fits into width, cut in its middle.
func fitText(t *canvas.Text, s string, width float32) {
	t.Text = s
	if width <= 0 || t.MinSize().Width <= width {
		return
	}
	r := []rune(s)
	for n := len(r) - 1; n > 1; n-- {
		tail := min(7, n/3)
		t.Text = string(r[:n-tail]) + "…" + string(r[len(r)-tail:])
		if t.MinSize().Width <= width {
			return
		}
	}
}
