// Package uitest stands in for the program behind the window in tests: a
// workspace without an engine, whose pictures are small drawings and whose
// work is done when a test says so.
package uitest

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"kirinuki/app"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// Workspace is a workspace of drawings. Its fields may be set before it is
// given to a window; the lock guards the rest.
type Workspace struct {
	Auto      bool          // every added picture is done at once
	Size      image.Point   // of each picture; zero means 320 by 240
	Count     int           // what Clearing returns
	Until     time.Duration // ... from now
	SaveErr   error         // what Save fails with
	Expire    []app.ID
	Original0 *picture.Picture // shown instead of the drawing where set
	Cutout0   *matte.Cutout

	mu       sync.Mutex
	items    []app.Item
	edits    map[app.ID]compose.Edit
	next     app.ID
	heard    []func(app.Event)
	done     []step
	undone   []step
	saved    []app.SaveTo
	Requests []engine.Request
	Cancels  []app.ID
	Retries  []app.ID
	Restarts []app.ID
	Cleared  int
}

type step struct {
	label      string
	undo, redo func()
}

// New returns an empty workspace.
func New() *Workspace { return &Workspace{edits: map[app.ID]compose.Edit{}, Size: image.Pt(320, 240)} }

func (w *Workspace) tell() {
	w.mu.Lock()
	heard := slices.Clone(w.heard)
	w.mu.Unlock()
	for _, f := range heard {
		f(app.Event{})
	}
}

// Set changes an item as work would.
func (w *Workspace) Set(id app.ID, f func(*app.Item)) {
	w.mu.Lock()
	for i := range w.items {
		if w.items[i].ID == id {
			f(&w.items[i])
			w.items[i].Revision++
		}
	}
	w.mu.Unlock()
	w.tell()
}

// Finish makes an item done.
func (w *Workspace) Finish(id app.ID) {
	w.Set(id, func(i *app.Item) { i.State, i.Preview, i.Progress, i.Thumb = app.Done, false, 1, thumb(id) })
}

// Add puts pictures in the list.
func (w *Workspace) Add(src ...app.Source) []app.ID {
	w.mu.Lock()
	var ids []app.ID
	for _, s := range src {
		w.next++
		name := s.Name
		if s.Path != "" {
			name = filepath.Base(s.Path)
		}
		w.items = append(w.items, app.Item{ID: w.next, Name: name, Path: s.Path, Size: w.Size})
		ids = append(ids, w.next)
	}
	w.mu.Unlock()
	if w.Auto {
		for _, id := range ids {
			w.Finish(id)
		}
	}
	w.tell()
	return ids
}

// Items returns the list.
func (w *Workspace) Items() []app.Item {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.items)
}

// Item returns one of it.
func (w *Workspace) Item(id app.ID) (app.Item, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range w.items {
		if i.ID == id {
			return i, true
		}
	}
	return app.Item{}, false
}

// OnChange calls f for every change, on the goroutine that made it.
func (w *Workspace) OnChange(f func(app.Event)) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, f)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.heard = nil
	}
}

// Cancel stops items.
func (w *Workspace) Cancel(ids ...app.ID) {
	w.Cancels = append(w.Cancels, ids...)
	for _, id := range ids {
		w.Set(id, func(i *app.Item) { i.State = app.Cancelled })
	}
}

// Retry makes items wait again.
func (w *Workspace) Retry(ids ...app.ID) {
	w.Retries = append(w.Retries, ids...)
	for _, id := range ids {
		w.Set(id, func(i *app.Item) { i.State, i.Err = app.Waiting, nil })
	}
}

// Remove takes items off the list.
func (w *Workspace) Remove(ids ...app.ID) {
	w.mu.Lock()
	before := slices.Clone(w.items)
	w.items = slices.DeleteFunc(w.items, func(i app.Item) bool { return slices.Contains(ids, i.ID) })
	after := slices.Clone(w.items)
	set := func(l []app.Item) func() { return func() { w.items = slices.Clone(l) } }
	w.done = append(w.done, step{"undo.remove", set(before), set(after)})
	w.undone = nil
	w.mu.Unlock()
	w.tell()
}

// Prefer does nothing.
func (w *Workspace) Prefer(app.ID) {}

// Undo takes the last step back.
func (w *Workspace) Undo() bool { return w.move(&w.done, &w.undone, func(s step) { s.undo() }) }

// Redo does it again.
func (w *Workspace) Redo() bool { return w.move(&w.undone, &w.done, func(s step) { s.redo() }) }

func (w *Workspace) move(from, to *[]step, do func(step)) bool {
	w.mu.Lock()
	if len(*from) == 0 {
		w.mu.Unlock()
		return false
	}
	s := (*from)[len(*from)-1]
	*from, *to = (*from)[:len(*from)-1], append(*to, s)
	do(s)
	for i := range w.items {
		w.items[i].Revision++
	}
	w.mu.Unlock()
	w.tell()
	return true
}

// CanUndo returns the last step's label.
func (w *Workspace) CanUndo() (string, bool) { return w.last(&w.done) }

// CanRedo returns the label of the last step that was taken back.
func (w *Workspace) CanRedo() (string, bool) { return w.last(&w.undone) }

func (w *Workspace) last(steps *[]step) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(*steps) == 0 {
		return "", false
	}
	return (*steps)[len(*steps)-1].label, true
}

// Edit returns an item's edit.
func (w *Workspace) Edit(id app.ID) compose.Edit {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.edits[id]
}

// SetEdit makes a step of an edit.
func (w *Workspace) SetEdit(id app.ID, e compose.Edit, label string) {
	w.mu.Lock()
	was := w.edits[id]
	set := func(e compose.Edit) func() { return func() { w.edits[id] = e } }
	w.done = append(w.done, step{label, set(was), set(e)})
	w.undone = nil
	w.edits[id] = e
	w.mu.Unlock()
	w.Set(id, func(i *app.Item) { i.Saved = false })
}

// SetEditLive shows an edit.
func (w *Workspace) SetEditLive(id app.ID, e compose.Edit) {
	w.mu.Lock()
	w.edits[id] = e
	w.mu.Unlock()
	w.Set(id, func(*app.Item) {})
}

// ApplyToAll gives an edit to every item.
func (w *Workspace) ApplyToAll(from app.ID, label string) {
	for _, i := range w.Items() {
		if i.ID != from {
			w.SetEdit(i.ID, w.Edit(from).Look(), label)
		}
	}
}

// Restart remembers what was started again.
func (w *Workspace) Restart(ids ...app.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Restarts = append(w.Restarts, ids...)
}

// Reprocess remembers what was asked for.
func (w *Workspace) Reprocess(ids []app.ID, r engine.Request, _ string) {
	w.Requests = append(w.Requests, r)
	for _, id := range ids {
		w.Set(id, func(*app.Item) {})
	}
}

// Original returns the drawing.
func (w *Workspace) Original(_ context.Context, id app.ID) (*picture.Picture, error) {
	if w.Original0 != nil {
		return w.Original0, nil
	}
	img, _ := drawing(w.Size, int(id))
	return &picture.Picture{Image: img, Opaque: true}, nil
}

// Cutout returns the drawing's disc, of an item that is done.
func (w *Workspace) Cutout(ctx context.Context, id app.ID) (*matte.Cutout, error) {
	if item, _ := w.Item(id); item.State != app.Done {
		return nil, fault.New(fault.NotFound, item.Name, nil)
	}
	return w.cutout(id)
}

func (w *Workspace) cutout(id app.ID) (*matte.Cutout, error) {
	if w.Cutout0 != nil {
		return w.Cutout0, nil
	}
	img, alpha := drawing(w.Size, int(id))
	return &matte.Cutout{Alpha: alpha, Foreground: img}, nil
}

// Show returns both at full size.
func (w *Workspace) Show(ctx context.Context, id app.ID, _ image.Point) (app.Shown, error) {
	p, err := w.Original(ctx, id)
	if err != nil {
		return app.Shown{}, err
	}
	item, ok := w.Item(id)
	if !ok {
		return app.Shown{}, fault.New(fault.Expired, "", nil)
	}
	s := app.Shown{Before: p.Image, Revision: item.Revision}
	if item.State != app.Done && !item.Preview {
		return s, nil
	}
	f, err := w.finish(ctx, id)
	if err != nil {
		return s, err
	}
	s.After, s.Layout = f.Image, f.Layout
	return s, nil
}

// Render finishes the drawing.
func (w *Workspace) Render(ctx context.Context, id app.ID) (image.Image, error) {
	f, err := w.finish(ctx, id)
	if err != nil {
		return nil, err
	}
	return f.Image, nil
}

func (w *Workspace) finish(ctx context.Context, id app.ID) (*compose.Finished, error) {
	p, err := w.Original(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := w.cutout(id)
	if err != nil {
		return nil, err
	}
	return compose.Render(ctx, compose.Source{Original: p.Image, Cutout: c}, w.Edit(id), compose.Options{})
}

// Save remembers where to.
func (w *Workspace) Save(_ context.Context, id app.ID, to app.SaveTo, _ func(float64)) (string, error) {
	w.mu.Lock()
	w.saved = append(w.saved, to)
	w.mu.Unlock()
	if w.SaveErr != nil {
		return "", w.SaveErr
	}
	item, _ := w.Item(id)
	path := to.Path
	if path == "" {
		dir := to.Dir
		if dir == "" {
			dir = filepath.Dir(item.Path)
		}
		path = filepath.Join(dir, compose.FileName(to.Export.NamePattern, item.Name, 1, to.Export.Format))
	}
	w.Set(id, func(i *app.Item) { i.Saved, i.SavedAs, i.SavedWith = true, path, to.Export })
	return path, nil
}

// Saves returns where to pictures were saved, in order.
func (w *Workspace) Saves() []app.SaveTo {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.saved)
}

// SaveAll saves one after the other.
func (w *Workspace) SaveAll(ctx context.Context, ids []app.ID, to app.SaveTo, progress func(float64)) []app.SaveResult {
	var all []app.SaveResult
	for n, id := range ids {
		path, err := w.Save(ctx, id, to, nil)
		all = append(all, app.SaveResult{ID: id, Path: path, Err: err})
		if progress != nil {
			progress(float64(n+1) / float64(len(ids)))
		}
	}
	return all
}

// Clearing returns what was set.
func (w *Workspace) Clearing() (int, time.Time) { return w.Count, time.Now().Add(w.Until) }

// ClearNow empties the list.
func (w *Workspace) ClearNow() {
	w.mu.Lock()
	w.items, w.done, w.undone = nil, nil, nil
	w.Cleared++
	w.mu.Unlock()
	w.tell()
}

// Unsaved returns the results that were not saved.
func (w *Workspace) Unsaved() []app.ID {
	var ids []app.ID
	for _, i := range w.Items() {
		if i.State == app.Done && !i.Saved {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// Expiring returns what was set.
func (w *Workspace) Expiring() []app.ID { return w.Expire }

// ErrBroken is a failure as the engine reports it.
var ErrBroken = fault.New(fault.Damaged, "holiday.jpg", errors.New("unexpected end"))

// drawing is a disc in front of a gradient, with the disc's alpha. n changes
// its colour.
func drawing(size image.Point, n int) (*image.NRGBA, *image.Gray) {
	img := image.NewNRGBA(image.Rectangle{Max: size})
	alpha := image.NewGray(img.Rect)
	cx, cy := float64(size.X)/2, float64(size.Y)/2
	r := math.Min(cx, cy) * 0.7
	disc := color.NRGBA{uint8(200 - n*37%120), uint8(90 + n*53%130), uint8(70 + n*91%160), 255}
	for y := range size.Y {
		for x := range size.X {
			c := color.NRGBA{uint8(90 + 120*x/size.X), uint8(140 + 80*y/size.Y), 200, 255}
			a := math.Max(0, math.Min(1, r+0.5-math.Hypot(float64(x)+0.5-cx, float64(y)+0.5-cy)))
			mix := func(p, q uint8) uint8 { return uint8(float64(p)*(1-a) + float64(q)*a) }
			img.SetNRGBA(x, y, color.NRGBA{mix(c.R, disc.R), mix(c.G, disc.G), mix(c.B, disc.B), 255})
			alpha.Pix[y*alpha.Stride+x] = uint8(a * 255)
		}
	}
	return img, alpha
}

func thumb(id app.ID) image.Image {
	img, alpha := drawing(image.Pt(64, 48), int(id))
	for i, a := range alpha.Pix {
		img.Pix[4*i+3] = a
	}
	return img
}
