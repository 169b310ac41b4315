package app

import (
	"context"
	"image"

	"kirinuki/app/cache"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
)

// entry is one picture as the workspace knows it. Its fields are guarded by
// Workspace.mu.
type entry struct {
	id      ID
	name    string
	path    string
	src     Source // Data or Image until they are in the box
	size    image.Point
	listed  bool // in the list; false while only the history knows it
	folder  bool // a folder whose pictures are still being found
	looking bool // being looked at, or about to
	known   bool // looked at: it may be worked on

	state    State
	progress float64
	err      error
	note     string
	run      *run // the work on it, nil where there is none
	look     *firstLook
	noLook   bool // there is no making a first look
	again    bool // removed while waiting or working: goes on when it comes back
	settling bool // stopped at its first look: the built-in network's result is enough

	box     *cache.Box
	fetch   chan struct{} // held while its original is being read into the box
	thumb   image.Image
	timer   *cache.Box // ends the thumbnail's time where it was read before the box was; else nil
	noThumb bool       // there was no making one
	warned  bool       // its end is near and was told

	request *engine.Request // set by Reprocess; nil follows the settings
	result  *result
	edit    compose.Edit // as shown
	settled compose.Edit // without live changes
	saved   *saved

	revision uint64
}

// result is what came out of removing a background: a value that the list,
// the history and a save can hold on to. Its pixels are in the box.
type result struct {
	part   string // of the box
	model  string // "" for the colour key
	device string
	note   string
	asked  *engine.Request // the entry's own request that it answers
}

// saved says what was saved, so that Undo back to it counts as saved again.
type saved struct {
	result *result
	edit   compose.Edit
	path   string
	with   compose.Export
}

func newEntry(id ID, s Source) *entry {
	e := &entry{id: id, name: nameOf(s), path: s.Path, listed: true, fetch: make(chan struct{}, 1)}
	if s.Path == "" {
		e.src = s
	}
	return e
}

// snapshot returns the entry as people see it.
func (e *entry) snapshot() Item {
	it := Item{ID: e.id, Name: e.name, Path: e.path, Size: e.size, State: e.state, Progress: e.progress,
		Err: e.err, Note: e.note, Thumb: e.thumb, Revision: e.revision}
	if e.look.cut() && e.result == nil {
		it.Model, it.Preview = e.look.model, true
	}
	if e.result != nil {
		it.Model = e.result.model
	}
	if e.saved != nil {
		it.Saved, it.SavedAs, it.SavedWith = e.isSaved(), e.saved.path, e.saved.with
	}
	if e.box != nil {
		it.Deadline = e.box.Deadline()
	}
	return it
}

func (e *entry) isSaved() bool {
	return e.saved != nil && e.saved.result == e.result && e.saved.edit.Equal(e.edit)
}

// unsaved tells whether closing would lose something.
func (e *entry) unsaved() bool { return e.listed && e.result != nil && !e.isSaved() }

// halt stops the work on it, if there is any. Whatever that work still
// brings is ignored.
func (e *entry) halt() {
	e.look, e.noLook = nil, false
	if e.run != nil {
		e.run.cancel()
		e.run = nil
	}
}

// lock waits until nobody else reads the original into the box.
func (e *entry) lock(ctx context.Context) error {
	select {
	case e.fetch <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.About(e.name, ctx.Err())
	}
}

func (e *entry) unlock() { <-e.fetch }
