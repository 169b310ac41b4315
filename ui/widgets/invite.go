package widgets

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"kirinuki/ui/look"
)

// Invite is the empty window's content: one large place to drop pictures on,
// with the other ways in beside it.
type Invite struct {
	widget.BaseWidget

	Title, Line, Foot string
	Buttons           []*Button
}

// NewInvite returns an invitation.
func NewInvite(title, line, foot string, buttons ...*Button) *Invite {
	i := &Invite{Title: title, Line: line, Foot: foot, Buttons: buttons}
	i.ExtendBaseWidget(i)
	return i
}

// CreateRenderer makes the invitation's objects.
func (i *Invite) CreateRenderer() fyne.WidgetRenderer {
	r := &inviteRenderer{
		i: i, back: &canvas.Rectangle{}, icon: &canvas.Image{FillMode: canvas.ImageFillContain},
		title: canvas.NewText("", color.Black), line: canvas.NewText("", color.Black), foot: canvas.NewText("", color.Black),
	}
	r.dashes = canvas.NewRaster(r.draw)
	r.Refresh()
	return r
}

type inviteRenderer struct {
	i                 *Invite
	back              *canvas.Rectangle
	dashes            *canvas.Raster
	icon              *canvas.Image
	title, line, foot *canvas.Text
	buf               *image.NRGBA
}

func (r *inviteRenderer) Destroy() {}

func (r *inviteRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.back, r.dashes, r.icon, r.title, r.line, r.foot}
	for _, b := range r.i.Buttons {
		o = append(o, b)
	}
	return o
}

func (r *inviteRenderer) buttonsSize() fyne.Size {
	var s fyne.Size
	for n, b := range r.i.Buttons {
		m := b.MinSize()
		s.Width += m.Width
		if n > 0 {
			s.Width += 10
		}
		s.Height = max(s.Height, m.Height)
	}
	return s
}

func (r *inviteRenderer) MinSize() fyne.Size { return fyne.NewSize(r.buttonsSize().Width+64, 250) }

func (r *inviteRenderer) Layout(s fyne.Size) {
	r.back.Resize(s)
	// Generous, but never beyond what the eye takes in at once.
	w, h := min(s.Width-48, 860), min(s.Height-48, 560)
	x, y := (s.Width-w)/2, (s.Height-h)/2
	r.dashes.Move(fyne.NewPos(x, y))
	r.dashes.Resize(fyne.NewSize(w, h))

	icon := float32(72)
	if h < 300 {
		icon = 44
	}
	b := r.buttonsSize()
	th, lh, fh := r.title.MinSize().Height, r.line.MinSize().Height, r.foot.MinSize().Height
	const gap = 18
	total := icon + gap + th + 6 + lh + gap + 4 + b.Height
	top := y + (h-total-fh)/2
	center := func(o fyne.CanvasObject, size fyne.Size, at float32) {
		o.Resize(size)
		o.Move(fyne.NewPos((s.Width-size.Width)/2, at))
	}
	center(r.icon, fyne.NewSquareSize(icon), top)
	top += icon + gap
	center(r.title, r.title.MinSize(), top)
	top += th + 6
	center(r.line, r.line.MinSize(), top)
	top += lh + gap + 4
	left := (s.Width - b.Width) / 2
	for _, btn := range r.i.Buttons {
		m := btn.MinSize()
		btn.Resize(m)
		btn.Move(fyne.NewPos(left, top))
		left += m.Width + 10
	}
	center(r.foot, r.foot.MinSize(), y+h-fh-20)
}

func (r *inviteRenderer) Refresh() {
	r.back.FillColor = look.Color(look.ColorStage)
	r.icon.Resource = look.IconDrop.Resource(look.Color(theme.ColorNamePrimary))
	set := func(t *canvas.Text, words string, size float32, c color.Color, bold bool) {
		t.Text, t.TextSize, t.Color, t.TextStyle.Bold = words, size, c, bold
		t.Refresh()
	}
	set(r.title, r.i.Title, look.Size(theme.SizeNameHeadingText), look.Color(theme.ColorNameForeground), true)
	set(r.line, r.i.Line, look.Size(theme.SizeNameText), look.Color(look.ColorMuted), false)
	set(r.foot, r.i.Foot, look.Size(theme.SizeNameCaptionText), look.Color(look.ColorMuted), false)
	r.back.Refresh()
	r.icon.Refresh()
	r.dashes.Refresh()
	for _, b := range r.i.Buttons {
		b.Refresh()
	}
	r.Layout(r.i.Size())
}

// draw makes a dashed line along a rectangle with round corners.
func (r *inviteRenderer) draw(w, h int) image.Image {
	if r.buf == nil || r.buf.Rect.Dx() != w || r.buf.Rect.Dy() != h {
		r.buf = image.NewNRGBA(image.Rect(0, 0, w, h))
	}
	clear(r.buf.Pix)
	k := float64(w) / max(1, float64(r.dashes.Size().Width)) // device pixels per unit
	ink := look.Color(look.ColorMuted)
	radius, half, dash := 18*k, 0.8*k, 9*k
	cx, cy := float64(w)/2, float64(h)/2
	bx, by := cx-radius-2, cy-radius-2
	for y := range h {
		for x := range w {
			px, py := float64(x)+0.5-cx, float64(y)+0.5-cy
			qx, qy := math.Abs(px)-bx, math.Abs(py)-by
			if max(qx, qy) < radius-3*half {
				// Skip the inside, which is nearly all of it.
				continue
			}
			d := math.Hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - radius
			cover := half + 0.5 - math.Abs(d)
			if cover <= 0 {
				continue
			}
			along := px
			if qx > qy {
				along = py
			}
			if math.Mod(math.Abs(along)+dash/2, 2*dash) > dash {
				continue
			}
			i := r.buf.PixOffset(x, y)
			r.buf.Pix[i], r.buf.Pix[i+1], r.buf.Pix[i+2] = ink.R, ink.G, ink.B
			r.buf.Pix[i+3] = uint8(min(1, cover) * 150)
		}
	}
	return r.buf
}
