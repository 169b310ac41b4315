package app

import (
	"slices"

	"kirinuki/engine"
	"kirinuki/engine/compose"
)

// Edit returns the item's edit as it is shown, live changes included. It must
// not be changed in place.
func (w *Workspace) Edit(id ID) compose.Edit {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.entries[id]; e != nil {
		return cloneEdit(e.edit, compose.Edit{})
	}
	return compose.Edit{}
}

// SetEdit changes the item's edit as one undoable step called label (a
// translation key such as "undo.brush"). What SetEditLive showed before is
// part of the step.
func (w *Workspace) SetEdit(id ID, edit compose.Edit, label string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.listed(id)
	if e == nil {
		return
	}
	before := e.settled
	e.edit = cloneEdit(edit, before)
	e.settled = e.edit
	w.changed(e)
	if !before.Equal(e.settled) {
		w.record(&step{label: label, changes: map[*entry]change{e: {edit: &before}}})
	}
}

// SetEditLive shows an edit while a drag goes on, without a step of its own.
func (w *Workspace) SetEditLive(id ID, edit compose.Edit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.listed(id); e != nil {
		e.edit = cloneEdit(edit, e.settled)
		w.changed(e)
	}
}

// ApplyToAll gives the edit of one item to all others as one step, except for
// what belongs to one picture alone (strokes, parts and a free crop of a
// picture of another size).
func (w *Workspace) ApplyToAll(from ID, label string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	source := w.listed(from)
	if source == nil {
		return
	}
	s := &step{label: label, changes: map[*entry]change{}}
	for _, id := range w.order {
		e := w.entries[id]
		if e == source {
			continue
		}
		before := e.settled
		edit := source.settled
		edit.Strokes, edit.Parts = before.Strokes, before.Parts
		if e.size != source.size {
			edit.Crop.X, edit.Crop.Y, edit.Crop.W, edit.Crop.H = before.Crop.X, before.Crop.Y, before.Crop.W, before.Crop.H
		}
		if before.Equal(edit) {
			continue
		}
		e.edit, e.settled = edit, edit
		s.changes[e] = change{edit: &before}
		w.changed(e)
	}
	if len(s.changes) > 0 {
		w.record(s)
	}
}

// Reprocess removes the background of items again as r says, as one undoable
// step. The earlier result stays until the new one is there.
func (w *Workspace) Reprocess(ids []ID, r engine.Request, label string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &step{label: label, changes: map[*entry]change{}}
	for _, id := range ids {
		e := w.listed(id)
		if e == nil || !e.known {
			continue
		}
		s.changes[e] = change{answer: &answer{e.request, e.result}}
		request := r
		e.request = &request
		w.restart(e)
	}
	if len(s.changes) > 0 {
		w.record(s)
	}
}

// cloneEdit copies an edit so that its maker can go on changing it. Strokes
// that are also in known, an edit of our own, are shared with it: a long
// history of strokes holds each of them once.
func cloneEdit(e, known compose.Edit) compose.Edit {
	strokes := e.Strokes
	e.Strokes, e.Parts = nil, slices.Clone(e.Parts)
	for i, s := range strokes {
		if i < len(known.Strokes) && s.Equal(known.Strokes[i]) {
			s = known.Strokes[i]
		} else {
			s.Points = slices.Clone(s.Points)
		}
		e.Strokes = append(e.Strokes, s)
	}
	return e
}
