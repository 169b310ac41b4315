package ui

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kirinuki/app"
	"kirinuki/app/say"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// view shows the current picture on the stage: a copy of the screen's size at
// once, every pixel when a person looks closely and rests.
type view struct {
	w      *Window
	object *fyne.Container
	stage  *widgets.Stage
	chip   *chip

	shown    app.ID // what the stage shows, 0 for nothing
	revision uint64
	asked    image.Point // the size that was asked for
	full     bool        // the stage has every pixel
	whole    bool        // the crop is not applied, because it is being chosen
	loading  bool
	again    bool // something changed while loading
	cancel   context.CancelFunc
	rest     *time.Timer    // until every pixel is fetched
	finished compose.Layout // of the finished picture, also while whole
}

// fullLimit bounds the pictures that are shown with every pixel; beyond it
// the stage makes do with a smaller copy.
const fullLimit = 64_000_000

// restTime is how long a person looks before every pixel is fetched.
const restTime = 180 * time.Millisecond

func newView(w *Window) *view {
	v := &view{w: w, stage: widgets.NewStage(), chip: newChip(), cancel: func() {}}
	v.stage.OnView = v.onView
	v.object = container.NewStack(v.stage, v.chip.object)
	return v
}

// leave stops what is being loaded.
func (v *view) leave() {
	v.cancel()
	v.loading, v.again = false, false
	if v.rest != nil {
		v.rest.Stop()
	}
}

// refresh shows the current item as it is now.
func (v *view) refresh() {
	item, ok := v.w.list.item()
	if !ok {
		if v.shown != 0 {
			v.leave()
			v.shown, v.revision = 0, 0
			v.stage.SetPictures(nil, nil, compose.Layout{})
		}
		v.chip.hide()
		return
	}
	switch {
	case item.ID != v.shown:
		v.leave()
		v.shown, v.revision, v.full = item.ID, item.Revision, false
		v.stage.SetPictures(nil, nil, compose.Layout{})
		v.stage.Fit()
		v.load()
	case item.Revision != v.revision:
		v.revision = item.Revision
		v.load()
	}
	v.showState(item)
}

// reload shows the current item again, after something about how it is shown
// has changed.
func (v *view) reload() {
	if v.shown != 0 {
		v.load()
	}
}

// showState says over the picture what is being done with it.
func (v *view) showState(i app.Item) {
	switch i.State {
	case app.Waiting:
		v.chip.show(look.IconWait, words.T("state.waiting"), "", -1, "", nil)
	case app.Working:
		line := words.T("chip.working")
		switch {
		case v.w.stage != "":
			line = words.T(v.w.stage)
		case i.Preview:
			line = words.T("chip.better")
		}
		v.chip.show(look.IconNone, line, "", i.Progress, words.T("button.stop"), v.w.actions.get("stop").run)
	case app.Failed:
		what, hint := say.Sentence(i.Err)
		v.chip.show(look.IconFailed, what, hint, -1, words.T("button.retry"), v.w.actions.get("retry").run)
	case app.Cancelled:
		v.chip.show(look.IconStopped, words.T("state.cancelled"), "", -1, words.T("button.again"), v.w.actions.get("retry").run)
	default:
		switch {
		case i.Note != "" && words.Has(i.Note):
			v.chip.show(look.IconInfo, words.T(i.Note), "", -1, "", nil)
		default:
			v.chip.hide()
		}
	}
}

// wanted is what a load is to fetch: all of it is read on the UI thread
// before, so that nothing changes under it.
type wanted struct {
	item  app.Item
	edit  compose.Edit
	most  image.Point
	whole bool
	veil  bool
	full  bool
}

// got is what it brings.
type got struct {
	before, after, veil *widgets.Pic
	lay                 compose.Layout
	finished            compose.Layout
}

// load fetches pictures of the screen's size. One fetch runs at a time; what
// changes meanwhile is fetched after it, so that a drag shows something new
// all the time.
func (v *view) load() { v.fetch(false) }

func (v *view) fetch(full bool) {
	if v.loading {
		v.again = true
		return
	}
	item, ok := v.w.list.item()
	if !ok || item.ID != v.shown {
		return
	}
	v.loading, v.again = true, false
	full = full && !item.Preview
	want := wanted{
		item: item, edit: v.w.Workspace.Edit(item.ID), most: v.stage.ViewSize(),
		whole: v.whole, veil: v.stage.Veil() != widgets.Plain, full: full,
	}
	if want.most.X < 64 || want.most.Y < 64 {
		want.most = image.Pt(1024, 768)
	}
	v.asked = want.most
	ctx, cancel := context.WithCancel(v.w.ctx)
	v.cancel = cancel
	v.w.work(func(context.Context) {
		defer cancel()
		g, err := v.w.bring(ctx, want)
		onUI(func() {
			if ctx.Err() != nil && v.shown != want.item.ID || v.w.closed {
				return
			}
			v.brought(want, g, err)
		})
	})
}

// bring fetches what is wanted. It runs off the UI thread.
func (w *Window) bring(ctx context.Context, want wanted) (g got, err error) {
	id, done := want.item.ID, showsResult(want.item) && !want.item.Preview // of a first look there is no more than Show gives
	if want.whole && done {
		s, err := w.Workspace.Show(ctx, id, image.Pt(320, 320))
		if err != nil {
			return g, err
		}
		g.finished = s.Layout
	}
	if !want.full && !want.whole {
		s, err := w.Workspace.Show(ctx, id, want.most)
		if err != nil {
			return g, err
		}
		g.before = widgets.NewPic(s.Before, want.item.Size)
		if s.After != nil {
			g.lay, g.finished = s.Layout, s.Layout
			g.after = widgets.NewPic(s.After, image.Pt(s.Layout.W, s.Layout.H))
		}
	}
	if !want.full && !want.whole && !(want.veil && done) {
		return g, nil
	}
	pic, err := w.Workspace.Original(ctx, id)
	if err != nil {
		return g, err
	}
	if g.before == nil {
		g.before = widgets.NewPic(pic.Image, image.Point{})
	}
	if !done {
		return g, nil
	}
	cut, err := w.Workspace.Cutout(ctx, id)
	if err != nil {
		return g, err
	}
	source, edit := compose.Source{Original: pic.Image, Cutout: cut}, want.edit
	if want.whole {
		edit.Crop, edit.Canvas = compose.Crop{}, compose.Canvas{}
	}
	o := compose.Options{Load: loadPicture}
	if size := pic.Size(); !want.full {
		o.Zoom = min(1, float64(want.most.X)/float64(size.X), float64(want.most.Y)/float64(size.Y))
	}
	if g.after == nil {
		f, err := compose.Render(ctx, source, edit, o)
		if err != nil {
			return g, err
		}
		g.lay = f.Layout
		g.after = widgets.NewPic(f.Image, image.Pt(f.Layout.W, f.Layout.H))
	}
	if want.veil {
		mask, err := compose.RenderMask(ctx, source, edit, o)
		if err != nil {
			return g, err
		}
		g.veil = widgets.NewVeil(mask, g.after.Size())
	}
	return g, nil
}

// loadPicture opens a background picture.
func loadPicture(path string) (image.Image, error) {
	p, err := picture.DecodeFile(path, picture.DefaultLimits)
	if err != nil {
		return nil, err
	}
	return p.Image, nil
}

// brought shows what was fetched.
func (v *view) brought(want wanted, g got, err error) {
	v.loading = false
	if want.item.ID != v.shown {
		return
	}
	switch {
	case err == nil:
		v.full = want.full
		if g.finished.W > 0 || g.after == nil {
			v.finished = g.finished
		}
		v.stage.SetVeiled(g.veil)
		v.stage.SetPictures(g.before, g.after, g.lay)
	case fault.Of(err) == fault.Cancelled, fault.Of(err) == fault.Expired, want.item.State == app.Failed:
	default:
		v.w.banner.fail(err)
	}
	if c, ok := v.w.side.section().(*cropPanel); ok {
		c.measure(v.w.edit())
	}
	if v.again {
		v.load()
	} else {
		v.onView()
	}
}

// onView fetches a larger copy when the view has grown, or every pixel when a
// person looks closely and then rests.
func (v *view) onView() {
	if v.w.top != nil {
		v.w.top.refreshZoom()
	}
	if v.shown == 0 || v.loading {
		return
	}
	now := v.stage.ViewSize()
	if !v.full && (now.X > v.asked.X*5/4 || now.Y > v.asked.Y*5/4) {
		v.load()
		return
	}
	if v.full || v.stage.Sharp() && !v.stage.Loupe() {
		return
	}
	if v.rest != nil {
		v.rest.Stop()
	}
	v.rest = time.AfterFunc(restTime, func() {
		onUI(func() {
			item, ok := v.w.list.item()
			if ok && !v.full && !v.loading && item.Size.X*item.Size.Y <= fullLimit && item.State != app.Failed && !item.Preview && (showsResult(item) || !isBusy(item)) {
				v.fetch(true)
			}
		})
	})
}

func (v *view) setSide(s widgets.Side) {
	v.stage.SetSide(s)
	v.w.top.refresh()
}

func (v *view) toggleBefore() {
	if v.stage.Side() == widgets.Before {
		v.setSide(widgets.After)
	} else {
		v.setSide(widgets.Before)
	}
}

func (v *view) toggleCompare() {
	if v.stage.Side() == widgets.Compare {
		v.setSide(widgets.After)
	} else {
		v.setSide(widgets.Compare)
	}
}

func (v *view) toggleLoupe() {
	v.stage.SetLoupe(!v.stage.Loupe())
	v.onView()
	v.w.side.refresh()
}
