package compose

import (
	"context"
	"image"
	"slices"

	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/parallel"
)

// Touch answers a person's hints on a cut-out; it changes neither src nor
// base. The engine's is matte.Touch.
type Touch func(ctx context.Context, src image.Image, base *matte.Cutout, h *matte.Hints) (*matte.Cutout, error)

// RetouchOptions say how to retouch. The zero value works at full size with
// the engine's own solver.
type RetouchOptions struct {
	Scale float64 // as in Options
	Touch Touch   // nil for matte.Touch
}

// Retouched is a cut-out with strokes and parts worked into it. It never
// changes; it also remembers how it came about, so that RetouchFrom need not
// start over.
type Retouched struct {
	Cutout *matte.Cutout
	// Dirty is what differs from the cut-out that this one was made from:
	// the previous one, or the source's.
	Dirty image.Rectangle

	base  *matte.Cutout
	scale float64
	steps []step
	undo  []patch      // of the last len(undo) steps
	hints []matte.Hint // what a person has said of each pixel; nil for nothing
}

// step is a stroke or, where stroke is nil, a part.
type step struct {
	stroke *Stroke
	part   Part
}

func (a step) equal(b step) bool {
	if a.stroke == nil || b.stroke == nil {
		return a.stroke == b.stroke && a.part.At == b.part.At && a.part.Keep == b.part.Keep
	}
	return a.stroke.Equal(*b.stroke)
}

// stepsOf lists the edit's strokes and parts in the order they were made.
func stepsOf(e Edit) []step {
	parts := slices.Clone(e.Parts)
	slices.SortStableFunc(parts, func(a, b Part) int { return a.After - b.After })
	var all []step
	for i := range len(e.Strokes) + 1 {
		for len(parts) > 0 && (parts[0].After <= i || i == len(e.Strokes)) {
			all = append(all, step{part: parts[0]})
			parts = parts[1:]
		}
		if i < len(e.Strokes) {
			s := e.Strokes[i]
			s.Points = slices.Clone(s.Points)
			all = append(all, step{stroke: &s})
		}
	}
	return all
}

// Retouch works all strokes and parts of e into the source's cut-out, in the
// order they were made. Keep, Remove and Hair are hints to the solver; Erase
// and Restore paint the alpha itself, and no later hint nearby takes that
// back.
func Retouch(ctx context.Context, s Source, e Edit, o RetouchOptions) (*Retouched, error) {
	return RetouchFrom(ctx, nil, s, e, o)
}

// RetouchFrom gives the same as Retouch, but starts from prev as far as that
// had the same steps: adding one stroke to many costs one stroke, and taking
// the latest back costs next to nothing. prev may be nil.
func RetouchFrom(ctx context.Context, prev *Retouched, s Source, e Edit, o RetouchOptions) (*Retouched, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	if o.Touch == nil {
		o.Touch = func(ctx context.Context, src image.Image, base *matte.Cutout, h *matte.Hints) (*matte.Cutout, error) {
			return matte.Touch(ctx, src, base, h, matte.Options{})
		}
	}
	scale := Options{Scale: o.Scale}.scale()
	want := stepsOf(e)
	fresh := &Retouched{Cutout: s.Cutout, base: s.Cutout, scale: scale}
	from := prev
	if from == nil || from.base != s.Cutout || from.scale != scale {
		from = fresh
	}
	same := 0
	for same < len(want) && same < len(from.steps) && want[same].equal(from.steps[same]) {
		same++
	}
	if len(from.steps)-same > len(from.undo) {
		from, same = fresh, 0
	}
	p := &painter{Retouched: *from, source: s, touch: o.Touch}
	p.Dirty = image.Rectangle{}
	p.undo = slices.Clone(p.undo)
	for len(p.steps) > same {
		p.revert()
	}
	p.steps = slices.Clip(p.steps)
	for _, st := range want[same:] {
		if err := p.apply(ctx, st); err != nil {
			return nil, fault.About("", err)
		}
	}
	if from == fresh && prev != nil && prev.Cutout.Alpha.Rect == s.Cutout.Alpha.Rect {
		p.Dirty = difference(prev.Cutout, p.Cutout) // it was not made from prev
	}
	return &p.Retouched, nil
}

// painter works on a Retouched, copying what it is the first to change.
type painter struct {
	Retouched
	source                       Source
	touch                        Touch
	ownAlpha, ownFront, ownHints bool

	// The detached parts, once asked for: of the cut-out as long as nothing
	// but parts is dropped from it, and of the base.
	labels, baseLabels *matte.Labels
}

// apply does one step.
func (p *painter) apply(ctx context.Context, st step) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if st.stroke != nil || st.part.Keep {
		p.labels = nil
	}
	var err error
	switch {
	case st.stroke == nil:
		p.part(st.part)
	case st.stroke.Tool == Erase || st.stroke.Tool == Restore:
		err = p.paint(ctx, *st.stroke)
	default:
		err = p.hint(ctx, *st.stroke)
	}
	p.steps = append(p.steps, st)
	return err
}

// paint erases or restores.
func (p *painter) paint(ctx context.Context, s Stroke) error {
	b, err := s.raster(ctx, p.Cutout.Alpha.Rect, p.scale)
	if err != nil {
		return err
	}
	restore := s.Tool == Restore && p.source.Original != nil
	p.save(b.r, restore)
	p.own(b.r, restore)
	alpha, w := p.Cutout.Alpha, b.r.Dx()
	full := source{alpha.Rect.Dx(), alpha.Rect.Dy(), p.source.Original, nil}
	return parallel.Rows(ctx, b.r.Dy(), func(y0, y1 int) {
		line := make([]float32, 4*w)
		for y := b.r.Min.Y + y0; y < b.r.Min.Y+y1; y++ {
			cover := b.v[(y-b.r.Min.Y)*w:][:w]
			row := alpha.Pix[y*alpha.Stride+b.r.Min.X:][:w]
			hints := p.hints[y*alpha.Rect.Dx()+b.r.Min.X:][:w]
			if restore {
				full.row(line, y, b.r.Min.X, b.r.Max.X)
				recolor(p.Cutout.Foreground, p.source.Original, b.r.Min.X, y, cover)
			}
			for x, c := range cover {
				if c == 0 {
					continue
				}
				a, k := float32(row[x]), float32(c)/255
				to := float32(0)
				if s.Tool == Restore {
					// No more than the picture itself has.
					if to = 255; restore {
						to = line[4*x+3] * 255
					}
					to = max(to, a)
				}
				row[x] = uint8(a + (to-a)*k + 0.5)
				if c >= 128 {
					hints[x] = matte.Remove
					if s.Tool == Restore {
						hints[x] = matte.Keep
					}
				}
			}
		}
	})
}

// recolor brings back the original's own colours from (x, y) on, as far as
// cover says: what is restored in full is the picture, not an estimate.
func recolor(front, original image.Image, x, y int, cover []uint8) {
	f, isF := front.(*image.NRGBA)
	o, isO := original.(*image.NRGBA)
	if isF && isO {
		to, from := f.Pix[y*f.Stride+4*x:], o.Pix[y*o.Stride+4*x:]
		for i, c := range cover {
			for n := 4 * i; n < 4*i+3; n++ {
				to[n] = uint8((int(to[n])*(255-int(c)) + int(from[n])*int(c) + 127) / 255)
			}
		}
		return
	}
	d, isD := front.(*image.NRGBA64)
	e, isE := original.(*image.NRGBA64)
	if !isD || !isE {
		return
	}
	to, from := d.Pix[y*d.Stride+8*x:], e.Pix[y*e.Stride+8*x:]
	for i, c := range cover {
		for n := 8 * i; n < 8*i+6; n += 2 {
			a, b := int(to[n])<<8|int(to[n+1]), int(from[n])<<8|int(from[n+1])
			v := (a*(255-int(c)) + b*int(c) + 127) / 255
			to[n], to[n+1] = uint8(v>>8), uint8(v)
		}
	}
}

// hint asks the solver about a stroke. Its answer holds for what the stroke
// covers and for what nobody has said a word about; what a person painted or
// hinted before stays.
func (p *painter) hint(ctx context.Context, s Stroke) error {
	word := matte.Keep
	switch s.Tool {
	case Remove:
		word = matte.Remove
	case Hair:
		word = matte.Unknown
	}
	s.Hardness, s.Radius = 1, max(s.Radius, 0.75/p.scale)
	r := p.Cutout.Alpha.Rect
	b, err := s.raster(ctx, r, p.scale)
	if err != nil {
		return err
	}
	if b.r.Empty() {
		p.undo = append(p.undo, patch{})
		return nil
	}
	h := &matte.Hints{W: r.Dx(), H: r.Dy(), V: make([]matte.Hint, r.Dx()*r.Dy())}
	for y := b.r.Min.Y; y < b.r.Max.Y; y++ {
		for x := b.r.Min.X; x < b.r.Max.X; x++ {
			if b.v[(y-b.r.Min.Y)*b.r.Dx()+x-b.r.Min.X] >= 128 {
				h.V[y*r.Dx()+x] = word
			}
		}
	}
	// What was said before nearby is said again: it tells the solver what the
	// stroke is not like, and keeps its answer from taking back earlier ones.
	told := h
	if p.hints != nil {
		told = &matte.Hints{W: h.W, H: h.H, V: slices.Clone(h.V)}
		near := b.r.Inset(-int(0.3 * float64(max(r.Dx(), r.Dy())))).Intersect(r)
		for y := near.Min.Y; y < near.Max.Y; y++ {
			for x := near.Min.X; x < near.Max.X; x++ {
				i := y*r.Dx() + x
				if v := p.hints[i]; h.V[i] == matte.NoHint && (v == matte.Keep || v == matte.Remove) {
					told.V[i] = v
				}
			}
		}
	}
	src, old := p.source.Original, p.Cutout
	if src == nil {
		src = old.Foreground
	}
	c, err := p.touch(ctx, src, old, told)
	if err != nil {
		return err
	}
	if c.Alpha.Rect != r || c.Foreground.Bounds() != r {
		return fault.Newf(fault.Internal, "", "the solver changed the cut-out's size")
	}
	// The solver's answer is someone else's to keep, so it is copied before
	// anything is painted on it.
	p.Cutout, p.ownAlpha, p.ownFront = c, false, false
	p.hold(old, h, difference(old, c))

	d := difference(old, p.Cutout)
	p.Dirty = p.Dirty.Union(d)
	u := patch{r: d, hr: b.r, hints: p.copyHints(b.r)}
	if !d.Empty() {
		u.alpha = grab(old.Alpha, d)
		if old.Foreground != p.Cutout.Foreground {
			u.front = grab(old.Foreground, d)
		}
	}
	p.push(u)
	p.own(b.r, false)
	for y := b.r.Min.Y; y < b.r.Max.Y; y++ {
		for x := b.r.Min.X; x < b.r.Max.X; x++ {
			if v := h.V[y*r.Dx()+x]; v != matte.NoHint {
				p.hints[y*r.Dx()+x] = v
			}
		}
	}
	return nil
}

// hold puts back, within changed, what a person had said before and the new
// hints do not speak of.
func (p *painter) hold(old *matte.Cutout, h *matte.Hints, changed image.Rectangle) {
	if p.hints == nil {
		return
	}
	one := []uint8{255}
	for y := changed.Min.Y; y < changed.Max.Y; y++ {
		for x := changed.Min.X; x < changed.Max.X; x++ {
			i := y*h.W + x
			if said := p.hints[i]; h.V[i] != matte.NoHint || said != matte.Keep && said != matte.Remove {
				continue
			}
			p.own(image.Rectangle{}, old.Foreground != p.Cutout.Foreground)
			p.Cutout.Alpha.Pix[y*p.Cutout.Alpha.Stride+x] = old.Alpha.Pix[y*old.Alpha.Stride+x]
			if p.ownFront {
				recolor(p.Cutout.Foreground, old.Foreground, x, y, one)
			}
		}
	}
}

// part drops the detached part under a point, or brings it back as it was
// before anything was done.
func (p *painter) part(part Part) {
	r := p.Cutout.Alpha.Rect
	of, cached := p.Cutout.Alpha, &p.labels
	if part.Keep {
		of, cached = p.base.Alpha, &p.baseLabels
	}
	if *cached == nil {
		*cached = matte.Components(of)
	}
	labels := *cached
	id := near(labels, int(part.At.X*p.scale), int(part.At.Y*p.scale))
	if id == 0 {
		p.undo = append(p.undo, patch{})
		return
	}
	// The faint rim around a part belongs to it.
	const rim = 4
	at := labels.Parts[id-1].Bounds.Inset(-rim).Intersect(r)
	mine := func(x, y int) bool {
		if of.Pix[y*of.Stride+x] == 0 {
			return false
		}
		if i := labels.At(x, y); i != 0 {
			return i == id
		}
		for v := y - rim; v <= y+rim; v++ {
			for u := x - rim; u <= x+rim; u++ {
				if labels.At(u, v) == id {
					return true
				}
			}
		}
		return false
	}
	p.save(at, part.Keep)
	p.own(at, part.Keep)
	alpha := p.Cutout.Alpha
	one := []uint8{255}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if !mine(x, y) {
				continue
			}
			i := y*alpha.Stride + x
			if part.Keep {
				alpha.Pix[i] = max(alpha.Pix[i], of.Pix[y*of.Stride+x])
				recolor(p.Cutout.Foreground, p.base.Foreground, x, y, one)
				p.hints[y*r.Dx()+x] = matte.NoHint
			} else {
				alpha.Pix[i] = 0
				p.hints[y*r.Dx()+x] = matte.Remove
			}
		}
	}
	if part.Keep {
		return
	}
	for y := at.Min.Y; y < at.Max.Y; y++ { // it is no part any more
		row := labels.ID[y*r.Dx()+at.Min.X : y*r.Dx()+at.Max.X]
		for x, v := range row {
			if int(v) == id {
				row[x] = 0
			}
		}
	}
}

// near finds the part at a point or, since fingers slip, a few pixels away.
func near(l *matte.Labels, x, y int) int {
	for d := range 9 {
		for v := y - d; v <= y+d; v++ {
			for u := x - d; u <= x+d; u++ {
				if max(u-x, x-u, v-y, y-v) != d {
					continue
				}
				if id := l.At(u, v); id != 0 {
					return id
				}
			}
		}
	}
	return 0
}

// own makes alpha, hints and, where colours change, the foreground copies
// that may be written, and notes r as dirty.
func (p *painter) own(r image.Rectangle, colors bool) {
	if !p.ownAlpha {
		a := image.NewGray(p.Cutout.Alpha.Rect)
		copyRows(a.Pix, a.Stride, p.Cutout.Alpha.Pix, p.Cutout.Alpha.Stride, a.Rect.Dx(), a.Rect.Dy())
		p.Cutout = &matte.Cutout{Alpha: a, Foreground: p.Cutout.Foreground}
		p.ownAlpha = true
	}
	if colors && !p.ownFront {
		p.Cutout = &matte.Cutout{Alpha: p.Cutout.Alpha, Foreground: cloneImage(p.Cutout.Foreground)}
		p.ownFront = true
	}
	if !p.ownHints {
		if p.hints == nil {
			p.hints = make([]matte.Hint, p.Cutout.Alpha.Rect.Dx()*p.Cutout.Alpha.Rect.Dy())
		} else {
			p.hints = slices.Clone(p.hints)
		}
		p.ownHints = true
	}
	p.Dirty = p.Dirty.Union(r)
}
