package widgets

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/engine/compose"
	"kirinuki/ui/look"
)

// Swatches is a grid of colours of which one may be chosen. "" is the
// checkerboard.
type Swatches struct {
	widget.BaseWidget

	Colors   []string // "#rrggbb", or ""
	Names    []string // of the colours, for tips; may be shorter
	Chosen   string
	None     bool // nothing is chosen
	OnChosen func(string)

	focused bool
	at      int // the one that the keyboard is at
	tip     tip
	tipAt   int
}

const swatchSide = 30

var (
	_ fyne.Tappable     = (*Swatches)(nil)
	_ fyne.Focusable    = (*Swatches)(nil)
	_ desktop.Hoverable = (*Swatches)(nil)
)

// NewSwatches returns a grid of colours.
func NewSwatches(colors []string, chosen func(string)) *Swatches {
	s := &Swatches{Colors: colors, OnChosen: chosen, tipAt: -1}
	s.ExtendBaseWidget(s)
	return s
}

// Put shows c as chosen without calling back.
func (s *Swatches) Put(c string) {
	if s.Chosen != c || s.None {
		s.Chosen, s.None = c, false
		s.Refresh()
	}
}

// SetColors changes the colours.
func (s *Swatches) SetColors(colors []string) {
	s.Colors = colors
	s.Refresh()
}

func (s *Swatches) columns() int { return max(1, int((s.Size().Width+6)/(swatchSide+6))) }

func (s *Swatches) index(p fyne.Position) int {
	x, y := int(p.X/(swatchSide+6)), int(p.Y/(swatchSide+6))
	if x < 0 || x >= s.columns() {
		return -1
	}
	if i := y*s.columns() + x; i < len(s.Colors) {
		return i
	}
	return -1
}

func (s *Swatches) choose(i int) {
	if i < 0 || i >= len(s.Colors) {
		return
	}
	s.at = i
	s.Put(s.Colors[i])
	if s.OnChosen != nil {
		s.OnChosen(s.Colors[i])
	}
}

// Tapped chooses what was pointed at.
func (s *Swatches) Tapped(ev *fyne.PointEvent) {
	s.tip.hide()
	s.choose(s.index(ev.Position))
}

// TypedKey moves by the arrows and chooses by Space.
func (s *Swatches) TypedKey(ev *fyne.KeyEvent) {
	move := func(by int) {
		s.at = max(0, min(len(s.Colors)-1, s.at+by))
		s.Refresh()
	}
	switch ev.Name {
	case fyne.KeyLeft:
		move(-1)
	case fyne.KeyRight:
		move(1)
	case fyne.KeyUp:
		move(-s.columns())
	case fyne.KeyDown:
		move(s.columns())
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		s.choose(s.at)
	default:
		PassKey(s, ev)
	}
}

// TypedRune is ignored.
func (s *Swatches) TypedRune(rune) {}

// FocusGained shows where the keyboard is.
func (s *Swatches) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *Swatches) FocusLost() { s.focused = false; s.Refresh() }

// MouseIn names the colour pointed at.
func (s *Swatches) MouseIn(ev *desktop.MouseEvent) { s.MouseMoved(ev) }

// MouseMoved names the colour pointed at.
func (s *Swatches) MouseMoved(ev *desktop.MouseEvent) {
	i := s.index(ev.Position)
	if i == s.tipAt {
		return
	}
	s.tipAt = i
	s.tip.hide()
	if i >= 0 {
		name := s.Colors[i]
		if i < len(s.Names) && s.Names[i] != "" {
			name = s.Names[i]
		}
		s.tip.show(s, name, "")
	}
}

// MouseOut takes the name away.
func (s *Swatches) MouseOut() {
	s.tipAt = -1
	s.tip.hide()
}

// CreateRenderer makes the colours.
func (s *Swatches) CreateRenderer() fyne.WidgetRenderer {
	r := &swatchesRenderer{s: s}
	r.Refresh()
	return r
}

type swatchesRenderer struct {
	s       *Swatches
	cells   []*canvas.Rectangle
	checks  []*canvas.Raster
	ring    *canvas.Rectangle
	objects []fyne.CanvasObject
}

func (r *swatchesRenderer) Destroy()                     { r.s.tip.hide() }
func (r *swatchesRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *swatchesRenderer) MinSize() fyne.Size {
	cols := r.s.columns()
	if r.s.Size().Width < swatchSide {
		cols = 6
	}
	rows := math.Ceil(float64(len(r.s.Colors)) / float64(cols))
	return fyne.NewSize(swatchSide, float32(rows)*(swatchSide+6)-6)
}

func (r *swatchesRenderer) place(i int) fyne.Position {
	c := r.s.columns()
	return fyne.NewPos(float32(i%c)*(swatchSide+6), float32(i/c)*(swatchSide+6))
}

func (r *swatchesRenderer) Layout(fyne.Size) {
	for i := range r.cells {
		r.cells[i].Move(r.place(i))
		r.cells[i].Resize(fyne.NewSquareSize(swatchSide))
		r.checks[i].Move(r.place(i).AddXY(3, 3))
		r.checks[i].Resize(fyne.NewSquareSize(swatchSide - 6))
	}
	r.ring.Move(r.place(r.s.at).SubtractXY(2, 2))
	r.ring.Resize(fyne.NewSquareSize(swatchSide + 4))
}

func (r *swatchesRenderer) Refresh() {
	s := r.s
	if r.ring == nil || len(r.cells) != len(s.Colors) {
		r.cells, r.checks, r.objects = nil, nil, nil
		for range s.Colors {
			cell := &canvas.Rectangle{CornerRadius: 7}
			check := canvas.NewRasterWithPixels(func(x, y, w, h int) color.Color {
				if (x*4/max(1, w)+y*4/max(1, h))%2 == 0 {
					return look.Color(look.ColorChecker)
				}
				return look.Color(look.ColorCheckee)
			})
			r.cells, r.checks = append(r.cells, cell), append(r.checks, check)
			r.objects = append(r.objects, cell, check)
		}
		r.ring = &canvas.Rectangle{CornerRadius: 9, StrokeWidth: 2}
		r.objects = append(r.objects, r.ring)
		s.at = min(s.at, max(0, len(s.Colors)-1))
	}
	for i, name := range s.Colors {
		c, err := compose.ParseColor(name)
		r.cells[i].FillColor = c
		r.checks[i].Hidden = name != ""
		if name == "" || err != nil {
			r.cells[i].FillColor = look.Color(look.ColorRaised)
		}
		r.cells[i].StrokeColor, r.cells[i].StrokeWidth = look.Color(theme.ColorNameInputBorder), 1
		if name == s.Chosen && !s.None {
			r.cells[i].StrokeColor, r.cells[i].StrokeWidth = look.Color(theme.ColorNamePrimary), 3
		}
		r.cells[i].Refresh()
		r.checks[i].Refresh()
	}
	r.ring.FillColor = color.Transparent
	r.ring.StrokeColor = look.Color(theme.ColorNameFocus)
	r.ring.Hidden = !s.focused
	r.Layout(s.Size())
	r.ring.Refresh()
}
