package app

import (
	"context"
	"image"
	"slices"

	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// view is a picture that somebody looks at, decoded.
type view struct {
	e       *entry
	pic     *picture.Picture
	result  *result
	cut     *matte.Cutout      // what the engine said
	touched *compose.Retouched // ... with strokes and parts
	small   []*small           // newest first
}

// views are the last pictures that were looked at. There are few, since each
// is large. Its fields are guarded by Workspace.mu.
type views struct {
	all     []*view       // newest first
	loading chan struct{} // held while a picture is decoded for looking at
	scene   *scene        // the last background picture
}

// Bounds of what is kept for looking at.
const (
	maxViews      = 2
	maxViewPixels = 32_000_000 // of all but the newest
	maxSmall      = 3
)

func newViews() *views { return &views{loading: make(chan struct{}, 1)} }

func (v *views) clear() { v.all, v.scene = nil, nil }

func (v *views) drop(e *entry) {
	v.all = slices.DeleteFunc(v.all, func(x *view) bool { return x.e == e })
	if len(v.all) == 0 {
		v.scene = nil
	}
}

// get returns the view of e and makes it the newest, or nil.
func (v *views) get(e *entry) *view {
	i := slices.IndexFunc(v.all, func(x *view) bool { return x.e == e })
	if i < 0 {
		return nil
	}
	x := v.all[i]
	copy(v.all[1:i+1], v.all[:i])
	v.all[0] = x
	return x
}

// put shows a decoded picture.
func (v *views) put(e *entry, pic *picture.Picture) *view {
	x := v.get(e)
	if x == nil || x.pic != pic && x.pic.Size() != pic.Size() {
		v.drop(e)
		x = &view{e: e, pic: pic}
		v.all = slices.Insert(v.all, 0, x)
		total := 0
		for i, old := range v.all[1:] {
			size := old.pic.Size()
			if total += size.X * size.Y; i+1 >= maxViews || total > maxViewPixels {
				clear(v.all[i+1:])
				v.all = v.all[:i+1]
				break
			}
		}
	}
	return x
}

// putCutout shows a cut-out where its picture is shown.
func (v *views) putCutout(e *entry, r *result, cut *matte.Cutout) {
	for _, x := range v.all {
		if x.e == e {
			x.result, x.cut = r, cut
		}
	}
}

// glance is what a view of an item works with, read at one moment.
type glance struct {
	e        *entry
	result   *result
	edit     compose.Edit
	revision uint64
	view     *view // nil where the picture is not in memory yet
	pic      *picture.Picture
	full     image.Point   // the picture's size
	cut      *matte.Cutout // nil where there is no result
}

// What look is for.
type purpose int

const (
	toSee  purpose = iota // somebody looks at it and will again
	toSave                // once: it must not push out what somebody looks at
)

// look reads an item and sees to it that its original, and its cut-out where
// cutout is set and there is one, are in memory.
func (w *Workspace) look(ctx context.Context, id ID, cutout bool, why purpose) (glance, error) {
	if g, err := w.glance(id, cutout); err != nil || g.pic != nil && (g.cut != nil || g.result == nil || !cutout) {
		return g, err
	}
	select { // one at a time, for memory's sake
	case w.views.loading <- struct{}{}:
		defer func() { <-w.views.loading }()
	case <-ctx.Done():
		return glance{}, fault.About("", ctx.Err())
	}
	g, err := w.glance(id, cutout)
	if err != nil {
		return g, err
	}
	if g.pic == nil {
		if g.view, err = w.load(ctx, g.e, why); err != nil {
			if w.passing(g.e) {
				err = expired(g.e.name)
			}
			return g, fault.About(g.e.name, err)
		}
		g.pic, g.full = g.view.pic, g.view.pic.Size()
	}
	if cutout && g.cut == nil && g.result != nil {
		if g.cut, err = w.loadCutout(g.e, g.result, g.pic); err != nil {
			return g, fault.About(g.e.name, err)
		}
	}
	return g, fault.About(g.e.name, ctx.Err())
}

// passing tells whether an entry is not yet known to be a picture, or no
// longer there: a folder is both, before and after its pictures are found.
func (w *Workspace) passing(e *entry) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return e.looking || w.entries[e.id] != e
}

// glance reads what is in memory.
func (w *Workspace) glance(id ID, cutout bool) (glance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.listed(id)
	if e == nil {
		return glance{}, fault.New(fault.Expired, "", nil)
	}
	g := glance{e: e, result: e.result, edit: e.edit, revision: e.revision}
	if x := w.views.get(e); x != nil {
		g.view, g.pic, g.full = x, x.pic, x.pic.Size()
		if cutout && x.result == e.result {
			g.cut = x.cut
		}
	}
	return g, nil
}

// load decodes the original for looking at. It does not wait for room among
// the pictures in work: there is only one at a time.
func (w *Workspace) load(ctx context.Context, e *entry, why purpose) (*view, error) {
	if err := w.fetch(ctx, e); err != nil {
		return nil, err
	}
	pic, leave, err := w.decode(ctx, e, func(image.Point) (func(), error) { return func() {}, nil }, nil)
	if err != nil {
		return nil, err
	}
	leave()
	thumb := thumbnail(pic.Image)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.entries[e.id] != e || e.box == nil {
		return nil, expired(e.name)
	}
	if e.result == nil {
		w.setThumb(e, thumb)
	}
	if e.size != pic.Size() {
		e.size = pic.Size()
		w.notify.items(e.id)
	}
	if why == toSave {
		return &view{e: e, pic: pic}, nil
	}
	return w.views.put(e, pic), nil
}

func (w *Workspace) loadCutout(e *entry, r *result, pic *picture.Picture) (*matte.Cutout, error) {
	w.mu.Lock()
	box := e.box
	w.mu.Unlock()
	if box == nil {
		return nil, expired(e.name)
	}
	from, err := box.Get(r.part)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	cut, err := unpackCutout(from, pic.Image)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.entries[e.id] == e && e.result == r {
		w.views.putCutout(e, r, cut)
	}
	return cut, nil
}

// Original returns the item's decoded original. It must not be changed.
func (w *Workspace) Original(ctx context.Context, id ID) (*picture.Picture, error) {
	g, err := w.look(ctx, id, false, toSee)
	return g.pic, err
}

// Cutout returns the item's cut-out at full size, strokes and parts of its
// edit applied. It must not be changed. Where there is no result yet the
// error is of kind fault.NotFound, or says why there will be none.
func (w *Workspace) Cutout(ctx context.Context, id ID) (*matte.Cutout, error) {
	g, err := w.finished(ctx, id, toSee)
	return g.cut, err
}

// finished looks at an item that must have a result; its cut-out has strokes
// and parts applied.
func (w *Workspace) finished(ctx context.Context, id ID, why purpose) (glance, error) {
	g, err := w.look(ctx, id, true, why)
	if err != nil {
		return g, err
	}
	if g.cut == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if g.e.err != nil {
			return g, g.e.err
		}
		return g, fault.Newf(fault.NotFound, g.e.name, "there is no result yet")
	}
	g.cut, err = w.touch(ctx, g)
	return g, fault.About(g.e.name, err)
}

// touch works strokes and parts into the full-size cut-out of g, from where
// it last was.
func (w *Workspace) touch(ctx context.Context, g glance) (*matte.Cutout, error) {
	if len(g.edit.Strokes) == 0 && len(g.edit.Parts) == 0 {
		return g.cut, nil
	}
	w.mu.Lock()
	before := g.view.touched
	w.mu.Unlock()
	source := compose.Source{Original: g.pic.Image, Cutout: g.cut}
	now, err := compose.RetouchFrom(ctx, before, source, g.edit, compose.RetouchOptions{})
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	g.view.touched = now
	return now.Cutout, nil
}

// viewed returns e decoded where it is in memory for looking at, else nil.
func (w *Workspace) viewed(e *entry) *picture.Picture {
	w.mu.Lock()
	defer w.mu.Unlock()
	if x := w.views.get(e); x != nil {
		return x.pic
	}
	return nil
}
