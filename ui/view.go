package ui

import (
	"context"
	"errors"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"kirinuki/app"
	"kirinuki/app/say"
	"kirinuki/ui/look"
	"kirinuki/ui/widgets"
	"kirinuki/ui/words"
)

// view shows the current picture on the stage: a copy of the screen's size at
// once, the full one when a person looks closely.
type view struct {
	w      *Window
	object *fyne.Container
	stage  *widgets.Stage
	chip   *chip

	shown    app.ID // what the stage shows, 0 for nothing
	revision uint64
	asked    image.Point // the size that was asked for
	full     bool        // the stage has every pixel
	loading  bool
	again    bool // something changed while loading
	cancel   context.CancelFunc
	rest     *time.Timer // until the full picture is fetched
	wanted   widgets.Side
}

// fullLimit bounds the pictures that are shown with every pixel; beyond it
// the stage makes do with a smaller copy.
const fullLimit = 64_000_000

func newView(w *Window) *view {
	v := &view{w: w, stage: widgets.NewStage(), chip: newChip(), cancel: func() {}}
	v.stage.OnView = v.onView
	v.object = container.NewStack(v.stage, v.chip.object)
	return v
}

// leave stops what is being loaded.
func (v *view) leave() {
	v.cancel()
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
			v.shown, v.revision, v.loading = 0, 0, false
			v.stage.SetPictures(nil, nil)
		}
		v.chip.hide()
		return
	}
	if item.ID != v.shown {
		v.leave()
		v.shown, v.revision, v.full, v.loading = item.ID, item.Revision, false, false
		v.stage.SetPictures(nil, nil)
		v.load()
	} else if item.Revision != v.revision {
		v.revision, v.full = item.Revision, false
		v.load()
	}
	v.showState(item)
}

// showState says over the picture what is being done with it.
func (v *view) showState(i app.Item) {
	switch i.State {
	case app.Waiting:
		v.chip.show(look.IconWait, words.T("state.waiting"), "", -1, "", nil)
	case app.Working:
		v.chip.show(look.IconNone, words.T("chip.working"), "", i.Progress, words.T("button.stop"), v.w.actions.get("stop").run)
	case app.Failed:
		what, hint := say.Sentence(i.Err)
		v.chip.show(look.IconFailed, what, hint, -1, words.T("button.retry"), v.w.actions.get("retry").run)
	case app.Cancelled:
		v.chip.show(look.IconStopped, words.T("state.cancelled"), "", -1, words.T("button.again"), v.w.actions.get("retry").run)
	default:
		switch {
		case i.Preview:
			v.chip.show(look.IconNone, words.T("chip.better"), "", i.Progress, "", nil)
		case i.Note != "" && words.Has(i.Note):
			v.chip.show(look.IconInfo, words.T(i.Note), "", -1, "", nil)
		default:
			v.chip.hide()
		}
	}
}

// load fetches pictures of the screen's size. One fetch runs at a time; what
// changes meanwhile is fetched after it, so that a drag shows something new
// all the time.
func (v *view) load() {
	if v.loading {
		v.again = true
		return
	}
	id := v.shown
	if id == 0 {
		return
	}
	v.loading, v.again = true, false
	max := v.stage.ViewSize()
	if max.X < 64 || max.Y < 64 {
		max = image.Pt(1024, 768)
	}
	v.asked = max
	ctx, cancel := context.WithCancel(v.w.ctx)
	v.cancel = cancel
	var size image.Point
	if item, ok := v.w.list.item(); ok {
		size = item.Size
	}
	cropped := isCropped(v.w.Workspace.Edit(id))
	v.w.work(func(context.Context) {
		defer cancel()
		before, after, err := v.w.Workspace.Preview(ctx, id, max)
		b, a := widgets.NewPic(before, size), (*widgets.Pic)(nil)
		if after != nil {
			full := size
			if cropped && before != nil {
				full = scaled(after.Bounds().Size(), size, before.Bounds().Size())
			}
			a = widgets.NewPic(after, full)
		}
		onUI(func() { v.loaded(id, ctx, b, a, err) })
	})
}

// scaled returns p, of a copy of which whole shows full, at full size.
func scaled(p, full, whole image.Point) image.Point {
	if whole.X == 0 {
		return p
	}
	k := float64(full.X) / float64(whole.X)
	return image.Pt(int(float64(p.X)*k+0.5), int(float64(p.Y)*k+0.5))
}

func (v *view) loaded(id app.ID, ctx context.Context, before, after *widgets.Pic, err error) {
	if id != v.shown || v.w.closed {
		return
	}
	v.loading = false
	if err == nil {
		v.stage.SetPictures(before, after)
		v.full = false
		v.onView()
	} else if !errors.Is(err, context.Canceled) && ctx.Err() == nil {
		if item, ok := v.w.list.item(); ok && item.State != app.Failed {
			v.w.banner.fail(err)
		}
	}
	if v.again {
		v.load()
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
	if v.stage.Fitted() && (now.X > v.asked.X*5/4 || now.Y > v.asked.Y*5/4) {
		v.load()
		return
	}
	if v.full || v.stage.Sharp() || v.stage.Fitted() && v.stage.Zoom() < 1 && !v.stage.Loupe() {
		return
	}
	if v.rest != nil {
		v.rest.Stop()
	}
	v.rest = time.AfterFunc(180*time.Millisecond, func() { onUI(v.loadFull) })
}

func (v *view) loadFull() {
	item, ok := v.w.list.item()
	if !ok || v.full || v.loading || item.Size.X*item.Size.Y > fullLimit {
		return
	}
	id, revision := v.shown, v.revision
	ctx, cancel := context.WithCancel(v.w.ctx)
	v.cancel = cancel
	v.w.work(func(context.Context) {
		defer cancel()
		pic, err := v.w.Workspace.Original(ctx, id)
		if err != nil {
			return
		}
		before := widgets.NewPic(pic.Image, image.Point{})
		var after *widgets.Pic
		if hasResult(item) {
			img, err := v.w.Workspace.Render(ctx, id)
			if err != nil {
				return
			}
			after = widgets.NewPic(img, image.Point{})
		}
		onUI(func() {
			if id == v.shown && revision == v.revision && ctx.Err() == nil {
				v.full = true
				v.stage.SetPictures(before, after)
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
