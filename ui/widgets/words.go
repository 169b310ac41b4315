package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Words is one line of text in a colour and size of the theme, cut in its
// middle where there is no room.
type Words struct {
	widget.BaseWidget

	text string
	ink  fyne.ThemeColorName
	size fyne.ThemeSizeName
	bold bool
	cut  bool
}

// NewWords returns a line as wide as its text.
func NewWords(text string, size fyne.ThemeSizeName, ink fyne.ThemeColorName) *Words {
	w := &Words{text: text, size: size, ink: ink}
	w.ExtendBaseWidget(w)
	return w
}

// NewHeading returns a section's title.
func NewHeading(text string) *Words {
	w := NewWords(text, theme.SizeNameSubHeadingText, theme.ColorNameForeground)
	w.bold = true
	return w
}

// NewCaption returns a small line of second rank.
func NewCaption(text string) *Words {
	return NewWords(text, theme.SizeNameCaptionText, look.ColorMuted)
}

// Cut lets the line be narrower than its text.
func (w *Words) Cut() *Words {
	w.cut = true
	return w
}

// Set changes text and colour.
func (w *Words) Set(text string, ink fyne.ThemeColorName) {
	if w.text != text || w.ink != ink {
		w.text, w.ink = text, ink
		w.Refresh()
	}
}

// SetText changes the text.
func (w *Words) SetText(text string) { w.Set(text, w.ink) }

// Text returns the whole text.
func (w *Words) Text() string { return w.text }

// CreateRenderer makes the line.
func (w *Words) CreateRenderer() fyne.WidgetRenderer {
	r := &wordsRenderer{w: w, t: &canvas.Text{}}
	r.Refresh()
	return r
}

type wordsRenderer struct {
	w *Words
	t *canvas.Text
}

func (r *wordsRenderer) Destroy()                     {}
func (r *wordsRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.t} }

func (r *wordsRenderer) MinSize() fyne.Size {
	m := fyne.MeasureText(r.w.text, look.Size(r.w.size), fyne.TextStyle{Bold: r.w.bold})
	if r.w.cut {
		m.Width = min(m.Width, 24)
	}
	return m
}

func (r *wordsRenderer) Layout(s fyne.Size) {
	fitText(r.t, r.w.text, s.Width+0.5)
	h := r.t.MinSize().Height
	r.t.Resize(fyne.NewSize(s.Width, h))
	r.t.Move(fyne.NewPos(0, (s.Height-h)/2))
}

func (r *wordsRenderer) Refresh() {
	r.t.Color = look.Color(r.w.ink)
	r.t.TextSize = look.Size(r.w.size)
	r.t.TextStyle.Bold = r.w.bold
	r.Layout(r.w.Size())
	r.t.Refresh()
}
