package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Slider is a named value between two bounds. OnChanging follows the knob,
// OnChanged comes once when it rests.
type Slider struct {
	widget.BaseWidget

	OnChanging func(float64)
	OnChanged  func(float64)
	Format     func(float64) string

	name   *Words
	value  *Words
	slider *keySlider
	quiet  bool
}

// keySlider is Fyne's slider with the window's keys.
type keySlider struct{ widget.Slider }

// TypedKey moves the knob by Left and Right and passes other keys on.
func (s *keySlider) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		s.Slider.TypedKey(ev)
		if s.OnChangeEnded != nil {
			s.OnChangeEnded(s.Value)
		}
	default:
		PassKey(s, ev)
	}
}

// NewSlider returns a slider from low to high in steps.
func NewSlider(name string, low, high, step float64, format func(float64) string) *Slider {
	s := &Slider{Format: format}
	s.name = NewWords(name, theme.SizeNameText, theme.ColorNameForeground).Cut()
	s.value = NewWords("", theme.SizeNameText, look.ColorMuted)
	s.slider = &keySlider{}
	s.slider.Min, s.slider.Max, s.slider.Step = low, high, step
	s.slider.Orientation = widget.Horizontal
	s.slider.OnChanged = func(v float64) {
		s.value.SetText(s.Format(v))
		if !s.quiet && s.OnChanging != nil {
			s.OnChanging(v)
		}
	}
	s.slider.OnChangeEnded = func(v float64) {
		if !s.quiet && s.OnChanged != nil {
			s.OnChanged(v)
		}
	}
	s.slider.ExtendBaseWidget(s.slider)
	s.ExtendBaseWidget(s)
	s.value.SetText(format(low))
	return s
}

// Value returns where the knob is.
func (s *Slider) Value() float64 { return s.slider.Value }

// SetValue moves the knob without calling back.
func (s *Slider) SetValue(v float64) {
	s.quiet = true
	s.slider.SetValue(v)
	s.quiet = false
	s.value.SetText(s.Format(s.slider.Value))
}

// Slide moves the knob as a person would.
func (s *Slider) Slide(v float64) {
	s.slider.SetValue(v)
	if s.OnChanged != nil {
		s.OnChanged(s.slider.Value)
	}
}

// SetEnabled enables or disables it.
func (s *Slider) SetEnabled(on bool) {
	if on {
		s.slider.Enable()
	} else {
		s.slider.Disable()
	}
}

// CreateRenderer makes the slider's objects.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	head := container.NewBorder(nil, nil, nil, s.value, s.name)
	// Fyne keeps room for the knob beside the track; here the track reaches
	// as far as the words above it.
	wide := container.New(layout.NewCustomPaddedLayout(-4, -2, -11, -11), container.NewThemeOverride(s.slider, look.OnTrack()))
	return widget.NewSimpleRenderer(container.New(tight{}, head, wide))
}

// tight stacks objects without a gap.
type tight struct{}

func (tight) MinSize(o []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, x := range o {
		if x.Visible() {
			m.Width = max(m.Width, x.MinSize().Width)
			m.Height += x.MinSize().Height
		}
	}
	return m
}

func (tight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var y float32
	for _, x := range o {
		if x.Visible() {
			h := x.MinSize().Height
			x.Move(fyne.NewPos(0, y))
			x.Resize(fyne.NewSize(size.Width, h))
			y += h
		}
	}
}
