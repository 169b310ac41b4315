package widgets

import (
	"image"
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

// Side says which of the two pictures a Stage shows.
type Side int

// The sides.
const (
	After Side = iota
	Before
	Compare // both, parted by a line that can be dragged
)

// Tool is what the pointer does on a Stage. Positions are the picture's.
type Tool struct {
	Cursor desktop.Cursor
	Radius float64 // of the ring around the pointer, in picture pixels; 0 for none
	Down   func(p compose.Point)
	Drag   func(p compose.Point)
	Up     func(p compose.Point)
}

// Stage shows a picture: before, after or both, at any size, on a
// checkerboard or a colour. It draws only the pixels on the screen.
type Stage struct {
	widget.BaseWidget

	OnView func() // called when zoom or place changes

	before, after, veiled *Pic
	lay                   compose.Layout // where before stands on after
	side                  Side
	veil                  Veil
	backdrop              *color.NRGBA // nil for the checkerboard
	split                 float64      // the line's place, a share of what is seen of the picture
	cam                   camera
	frame                 *frame
	trail                 trail
	loupe                 bool
	tool                  *Tool

	raster  *canvas.Raster
	line    *canvas.Rectangle
	handle  *handleMark
	ring    *canvas.Circle
	ring2   *canvas.Circle
	buf     *image.RGBA
	density float64 // device pixels per unit
	texture float64 // device pixels per pixel of the canvas: 2 on some screens

	hand    bool // space is held
	doing   doing
	last    fyne.Position // the pointer
	inside  bool
	focused bool
}

// doing is what the pointer is in the middle of.
type doing int

const (
	nothing doing = iota
	panning
	parting // dragging the line of Compare
	using   // the tool
)

var (
	_ fyne.Draggable     = (*Stage)(nil)
	_ fyne.Scrollable    = (*Stage)(nil)
	_ fyne.Focusable     = (*Stage)(nil)
	_ desktop.Mouseable  = (*Stage)(nil)
	_ desktop.Hoverable  = (*Stage)(nil)
	_ desktop.Cursorable = (*Stage)(nil)
)

// NewStage returns an empty stage.
func NewStage() *Stage {
	s := &Stage{split: 0.5, density: 1, texture: 1, cam: camera{fit: true, margin: 24}}
	s.ExtendBaseWidget(s)
	return s
}

// SetPictures shows two pictures; either may be nil. lay says where the first
// stands on the second, the zero value that they cover each other. A picture
// of another size than the one before is shown whole; the same size keeps its
// place.
func (s *Stage) SetPictures(before, after *Pic, lay compose.Layout) {
	if lay.Scale == 0 {
		lay = compose.Layout{Scale: 1}
	}
	s.before, s.after, s.lay = before, after, lay
	if s.doing != using { // else the next stroke is already being drawn
		s.trail.clear()
	}
	s.measure()
	s.redraw()
}

// SetVeiled gives the picture for the Overlay and Grey veils.
func (s *Stage) SetVeiled(p *Pic) {
	s.veiled = p
	s.redraw()
}

// SetVeil says how transparency is shown.
func (s *Stage) SetVeil(v Veil) {
	s.veil = v
	s.redraw()
}

// Veil returns how transparency is shown.
func (s *Stage) Veil() Veil { return s.veil }

// SetBackdrop shows c behind transparency, nil the checkerboard.
func (s *Stage) SetBackdrop(c *color.NRGBA) {
	s.backdrop = c
	s.redraw()
}

// SetSide says which picture is shown.
func (s *Stage) SetSide(side Side) {
	s.side = side
	s.measure()
	s.redraw()
}

// Side returns which picture is shown.
func (s *Stage) Side() Side { return s.side }

// SetSplit places the line of Compare: 0 is the left edge, 1 the right.
func (s *Stage) SetSplit(at float64) {
	s.split = max(0, min(1, at))
	s.redraw()
}

// SetTool says what the pointer does; nil pans.
func (s *Stage) SetTool(t *Tool) {
	s.tool = t
	s.placeRing()
}

// SetHand makes the pointer pan whatever the tool, while Space is held.
func (s *Stage) SetHand(on bool) {
	if s.hand != on {
		s.hand = on
		s.placeRing()
	}
}

// SetLoupe shows what is under the pointer four times as large, or not.
func (s *Stage) SetLoupe(on bool) {
	s.loupe = on
	s.redraw()
}

// Loupe tells whether the loupe is on.
func (s *Stage) Loupe() bool { return s.loupe }

// Zoom returns the screen pixels per picture pixel.
func (s *Stage) Zoom() float64 { return s.cam.zoom }

// Fitted tells whether the whole picture is kept in view.
func (s *Stage) Fitted() bool { return s.cam.fit }

// Fit shows the whole picture.
func (s *Stage) Fit() {
	s.cam.fit = true
	s.moved()
}

// SetZoom zooms at the view's centre; 1 is a screen pixel for each pixel.
func (s *Stage) SetZoom(z float64) {
	s.cam.zoomAt(s.cam.viewW/2, s.cam.viewH/2, z)
	s.moved()
}

// ZoomBy zooms in (above 1) or out (below 1) at the pointer, or at the
// centre where the pointer is elsewhere.
func (s *Stage) ZoomBy(f float64) {
	x, y := s.cam.viewW/2, s.cam.viewH/2
	if s.inside {
		x, y = s.view(s.last)
	}
	s.cam.zoomAt(x, y, s.cam.zoom*f)
	s.moved()
}

// Pan moves the picture by that share of the view.
func (s *Stage) Pan(dx, dy float64) {
	s.cam.pan(dx*s.cam.viewW, dy*s.cam.viewH)
	s.moved()
}

// Sharp tells whether the shown pictures have all the pixels that the zoom
// asks for.
func (s *Stage) Sharp() bool {
	need := min(1, s.cam.zoom) - 0.01
	ok := func(p *Pic) bool { return p == nil || p.Sharpness() >= need }
	return ok(s.after) && (s.side == After || ok(s.before))
}

// ViewSize returns the view's size in device pixels.
func (s *Stage) ViewSize() image.Point {
	return image.Pt(int(s.cam.viewW), int(s.cam.viewH))
}

func (s *Stage) moved() {
	s.cam.settle()
	s.redraw()
	if s.OnView != nil {
		s.OnView()
	}
}

// original tells whether the camera looks at before alone.
func (s *Stage) original() bool { return s.side == Before && s.before != nil || s.after == nil }

// shown is the picture that the camera looks at.
func (s *Stage) shown() *Pic {
	if s.original() {
		return s.before
	}
	return s.after
}

// measure takes over the shown picture's size.
func (s *Stage) measure() {
	size := s.shown().Size()
	w, h := float64(size.X), float64(size.Y)
	if w != s.cam.picW || h != s.cam.picH {
		s.cam.picW, s.cam.picH = w, h
		s.cam.fit = true
	}
	s.moved()
}

func (s *Stage) view(p fyne.Position) (x, y float64) {
	return float64(p.X) * s.density, float64(p.Y) * s.density
}

// picture returns the original's point under a point of the stage.
func (s *Stage) picture(p fyne.Position) compose.Point {
	q := s.cam.toPicture(s.view(p))
	if s.original() {
		return q
	}
	return s.lay.ToPicture(q)
}

// place is the camera onto the original, wherever it stands.
func (s *Stage) place(cam camera) camera {
	if s.original() {
		return cam
	}
	size := s.before.Size()
	if size == (image.Point{}) {
		size = s.after.Size()
	}
	cam.picW, cam.picH = float64(size.X), float64(size.Y)
	c := s.lay.ToPicture(pt(cam.cx, cam.cy))
	cam.cx, cam.cy = c.X, c.Y
	cam.zoom *= s.lay.Scale
	return cam
}

func (s *Stage) redraw() {
	if s.raster != nil {
		s.placeLine()
		s.placeRing()
		s.raster.Refresh()
	}
}

// seen returns the columns of the view that the picture covers.
func (s *Stage) seen() (left, right float64) {
	l, _ := s.cam.toView(pt(0, 0))
	r, _ := s.cam.toView(pt(s.cam.picW, s.cam.picH))
	return max(0, l), min(s.cam.viewW, r)
}

func (s *Stage) parts() bool { return s.side == Compare && s.before != nil && s.after != nil }

func (s *Stage) splitX() float64 {
	l, r := s.seen()
	return l + (r-l)*s.split
}

func (s *Stage) setDensity(d float64) {
	s.density = d
	size := s.Size()
	s.cam.viewW, s.cam.viewH = float64(size.Width)*d, float64(size.Height)*d
	s.cam.margin = 28 * d
}

// measureScreen finds out, from the width that the screen asks for, how many
// pixels it has for each of the canvas.
func (s *Stage) measureScreen(w int) {
	if s.Size().Width < 1 {
		return
	}
	d := float64(w) / float64(s.Size().Width)
	if math.Abs(d/s.density-1) < 0.02 {
		return
	}
	s.texture *= d / s.density
	zoom := s.cam.zoom * d / s.density
	s.setDensity(d)
	s.cam.zoom = zoom
	s.cam.settle()
}

// draw is the raster's generator: w and h are device pixels.
func (s *Stage) draw(w, h int) image.Image {
	if s.buf == nil || s.buf.Rect.Dx() != w || s.buf.Rect.Dy() != h {
		s.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	s.measureScreen(w)
	fill(s.buf, look.Color(look.ColorStage))
	g := ground{look.Color(look.ColorChecker), look.Color(look.ColorCheckee), max(4, int(8*s.density))}
	if s.backdrop != nil {
		g = ground{*s.backdrop, *s.backdrop, 0}
	}
	s.paintInto(s.buf, s.cam, g, s.parts())
	onto := s.place(s.cam)
	s.trail.paint(s.buf, &onto)
	s.frame.paint(s.buf, &onto)
	s.paintLoupe(g)
	return s.buf
}

func (s *Stage) paintInto(dst *image.RGBA, cam camera, g ground, parts bool) {
	w := dst.Rect.Dx()
	put := func(p *Pic, c camera, l layer) {
		if p != nil {
			l.pic, l.ratio = p.levels, float64(p.levels.size().X)/c.picW
			paint(dst, &c, l, g)
		}
	}
	// before is seen through the frame of after.
	through := func(right int) layer {
		x0, y0 := cam.toView(pt(0, 0))
		x1, y1 := cam.toView(pt(cam.picW, cam.picH))
		return layer{left: round(x0), right: min(right, round(x1)), top: round(y0), bottom: max(1, round(y1))}
	}
	switch {
	case s.original():
		put(s.before, cam, layer{right: w})
	case parts:
		x := int(math.Round(s.splitX()))
		put(s.before, s.place(cam), through(x))
		put(s.after, cam, layer{left: x, right: w})
	case s.veil == Overlay && s.veiled != nil:
		put(s.before, s.place(cam), through(w))
		put(s.veiled, cam, layer{right: w, veil: Overlay, tint: veilTint})
	case s.veil == Grey && s.veiled != nil:
		put(s.veiled, cam, layer{right: w, veil: Grey})
	default:
		put(s.after, cam, layer{right: w})
	}
}

// veilTint covers what is removed.
var veilTint = color.NRGBA{228, 62, 96, 165}

// loupeSize is the loupe's diameter in units, loupeZoom how much it enlarges.
const (
	loupeSize = 168
	loupeZoom = 4
)

func (s *Stage) paintLoupe(g ground) {
	if !s.loupe || !s.inside || s.shown() == nil {
		return
	}
	d := int(loupeSize * s.density)
	vw, vh := s.buf.Rect.Dx(), s.buf.Rect.Dy()
	if d+32 > vw || d+32 > vh {
		return
	}
	x, y := s.view(s.last)
	at := image.Rect(16, 16, 16+d, 16+d)
	if x < float64(d+48) && y < float64(d+48) { // out of the pointer's way
		at = at.Add(image.Pt(vw-d-32, 0))
	}
	small := image.NewRGBA(image.Rect(0, 0, d, d))
	fill(small, look.Color(look.ColorStage))
	cam := s.cam
	p := s.cam.toPicture(x, y)
	cam.viewW, cam.viewH = float64(d), float64(d)
	cam.zoom *= loupeZoom
	cam.cx, cam.cy = p.X, p.Y
	s.paintInto(small, cam, g, false)
	onto := s.place(cam)
	large := trail{points: s.trail.points, radius: s.trail.radius, tint: s.trail.tint}
	large.paint(small, &onto)
	edge := look.Color(look.ColorMuted)
	r := float64(d) / 2
	for yy := range d {
		for xx := range d {
			dist := math.Hypot(float64(xx)+0.5-r, float64(yy)+0.5-r)
			i := s.buf.PixOffset(at.Min.X+xx, at.Min.Y+yy)
			switch {
			case dist < r-2:
				copy(s.buf.Pix[i:i+4], small.Pix[small.PixOffset(xx, yy):])
			case dist < r:
				s.buf.Pix[i], s.buf.Pix[i+1], s.buf.Pix[i+2] = edge.R, edge.G, edge.B
			}
		}
	}
	// A cross at the point itself.
	cx, cy := at.Min.X+d/2, at.Min.Y+d/2
	for k := -6; k <= 6; k++ {
		if k > -3 && k < 3 {
			continue
		}
		for _, q := range []image.Point{{cx + k, cy}, {cx, cy + k}} {
			i := s.buf.PixOffset(q.X, q.Y)
			for c := range 3 {
				s.buf.Pix[i+c] = 255 - s.buf.Pix[i+c]
			}
		}
	}
}

// Scrolled zooms at the pointer.
func (s *Stage) Scrolled(ev *fyne.ScrollEvent) {
	x, y := s.view(ev.Position)
	s.cam.zoomAt(x, y, s.cam.zoom*math.Exp(float64(ev.Scrolled.DY)*0.012))
	s.moved()
}

// MouseDown begins a pan, a move of the line or the tool's work.
func (s *Stage) MouseDown(ev *desktop.MouseEvent) {
	s.finish(ev.Position)
	s.last = ev.Position
	x, _ := s.view(ev.Position)
	switch {
	case ev.Button == desktop.MouseButtonTertiary || s.hand:
		s.doing = panning
	case ev.Button != desktop.MouseButtonPrimary:
		s.doing = nothing
	case s.parts() && math.Abs(x-s.splitX()) < 14*s.density:
		s.doing = parting
	case s.tool != nil && s.tool.Down != nil:
		s.doing = using
		s.tool.Down(s.picture(ev.Position))
	default:
		s.doing = panning
	}
}

// MouseUp ends what MouseDown began.
func (s *Stage) MouseUp(ev *desktop.MouseEvent) { s.finish(ev.Position) }

// Dragged goes on with what MouseDown began.
func (s *Stage) Dragged(ev *fyne.DragEvent) { s.follow(ev.Position) }

// DragEnd ends what MouseDown began, wherever the pointer is.
func (s *Stage) DragEnd() { s.finish(s.last) }

func (s *Stage) follow(p fyne.Position) {
	dx, dy := float64(p.X-s.last.X)*s.density, float64(p.Y-s.last.Y)*s.density
	s.last = p
	switch s.doing {
	case panning:
		s.cam.pan(dx, dy)
		s.moved()
	case parting:
		l, r := s.seen()
		x, _ := s.view(p)
		if r > l {
			s.SetSplit((x - l) / (r - l))
		}
	case using:
		if s.tool != nil && s.tool.Drag != nil {
			s.tool.Drag(s.picture(p))
		}
		s.placeRing()
	}
}

func (s *Stage) finish(p fyne.Position) {
	was := s.doing
	s.doing = nothing
	if was == using && s.tool != nil && s.tool.Up != nil {
		s.tool.Up(s.picture(p))
	}
}

// MouseIn shows the tool's ring.
func (s *Stage) MouseIn(ev *desktop.MouseEvent) {
	s.inside = true
	s.MouseMoved(ev)
}

// MouseMoved moves the ring; drags with other buttons than the first arrive
// here too.
func (s *Stage) MouseMoved(ev *desktop.MouseEvent) {
	if s.doing != nothing && ev.Button != 0 {
		s.follow(ev.Position)
	}
	s.last = ev.Position
	s.placeRing()
	if s.loupe {
		s.redraw()
	}
}

// MouseOut hides the ring.
func (s *Stage) MouseOut() {
	s.inside = false
	s.placeRing()
	if s.loupe {
		s.redraw()
	}
}

// Cursor is a cross for tools and a sideways arrow over the line.
func (s *Stage) Cursor() desktop.Cursor {
	x, _ := s.view(s.last)
	switch {
	case s.hand:
		return desktop.PointerCursor
	case s.parts() && math.Abs(x-s.splitX()) < 14*s.density:
		return desktop.HResizeCursor
	case s.tool != nil && s.tool.Cursor != nil:
		return s.tool.Cursor
	}
	return desktop.DefaultCursor
}

// TypedKey pans with the arrow keys and passes others on.
func (s *Stage) TypedKey(ev *fyne.KeyEvent) {
	const step = 0.1
	switch ev.Name {
	case fyne.KeyLeft:
		s.Pan(step, 0)
	case fyne.KeyRight:
		s.Pan(-step, 0)
	case fyne.KeyUp:
		s.Pan(0, step)
	case fyne.KeyDown:
		s.Pan(0, -step)
	default:
		PassKey(s, ev)
	}
}

// TypedRune is ignored.
func (s *Stage) TypedRune(rune) {}

// KeyDown pans while Space is held.
func (s *Stage) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace {
		s.SetHand(true)
	}
}

// KeyUp ends that.
func (s *Stage) KeyUp(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace {
		s.SetHand(false)
	}
}

// FocusGained shows the focus ring.
func (s *Stage) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost hides it.
func (s *Stage) FocusLost() { s.focused = false; s.hand = false; s.Refresh() }

func (s *Stage) placeLine() {
	show := s.parts()
	s.line.Hidden, s.handle.Hidden = !show, !show
	if show {
		x := float32(s.splitX() / s.density)
		s.line.Move(fyne.NewPos(x-1, 0))
		s.line.Resize(fyne.NewSize(2, s.Size().Height))
		s.handle.Resize(fyne.NewSquareSize(32))
		s.handle.Move(fyne.NewPos(x-16, s.Size().Height/2-16))
	}
	s.line.Refresh()
	s.handle.Refresh()
}

func (s *Stage) placeRing() {
	if s.ring == nil {
		return
	}
	show := s.inside && !s.hand && s.tool != nil && s.tool.Radius > 0 && s.shown() != nil
	s.ring.Hidden, s.ring2.Hidden = !show, !show
	if show {
		onto := s.place(s.cam)
		r := float32(max(2, s.tool.Radius*onto.zoom/s.density))
		s.ring.Move(s.last.SubtractXY(r, r))
		s.ring.Resize(fyne.NewSquareSize(2 * r))
		s.ring2.Move(s.last.SubtractXY(r+1, r+1))
		s.ring2.Resize(fyne.NewSquareSize(2*r + 2))
	}
	s.ring.Refresh()
	s.ring2.Refresh()
}

// CreateRenderer makes the stage's objects.
func (s *Stage) CreateRenderer() fyne.WidgetRenderer {
	s.raster = canvas.NewRaster(s.draw)
	s.line = canvas.NewRectangle(color.NRGBA{255, 255, 255, 230})
	s.handle = newHandleMark()
	s.ring = &canvas.Circle{StrokeColor: color.NRGBA{255, 255, 255, 235}, StrokeWidth: 1.5}
	s.ring2 = &canvas.Circle{StrokeColor: color.NRGBA{0, 0, 0, 150}, StrokeWidth: 1}
	edge := canvas.NewRectangle(color.Transparent)
	r := &stageRenderer{s: s, edge: edge}
	r.Refresh()
	return r
}

type stageRenderer struct {
	s    *Stage
	edge *canvas.Rectangle
}

func (r *stageRenderer) Destroy() {}

func (r *stageRenderer) MinSize() fyne.Size { return fyne.NewSize(160, 120) }

func (r *stageRenderer) Objects() []fyne.CanvasObject {
	s := r.s
	return []fyne.CanvasObject{s.raster, s.line, s.handle, s.ring2, s.ring, r.edge}
}

func (r *stageRenderer) Layout(size fyne.Size) {
	s := r.s
	s.raster.Resize(size)
	r.edge.Resize(size)
	scale := 1.0
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		scale = float64(c.Scale())
	}
	s.setDensity(scale * s.texture)
	s.moved()
}

func (r *stageRenderer) Refresh() {
	r.edge.StrokeWidth = 0
	if r.s.focused {
		r.edge.StrokeWidth = 2
		r.edge.StrokeColor = look.Color(theme.ColorNameFocus)
	}
	r.edge.Refresh()
	r.s.redraw()
}

// Render draws the stage as it is on w by h device pixels. The picture is
// good until the next call.
func (s *Stage) Render(w, h int) image.Image { return s.draw(w, h) }
