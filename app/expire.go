package app

import (
	"runtime/debug"
	"time"

	"kirinuki/app/cache"
	"kirinuki/engine/fault"
)

// noticeBefore is how long before its end an unsaved result is told of.
const noticeBefore = 5 * time.Minute

// gone is told by the cache of a box that went by itself.
func (w *Workspace) gone(b *cache.Box, why cache.Gone) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.boxes[b]
	delete(w.boxes, b)
	switch {
	case e == nil:
		return
	case e.timer == b:
		e.timer = nil
		w.dropThumb(e)
		w.changed(e)
		return
	case e.box != b:
		return
	}
	e.box = nil
	// A picture that is not yet done and has a file loses only what was read
	// of it: it waits on as a mere name. One that had to make room for others
	// stays to say so. All else leaves, history included.
	stays := e.listed && (why == cache.Evicted || e.result == nil && e.path != "")
	state := e.state
	if !stays {
		w.unlist(e)
		w.forgetAll(e)
	} else {
		lost := e.result != nil || e.path == "" || why == cache.Evicted && state == Working
		w.history.forgetResults(e)
		w.unkeep(e)
		switch {
		case lost:
			w.fail(e, fault.New(fault.Expired, e.name, nil))
		case state == Working:
			w.waitAgain(e) // unkeep has stopped it
		default:
			w.changed(e)
		}
	}
	w.notify.all()
	w.checkIdle()
	w.freeMemory()
}

// freeMemory gives the pixels that were just let go of back to the system,
// soon and once for many. The caller holds the lock.
func (w *Workspace) freeMemory() {
	if w.freeing {
		return
	}
	w.freeing = true
	time.AfterFunc(time.Second, func() {
		w.mu.Lock()
		w.freeing = false
		w.mu.Unlock()
		debug.FreeOSMemory()
	})
}

// Clearing returns how many working copies there are and when the next one
// goes.
func (w *Workspace) Clearing() (count int, next time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for b, e := range w.boxes {
		if d := b.Deadline(); next.IsZero() || d.Before(next) {
			next = d
		}
		if b != e.timer || e.box == nil { // a picture counts once
			count++
		}
	}
	return count, next
}

// Unsaved returns the items with a result that was not saved as it is now.
func (w *Workspace) Unsaved() []ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pick((*entry).unsaved)
}

// Expiring returns the unsaved items that are cleared within five minutes.
// The event of an item says when it becomes one.
func (w *Workspace) Expiring() []ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pick((*entry).expiring)
}

func (e *entry) expiring() bool {
	return e.unsaved() && e.box != nil && e.box.Left() <= noticeBefore
}

// pick returns the items of the list that are so. The caller holds the lock.
func (w *Workspace) pick(so func(*entry) bool) (ids []ID) {
	for _, id := range w.order {
		if so(w.entries[id]) {
			ids = append(ids, id)
		}
	}
	return ids
}

// watchDeadlines tells of items whose end comes near.
func (w *Workspace) watchDeadlines() {
	for {
		w.mu.Lock()
		for _, id := range w.order {
			if e := w.entries[id]; !e.warned && e.expiring() {
				e.warned = true
				w.notify.items(id)
			}
		}
		any := len(w.boxes) > 0
		w.mu.Unlock()
		var tick <-chan time.Time
		if any {
			tick = w.c.Clock.After(time.Second)
		}
		select {
		case <-w.ctx.Done():
			return
		case <-w.deadlines:
		case <-tick:
		}
	}
}

// wakeDeadlines has watchDeadlines look now.
func (w *Workspace) wakeDeadlines() {
	select {
	case w.deadlines <- struct{}{}:
	default:
	}
}
