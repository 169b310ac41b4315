package app

import (
	"slices"

	"kirinuki/engine"
	"kirinuki/engine/compose"
)

// history is what can be taken back and done again. A step holds, for each
// entry that it changed, the other side of the change; taking back and doing
// again are the same exchange of that side with the entry's own. Its fields
// are guarded by Workspace.mu.
type history struct {
	undo, redo []*step
}

// step is one thing that a person did.
type step struct {
	label   string
	changes map[*entry]change
	removed []removal // in the order of the list
}

// change is the other side of what a step changed about one entry.
type change struct {
	edit   *compose.Edit // nil where the step left it alone
	answer *answer       // nil where the step left it alone
}

// answer is what was asked of the engine for an entry and what came out.
type answer struct {
	request *engine.Request
	result  *result
}

// removal is an entry that was taken off the list.
type removal struct {
	e      *entry
	before ID // the item that followed it, 0 at the end
}

// add puts a new step on top; what was taken back before cannot be done again
// any more, and the oldest step goes where there are too many. It returns the
// steps that went and the entries that nobody can bring back now.
func (h *history) add(s *step, limit int) (dropped []*step, lost []*entry) {
	dropped, h.redo = h.redo, nil
	h.undo = append(h.undo, s)
	for len(h.undo) > limit {
		old := h.undo[0]
		h.undo[0] = nil
		h.undo = h.undo[1:]
		dropped = append(dropped, old)
		lost = append(lost, entriesOf(old.removed)...)
	}
	return dropped, lost
}

func (h *history) clear() { *h = history{} }

// holds tells whether a step can bring back a result of e.
func (h *history) holds(e *entry, r *result) bool {
	for _, side := range [][]*step{h.undo, h.redo} {
		for _, s := range side {
			if c := s.changes[e]; c.answer != nil && c.answer.result == r {
				return true
			}
		}
	}
	return false
}

// forgetResults takes what the engine once answered about e out of the
// history; its edits and removals stay.
func (h *history) forgetResults(e *entry) {
	h.prune(func(s *step) {
		if c, in := s.changes[e]; in {
			if c.answer = nil; c.edit == nil {
				delete(s.changes, e)
			} else {
				s.changes[e] = c
			}
		}
	})
}

// forget takes e out of the history.
func (h *history) forget(e *entry) {
	h.prune(func(s *step) {
		delete(s.changes, e)
		s.removed = slices.DeleteFunc(s.removed, func(r removal) bool { return r.e == e })
	})
}

// prune changes every step by f; those that then say nothing go.
func (h *history) prune(f func(*step)) {
	empty := func(s *step) bool {
		f(s)
		return len(s.changes) == 0 && len(s.removed) == 0
	}
	h.undo = slices.DeleteFunc(h.undo, empty)
	h.redo = slices.DeleteFunc(h.redo, empty)
}

// record adds a step and lets go of what no step can bring back any more. The
// caller holds the lock.
func (w *Workspace) record(s *step) {
	dropped, lost := w.history.add(s, w.c.Settings.Get().UndoLimit)
	for _, old := range dropped {
		for e, c := range old.changes {
			if c.answer != nil {
				w.dropResult(e, c.answer.result)
			}
		}
	}
	for _, e := range lost {
		w.forget(e)
	}
	w.notify.all()
}

// dropResult takes a result out of e's box unless somebody can still see it.
// The caller holds the lock.
func (w *Workspace) dropResult(e *entry, r *result) {
	if r != nil && r != e.result && e.box != nil && !w.history.holds(e, r) {
		e.box.Delete(r.part)
	}
}

// Undo takes back the last step; false where there is none.
func (w *Workspace) Undo() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := &w.history
	if len(h.undo) == 0 {
		return false
	}
	s := h.undo[len(h.undo)-1]
	h.undo = h.undo[:len(h.undo)-1]
	w.exchange(s)
	w.restore(s.removed)
	h.redo = append(h.redo, s)
	w.notify.all()
	return true
}

// Redo does again what Undo took back; false where there is nothing.
func (w *Workspace) Redo() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := &w.history
	if len(h.redo) == 0 {
		return false
	}
	s := h.redo[len(h.redo)-1]
	h.redo = h.redo[:len(h.redo)-1]
	w.exchange(s)
	for _, r := range s.removed {
		w.detach(r.e)
	}
	w.unlist(entriesOf(s.removed)...)
	h.undo = append(h.undo, s)
	w.notify.all()
	w.checkIdle()
	return true
}

// CanUndo returns the translation key of the step that Undo would take back.
func (w *Workspace) CanUndo() (label string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return top(w.history.undo)
}

// CanRedo returns the translation key of the step that Redo would do again.
func (w *Workspace) CanRedo() (label string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return top(w.history.redo)
}

func top(steps []*step) (label string, ok bool) {
	if len(steps) == 0 {
		return "", false
	}
	return steps[len(steps)-1].label, true
}

// exchange swaps the step's side of each change with the entry's own. The
// caller holds the lock.
func (w *Workspace) exchange(s *step) {
	for e, c := range s.changes {
		if c.edit != nil {
			mine := e.settled
			e.edit, e.settled = *c.edit, *c.edit
			c.edit = &mine
		}
		if c.answer != nil {
			mine := &answer{e.request, e.result}
			e.request, e.result = c.answer.request, c.answer.result
			c.answer = mine
			w.reshow(e)
		}
		s.changes[e] = c
		w.changed(e)
	}
}

// reshow has an entry stand where its result says after that was exchanged:
// done, or waiting for the result that it does not have yet.
func (w *Workspace) reshow(e *entry) {
	e.halt()
	e.settling = false
	e.err, e.note, e.progress = nil, "", 0
	if e.result != nil && e.result.asked == e.request {
		e.state, e.note = Done, e.result.note
		w.thumbs.drop(e) // it shows another result
		e.noThumb = false
		w.thumbs.want(e)
	} else {
		e.state = Waiting
		if e.listed {
			w.enqueue(e)
		}
	}
	w.checkIdle()
}

// Remove takes items off the list. It can be undone ("undo.remove") until
// their deadline.
func (w *Workspace) Remove(ids ...ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := map[ID]bool{}
	for _, id := range ids {
		if w.listed(id) != nil {
			gone[id] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	s := &step{label: "undo.remove"}
	before := ID(0)
	for i := len(w.order) - 1; i >= 0; i-- {
		id := w.order[i]
		if !gone[id] {
			before = id
			continue
		}
		e := w.entries[id]
		w.detach(e)
		if e.folder {
			w.forgetAll(e) // its pictures are not all found: nothing to bring back
		} else {
			s.removed = append(s.removed, removal{e, before})
		}
	}
	slices.Reverse(s.removed)
	w.unlistAll(gone)
	if len(s.removed) > 0 {
		w.record(s)
	}
	w.notify.all()
	w.checkIdle()
}

// detach stops the work on an entry that leaves the list; it goes on should
// the entry come back. The caller holds the lock.
func (w *Workspace) detach(e *entry) {
	e.again = e.state == Waiting || e.state == Working
	e.halt()
	if e.again {
		e.state, e.progress = Waiting, 0
	}
	w.views.drop(e)
}

// restore puts removed entries back where they were. The caller holds the
// lock.
func (w *Workspace) restore(removed []removal) {
	if len(removed) == 0 {
		return
	}
	at := map[ID][]ID{} // before which item, which items
	for _, r := range removed {
		r.e.listed = true
		at[r.before] = append(at[r.before], r.e.id)
		switch {
		case !r.e.known && !r.e.looking:
			w.lookAt([]*entry{r.e})
		case r.e.again:
			w.enqueue(r.e)
		}
		w.changed(r.e)
	}
	order := make([]ID, 0, len(w.order)+len(removed))
	for _, id := range w.order {
		order = append(order, at[id]...)
		delete(at, id)
		order = append(order, id)
	}
	// What stood before an item that is gone now goes to the end.
	for _, r := range removed {
		order = append(order, at[r.before]...)
		delete(at, r.before)
	}
	w.order = order
}

// unlist takes entries off the list, but not out of the workspace. The caller
// holds the lock.
func (w *Workspace) unlist(all ...*entry) {
	gone := map[ID]bool{}
	for _, e := range all {
		gone[e.id] = true
	}
	w.unlistAll(gone)
}

func (w *Workspace) unlistAll(gone map[ID]bool) {
	if len(gone) == 0 {
		return
	}
	kept := w.order[:0]
	for _, id := range w.order {
		if gone[id] {
			if e := w.entries[id]; e != nil {
				e.listed = false
			}
			continue
		}
		kept = append(kept, id)
	}
	w.order = kept
	w.stir()
	w.notify.all()
}

func entriesOf(removed []removal) []*entry {
	all := make([]*entry, len(removed))
	for i, r := range removed {
		all[i] = r.e
	}
	return all
}

// forgetAll lets go of an entry for good, in the history too. The caller
// holds the lock.
func (w *Workspace) forgetAll(e *entry) {
	w.history.forget(e)
	w.forget(e)
}

// forget lets go of an entry for good: its work, its box, its views. The
// caller holds the lock.
func (w *Workspace) forget(e *entry) {
	w.unkeep(e)
	e.src = Source{}
	delete(w.entries, e.id)
}
