package app

import (
	"context"
	"image"

	"kirinuki/app/cache"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// A firstLook is what a person sees before the real result is there: the
// picture at a screen's size, cut out by the built-in network. It is in memory
// alone, and goes with the work on the picture or with its working copy. Only
// what is shown gets one.
type firstLook struct {
	full  image.Point // the picture's size
	small *small      // without a cut-out while the network looks
	model string      // "" for the colour key
}

// cut tells whether there is a cut-out to look at.
func (l *firstLook) cut() bool { return l != nil && l.small.cut != nil }

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

// first returns what to ask of the built-in network for a first look at e, a
// picture of this size for which asked is wanted. ok is false where that makes
// no sense: nobody looks, there is one or a result already, or the result
// itself is not far.
func (w *Workspace) first(e *entry, asked engine.Request, size image.Point) (q engine.Request, ok bool) {
	w.mu.Lock()
	wanted := w.preferred == e.id && e.lacksLook()
	w.mu.Unlock()
	if !wanted {
		return q, false
	}
	q = builtIn(asked)
	q.Quality = matte.Draft
	better, small := w.ways(asked)
	return q, small && (better || size.X*size.Y >= firstPixels)
}

// lacksLook tells whether a first look at e can be made and would be of use.
func (e *entry) lacksLook() bool {
	return e.result == nil && e.look == nil && !e.noLook && !e.settling
}

// firstSmall shrinks a whole picture for a first look.
func firstSmall(pic *picture.Picture) *image.NRGBA {
	return shrink(pic.Image, nil, fit(pic.Size(), image.Pt(firstSide, firstSide)))
}

// builtIn returns a request to the built-in network instead of the one that
// was asked for.
func builtIn(r engine.Request) engine.Request {
	r.Model, r.Device = engine.BuiltIn, ""
	return r
}

// warm loads the network of the first look, if that was let go, while the
// picture is being decoded.
func (w *Workspace) warm(r *run) {
	if network, is := w.c.Remover.(warmer); is && w.shown(r.e) && !r.settle {
		if _, small := w.ways(r.request); small {
			w.spawn(func() { network.Warm(r.ctx, engine.BuiltIn, "") })
		}
	}
}

// ways tells whether a network better than the built-in one is asked for and
// there, and whether the built-in one is. Both are false where networks are not
// asked.
func (w *Workspace) ways(asked engine.Request) (better, small bool) {
	known, is := w.c.Remover.(lister)
	if !is || asked.Method == engine.ColorKey {
		return false, false
	}
	for _, m := range known.Models() {
		small = small || m.BuiltIn && m.Installed
		switch asked.Model {
		case engine.Best, "":
			better = better || m.Best && !m.BuiltIn
		case engine.BuiltIn:
		default:
			better = better || m.Name == asked.Model && !m.BuiltIn
		}
	}
	return better, small
}

// lookFirst shows a picture, calls seen and then shows, cut out, what the
// built-in network says of it. It does not wait for the network's turn: a
// hundred pictures in the queue must not keep the one on screen. What goes
// wrong the real result will say.
func (w *Workspace) lookFirst(ctx context.Context, e *entry, request engine.Request, full image.Point, img *image.NRGBA, seen func()) {
	w.mu.Lock()
	box := e.box
	w.mu.Unlock()
	ok := w.setFirst(e, box, &firstLook{full: full, small: &small{size: img.Rect.Size(), original: img}})
	seen()
	if !ok {
		return
	}
	got, err := w.c.Remover.Remove(ctx, picture.FromImage(img), request, func(float64) {})
	if err != nil || got == nil || got.Cutout == nil || got.Cutout.Alpha == nil || got.Cutout.Alpha.Rect != img.Rect {
		return
	}
	cut := &small{size: img.Rect.Size(), original: img, cut: got.Cutout}
	w.setFirst(e, box, &firstLook{full: full, small: cut, model: got.Model})
}

// setFirst shows a first look at what is in the box, unless it was stopped or
// the result is there already.
func (w *Workspace) setFirst(e *entry, box *cache.Box, look *firstLook) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if box == nil || e.box != box || !e.listed || e.result != nil || e.state != Waiting && e.state != Working {
		return false
	}
	e.look, e.size = look, look.full
	w.changed(e)
	return true
}

// noFirst gives up a first look that has no cut-out: the whole picture is
// better to see.
func (w *Workspace) noFirst(e *entry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.look != nil && !e.look.cut() {
		e.look, e.noLook = nil, true
		w.changed(e)
	}
}

// lookBeside makes first looks at pictures that their worker made none of: it
// comes only when the network is free again, or came before they were shown.
func (w *Workspace) lookBeside() {
	for {
		w.mu.Lock()
		e, asked := w.unseen()
		stirred := w.stirred
		w.mu.Unlock()
		if e != nil {
			w.lookOnce(e, asked)
			continue
		}
		select {
		case <-w.ctx.Done():
			return
		case <-stirred:
		}
	}
}

// lookOnce makes a first look at e, or notes that there is no making one.
func (w *Workspace) lookOnce(e *entry, asked engine.Request) {
	if g, err := w.look(w.ctx, e.id, false, toSee); err == nil {
		if request, ok := w.first(e, asked, g.full); ok {
			w.lookFirst(w.ctx, e, request, g.full, firstSmall(g.pic), func() {})
			w.noFirst(e)
			return
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.preferred == e.id {
		e.noLook = true
	}
}

// unseen returns the picture that is shown, and what is asked for it, if it
// needs a first look and no worker is about to make one. The caller holds the
// lock.
func (w *Workspace) unseen() (*entry, engine.Request) {
	e := w.listed(w.preferred)
	switch {
	case e == nil || e.folder || !e.known || !e.lacksLook() || w.paused:
	case e.state == Waiting && w.idlers == 0:
		return e, w.asked(e)
	case e.state == Working && e.run.isOpen():
		return e, e.run.request
	}
	return nil, engine.Request{}
}

// showFirst shows a first look as Show does. ok is false where there is none.
func (w *Workspace) showFirst(ctx context.Context, id ID, most image.Point) (s Shown, ok bool, err error) {
	w.mu.Lock()
	e := w.listed(id)
	if e == nil || e.look == nil || e.result != nil {
		w.mu.Unlock()
		return s, false, nil
	}
	look := e.look
	g := glance{e: e, edit: e.edit, revision: e.revision, full: look.full}
	w.mu.Unlock()
	s = Shown{Revision: g.revision, Before: look.small.original}
	if !look.cut() {
		return s, true, nil
	}
	zoom := 0.0
	if g.reshaped() {
		if _, zoom, err = w.zoom(ctx, g, look.small, most); err != nil {
			return s, true, fault.About(e.name, err)
		}
	}
	f, err := w.render(ctx, g, look.small, zoom)
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
	if r := e.run; r != nil && !r.isOpen() {
		return r.open
	}
	if e.state == Waiting && (e.known || e.looking) && !e.folder && w.preferred == id && w.idlers > 0 && !w.paused {
		return w.stirred
	}
	return nil
}
