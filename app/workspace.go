package app

import (
	"context"
	"image"
	"sync"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/diag"
	"kirinuki/app/settings"
	"kirinuki/app/stats"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// Remover removes the background of a picture. *engine.Engine is the real
// one. It is called by one goroutine at a time.
type Remover interface {
	Remove(ctx context.Context, pic *picture.Picture, r engine.Request, progress func(float64)) (*engine.Result, error)
}

// Config is what a workspace works with. Only Remover must be set.
type Config struct {
	Remover  Remover
	Cache    *cache.Store    // nil opens one below the user's cache folder; closed with the workspace
	Settings *settings.Store // nil keeps the defaults in memory
	Stats    *stats.Store    // nil counts nothing
	Log      *diag.Log       // nil logs nothing
	Clock    cache.Clock     // nil means the system's
	Limits   picture.Limits  // zero means picture.DefaultLimits
	Jobs     int             // pictures in work at once (one of them in the network); 0 means 2
}

// Workspace is the list of pictures and everything that can be done with
// them. All methods are safe for use by many goroutines; those without a
// context return at once.
type Workspace struct {
	c  Config
	mu sync.Mutex
}

// Open starts a workspace.
func Open(c Config) *Workspace { return &Workspace{c: c} }

// Close stops all work and clears the cache. It may be called more than once
// and from a signal's goroutine.
func (w *Workspace) Close() error { return nil }

// Add puts pictures at the end of the list and returns their ids at once, in
// order; what they are is found out in the background. A folder's item is
// replaced by those of the pictures in it.
func (w *Workspace) Add(src ...Source) []ID { return nil }

// Items returns a snapshot of the list.
func (w *Workspace) Items() []Item { return nil }

// Item returns a snapshot of one item. Asking for an item also says that it
// is on screen: its thumbnail is made next.
func (w *Workspace) Item(id ID) (Item, bool) { return Item{}, false }

// OnChange calls f from one goroutine of the workspace's own, about thirty
// times a second at most.
func (w *Workspace) OnChange(f func(Event)) (stop func()) { return func() {} }

// Cancel stops work on items that are waiting or working.
func (w *Workspace) Cancel(ids ...ID) {}

// Retry starts failed and cancelled items again.
func (w *Workspace) Retry(ids ...ID) {}

// Remove takes items off the list. It can be undone ("undo.remove") until
// their deadline.
func (w *Workspace) Remove(ids ...ID) {}

// Prefer says which item is shown: it is worked on next.
func (w *Workspace) Prefer(id ID) {}

// SetPaused holds the queue (what is being worked on is finished) or lets it
// go on.
func (w *Workspace) SetPaused(paused bool) {}

// Paused tells whether the queue is held.
func (w *Workspace) Paused() bool { return false }

// Wait returns when nothing is waiting or working any more.
func (w *Workspace) Wait(ctx context.Context) error { return nil }

// Undo takes back the last step; false where there is none.
func (w *Workspace) Undo() bool { return false }

// Redo does again what Undo took back; false where there is nothing.
func (w *Workspace) Redo() bool { return false }

// CanUndo returns the translation key of the step that Undo would take back.
func (w *Workspace) CanUndo() (label string, ok bool) { return "", false }

// CanRedo returns the translation key of the step that Redo would do again.
func (w *Workspace) CanRedo() (label string, ok bool) { return "", false }

// Edit returns the item's edit as it is shown, live changes included.
func (w *Workspace) Edit(id ID) compose.Edit { return compose.Edit{} }

// SetEdit changes the item's edit as one undoable step called label (a
// translation key such as "undo.brush"). What SetEditLive showed before is
// part of the step.
func (w *Workspace) SetEdit(id ID, e compose.Edit, label string) {}

// SetEditLive shows an edit while a drag goes on, without a step of its own.
func (w *Workspace) SetEditLive(id ID, e compose.Edit) {}

// ApplyToAll gives the edit of one item to all others as one step, except for
// what belongs to one picture alone (strokes, parts and a free crop of another
// size).
func (w *Workspace) ApplyToAll(from ID, label string) {}

// Reprocess removes the background of items again as r says, as one undoable
// step. The earlier result stays until the new one is there.
func (w *Workspace) Reprocess(ids []ID, r engine.Request, label string) {}

// Original returns the item's decoded original. It must not be changed.
func (w *Workspace) Original(ctx context.Context, id ID) (*picture.Picture, error) { return nil, nil }

// Cutout returns the item's cut-out at full size, strokes and parts of its
// edit applied. It must not be changed.
func (w *Workspace) Cutout(ctx context.Context, id ID) (*matte.Cutout, error) { return nil, nil }

// Preview returns the original and the finished picture no larger than max.
// after is nil where there is no result yet.
func (w *Workspace) Preview(ctx context.Context, id ID, max image.Point) (before, after image.Image, err error) {
	return nil, nil, nil
}

// Render returns the finished picture at full size.
func (w *Workspace) Render(ctx context.Context, id ID) (image.Image, error) { return nil, nil }

// Clearing returns how many working copies there are and when the next one
// goes.
func (w *Workspace) Clearing() (count int, next time.Time) { return 0, time.Time{} }

// ClearNow clears every working copy, the list and the history.
func (w *Workspace) ClearNow() {}

// Unsaved returns the items with a result that was not saved as it is now.
func (w *Workspace) Unsaved() []ID { return nil }

// Expiring returns the unsaved items that are cleared within five minutes.
// The event of an item says when it becomes one.
func (w *Workspace) Expiring() []ID { return nil }

// CacheState says how the cache stands, for the line at the window's foot.
func (w *Workspace) CacheState() cache.State { return cache.State{} }
