package app

import (
	"context"
	"errors"
	"slices"
	"sync"

	"kirinuki/app/diag"
	"kirinuki/engine"
	"kirinuki/engine/fault"
)

// run is one go at one entry. An entry that is cancelled, removed or started
// anew forgets its run; what a forgotten run still brings is ignored.
type run struct {
	e       *entry
	ctx     context.Context
	cancel  context.CancelFunc
	asked   *engine.Request // the entry's own wish, nil for the settings
	settle  bool            // the built-in network's result is enough
	open    chan struct{}   // closed when the picture is decoded, or will not be soon
	opened  func()          // closes it
	request engine.Request  // what is asked of the engine
}

// isOpen tells whether nobody need wait for the picture to be decoded.
func (r *run) isOpen() bool {
	select {
	case <-r.open:
		return true
	default:
		return false
	}
}

// work takes entries from the queue until the workspace closes. The urgent
// worker takes only the one that is on screen, so that it never waits behind
// a batch's pictures for longer than one turn of the network.
func (w *Workspace) work(urgent bool) {
	for {
		r := w.take(urgent)
		if r == nil {
			return
		}
		w.finish(r, w.process(r))
	}
}

// take waits for the next entry; nil when the workspace is closed.
func (w *Workspace) take(urgent bool) *run {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if w.closed {
			return nil
		}
		if !w.paused {
			if e := w.next(urgent); e != nil {
				return w.start(e)
			}
		}
		w.idlers++
		w.ready.Wait()
		w.idlers--
	}
}

// next returns the entry to work on, or nil. The caller holds the lock.
func (w *Workspace) next(urgent bool) *entry {
	if e := w.listed(w.preferred); e != nil && e.state == Waiting && e.known {
		return e
	}
	if urgent {
		return nil
	}
	for len(w.queue) > 0 {
		e := w.queue[0]
		w.queue[0] = nil
		w.queue = w.queue[1:]
		if e.listed && e.state == Waiting {
			return e
		}
	}
	w.queue = nil
	return nil
}

func (w *Workspace) start(e *entry) *run {
	r := &run{e: e, open: make(chan struct{})}
	r.opened = sync.OnceFunc(func() {
		close(r.open)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stir()
	})
	r.ctx, r.cancel = context.WithCancel(w.ctx)
	r.asked, r.request = e.request, w.asked(e)
	if r.settle = e.settling; r.settle {
		r.request = builtIn(r.request)
	}
	e.run, e.state, e.progress, e.err = r, Working, 0, nil
	w.changed(e)
	return r
}

// asked returns what is asked of the engine for an entry. The caller holds the
// lock.
func (w *Workspace) asked(e *entry) engine.Request {
	if e.request != nil {
		return *e.request
	}
	return Request(w.c.Settings.Get())
}

// finish notes how a run ended, unless it was forgotten.
func (w *Workspace) finish(r *run, err error) {
	r.cancel()
	r.opened()
	e := r.e
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.run == r {
		e.run, e.look, e.settling = nil, nil, false
		if err == nil {
			e.state, e.progress, e.err = Done, 1, nil
			w.changed(e)
		} else {
			w.fail(e, err)
		}
	}
	w.checkIdle()
}

// NoteKept is the note of an item whose last go failed (Item.Err says why) and
// that shows its earlier result.
const NoteKept = "note.kept-earlier"

// fail notes why an entry has no result. One that has one from before keeps
// it and only says that there is no better one. The caller holds the lock.
func (w *Workspace) fail(e *entry, err error) {
	kind := fault.Of(err)
	var inner *fault.Error
	if e.err = fault.New(kind, e.name, err); errors.As(err, &inner) {
		e.err = fault.New(kind, e.name, inner.Err)
	}
	switch {
	case e.result != nil:
		e.state, e.note = Done, NoteKept
	case kind == fault.Cancelled:
		e.state, e.err = Cancelled, nil
	default:
		e.state = Failed
	}
	if kind != fault.Cancelled {
		w.c.Stats.Failed(kind)
		w.c.Log.Write("picture.failed", diag.Fault(err))
	}
	e.look = nil
	w.changed(e)
}

// changed tells of a visible change. The caller holds the lock.
func (w *Workspace) changed(e *entry) {
	e.revision++
	w.notify.items(e.id)
	w.stir()
}

// stir has whoever waits for something to happen look again. The caller holds
// the lock.
func (w *Workspace) stir() {
	close(w.stirred)
	w.stirred = make(chan struct{})
}

// advance notes progress, in steps that a bar can show.
func (w *Workspace) advance(r *run, p float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.e.run == r && p >= r.e.progress+0.01 {
		r.e.progress = min(p, 1)
		w.notify.items(r.e.id)
	}
}

// Cancel stops work on items that are waiting or working. Where there is an
// earlier result it stays. Where there is a first look, that is what a person
// stops at: its network makes the result, which takes a moment.
func (w *Workspace) Cancel(ids ...ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if e := w.listed(id); e != nil && (e.state == Waiting || e.state == Working) {
			look := e.look
			settle := look.cut() && e.result == nil && e.state == Working && !e.settling
			e.halt()
			switch {
			case e.result != nil:
				e.state, e.settling = Done, false
			case settle:
				e.look, e.settling = look, true // it stays to be seen
				w.waitAgain(e)
				continue
			default:
				e.state, e.settling = Cancelled, false
			}
			w.changed(e)
		}
	}
	w.checkIdle()
}

// Retry starts failed and cancelled items again.
func (w *Workspace) Retry(ids ...ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		e := w.listed(id)
		if e == nil || e.state != Failed && e.state != Cancelled && e.err == nil {
			continue
		}
		w.restart(e)
	}
}

// Restart starts items again from their files, with a new working copy and a
// new deadline; their edits stay. Pasted and captured pictures have no file:
// they are left as they are.
func (w *Workspace) Restart(ids ...ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if e := w.listed(id); e != nil && e.path != "" {
			w.unkeep(e)
			w.history.forgetResults(e)
			w.restart(e)
		}
	}
	w.notify.all()
}

// unkeep drops everything kept of an entry's pixels. The caller holds the
// lock.
func (w *Workspace) unkeep(e *entry) {
	e.halt()
	w.setBox(e, nil)
	w.dropThumb(e)
	w.views.drop(e)
	e.result, e.saved, e.noThumb = nil, nil, false
}

// restart has an entry wait again. The caller holds the lock.
func (w *Workspace) restart(e *entry) {
	e.halt()
	e.settling = false
	w.waitAgain(e)
}

// waitAgain puts an entry back into the queue. The caller holds the lock.
func (w *Workspace) waitAgain(e *entry) {
	e.state, e.progress, e.err, e.note, e.noThumb = Waiting, 0, nil, "", false
	w.enqueue(e)
	w.changed(e)
}

// Prefer says which item is shown: it is worked on next.
func (w *Workspace) Prefer(id ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.preferred != id {
		w.preferred = id
		w.ready.Broadcast()
		w.stir()
	}
}

// setPaused holds the queue (what is being worked on is finished) or lets it
// go on.
func (w *Workspace) setPaused(paused bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.paused = paused
	w.ready.Broadcast()
	w.stir()
	w.checkIdle()
	w.notify.all()
}

// Wait returns when nothing is waiting or working any more, or with ctx's
// error.
func (w *Workspace) Wait(ctx context.Context) error {
	for {
		w.mu.Lock()
		if w.closed || !w.active() {
			w.mu.Unlock()
			return nil
		}
		if w.idle == nil {
			w.idle = make(chan struct{})
		}
		idle := w.idle
		w.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return fault.About("", ctx.Err())
		}
	}
}

// active tells whether something waits or works. The caller holds the lock.
func (w *Workspace) active() bool {
	return w.busy > 0 || slices.ContainsFunc(w.order, func(id ID) bool {
		s := w.entries[id].state
		return s == Waiting || s == Working
	})
}

// checkIdle wakes those who wait for the end of all work. The caller holds
// the lock.
func (w *Workspace) checkIdle() {
	if w.idle != nil && (w.closed || !w.active()) {
		close(w.idle)
		w.idle = nil
	}
}
