package app

import (
	"context"
	"image"

	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// A first look is what a person sees before the real result is there: the
// picture at a screen's size, cut out by the built-in network. There is one at
// most, of the picture that is shown; it is in memory alone, and goes with the
// picture's working copy or when the result comes.
type firstLook struct {
	e     *entry
	full  image.Point // the picture's size
	small *small      // without a cut-out while the network looks
	model string      // "" for the colour key
}

// firstSide is the longest side of a first look, and firstPixels how many
// pixels make one worth it where no better network is to follow: below, the
// result itself is there as soon.
const (
	firstSide   = 1280
	firstPixels = 3_000_000
)

// What a Remover may do beside removing. *engine.Engine does both.
type (
	lister interface{ Models() []engine.ModelInfo }
	warmer interface {
		Warm(ctx context.Context, model, device string) error
	}
)

// first returns what to ask of the built-in network for a first look at a
// picture of this size. ok is false where that makes no sense: nobody looks,
// there is a result already, the colour key is asked for, or the result itself
// is not far.
func (w *Workspace) first(r *run, size image.Point) (q engine.Request, ok bool) {
	better, small := w.ways(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	return quickly(r.request), small && (better || size.X*size.Y >= firstPixels) &&
		w.preferred == r.e.id && r.e.run == r && r.e.result == nil && !r.settle
}

// warm loads the network of the first look, if that was let go, while the
// picture is being decoded.
func (w *Workspace) warm(r *run) {
	network, is := w.c.Remover.(warmer)
	if _, small := w.ways(r); is && small && w.shown(r.e) && !r.settle {
		w.spawn(func() { network.Warm(r.ctx, engine.BuiltIn, "") })
	}
}

// ways tells whether a network better than the built-in one is asked for and
// there, and whether the built-in one is. Both are false where networks are not
// asked.
func (w *Workspace) ways(r *run) (better, small bool) {
	known, is := w.c.Remover.(lister)
	if !is || r.request.Method == engine.ColorKey {
		return false, false
	}
	for _, m := range known.Models() {
		small = small || m.BuiltIn && m.Installed
		switch r.request.Model {
		case engine.Best, "":
			better = better || m.Best && !m.BuiltIn
		case engine.BuiltIn:
		default:
			better = better || m.Name == r.request.Model && !m.BuiltIn
		}
	}
	return better, small
}

// quickly returns a request to the built-in network instead of the one that
// was asked for.
func quickly(r engine.Request) engine.Request {
	r.Model, r.Device, r.Quality = engine.BuiltIn, "", matte.Draft
	return r
}

// lookFirst shows a picture and then, cut out, what the built-in network says
// of it. It does not wait for the network's turn: a hundred pictures in the
// queue must not keep the one on screen. What goes wrong the real result will
// say.
func (w *Workspace) lookFirst(r *run, request engine.Request, full image.Point, img *image.NRGBA) {
	look := &firstLook{e: r.e, full: full, small: &small{size: img.Rect.Size(), original: img}}
	ok := w.setFirst(r, look)
	r.opened()
	if !ok {
		return
	}
	got, err := w.c.Remover.Remove(r.ctx, picture.FromImage(img), request, func(float64) {})
	if err != nil || got == nil || got.Cutout == nil || got.Cutout.Alpha == nil || got.Cutout.Alpha.Rect != img.Rect {
		return
	}
	cut := &small{size: img.Rect.Size(), original: img, cut: got.Cutout}
	if w.setFirst(r, &firstLook{e: r.e, full: full, small: cut, model: got.Model}) {
		thumb := thumbnailOf(img, got.Cutout)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.views.firstOf(r.e) != nil {
			w.setThumb(r.e, thumb)
		}
	}
}

// setFirst shows a first look unless nobody waits for it any more.
func (w *Workspace) setFirst(r *run, look *firstLook) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.e.run != r || r.e.box == nil || r.e.result != nil || w.preferred != r.e.id {
		return false
	}
	if old := w.views.first; old != nil && old.e != r.e {
		w.changed(old.e)
	}
	w.views.first = look
	r.e.size = look.full
	w.changed(r.e)
	return true
}

// firstOf returns the first look at e, or nil.
func (v *views) firstOf(e *entry) *firstLook {
	if v.first != nil && v.first.e == e {
		return v.first
	}
	return nil
}

// dropFirst forgets the first look at e.
func (v *views) dropFirst(e *entry) {
	if v.firstOf(e) != nil {
		v.first = nil
	}
}

// showFirst shows a first look as Show does. ok is false where there is none.
func (w *Workspace) showFirst(ctx context.Context, id ID) (s Shown, ok bool, err error) {
	w.mu.Lock()
	e := w.listed(id)
	if e == nil || w.views.firstOf(e) == nil || e.result != nil {
		w.mu.Unlock()
		return s, false, nil
	}
	look := w.views.first
	g := glance{e: e, edit: e.edit, revision: e.revision, full: look.full}
	w.mu.Unlock()
	s = Shown{Revision: g.revision, Before: look.small.original}
	if look.small.cut == nil {
		return s, true, nil
	}
	f, err := w.render(ctx, g, look.small, 0)
	if err != nil {
		return s, true, fault.About(e.name, err)
	}
	s.After, s.Layout = f.Image, f.Layout
	return s, true, nil
}

// coming returns a channel to wait for, if a worker is decoding a picture or
// about to: whoever wants to see it decodes it no sooner beside that. It is
// nil where there is nothing to wait for.
func (w *Workspace) coming(id ID) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.listed(id)
	if e == nil || w.views.get(e) != nil {
		return nil
	}
	if r := e.run; r != nil {
		select {
		case <-r.open:
			return nil
		default:
			return r.open
		}
	}
	if e.state == Waiting && (e.known || e.looking) && !e.folder && w.preferred == id && w.idlers > 0 && !w.paused {
		return w.stirred
	}
	return nil
}
