package app

import (
	"container/list"
	"context"
	"image"
	"io"

	"kirinuki/app/cache"
	"kirinuki/engine/picture"
)

// thumbs makes thumbnails that are asked for and keeps those that were looked
// at last, so that a list of any length takes bounded memory. Its fields are
// guarded by Workspace.mu.
type thumbs struct {
	kept   *list.List // of *entry, last looked at first
	at     map[*entry]*list.Element
	wanted []*entry // the last is made first: it is on screen now
	wake   chan struct{}
}

// Bounds: a thumbnail takes up to 100 kB.
const (
	maxThumbs  = 400
	maxWanted  = 64
	earlyItems = 24 // of those that wait, how many get one without being asked for
)

func newThumbs() *thumbs {
	return &thumbs{kept: list.New(), at: map[*entry]*list.Element{}, wake: make(chan struct{}, 1)}
}

func (t *thumbs) clear() {
	t.kept.Init()
	clear(t.at)
	t.wanted = nil
}

// has tells whether an entry has a thumbnail that shows what it should.
func (t *thumbs) has(e *entry) bool { return t.at[e] != nil }

// drop forgets an entry's thumbnail; what there is of it is out of date.
func (t *thumbs) drop(e *entry) {
	if el := t.at[e]; el != nil {
		t.kept.Remove(el)
		delete(t.at, e)
	}
}

// want says that an entry is on screen.
func (t *thumbs) want(e *entry) {
	if el := t.at[e]; el != nil {
		t.kept.MoveToFront(el)
		return
	}
	if e.noThumb || !e.known || e.state == Failed || e.state == Working {
		return
	}
	for _, other := range t.wanted {
		if other == e {
			return
		}
	}
	t.wanted = append(t.wanted, e)
	if len(t.wanted) > maxWanted {
		t.wanted = append(t.wanted[:0], t.wanted[1:]...)
	}
	t.nudge()
}

// early wants thumbnails of the first entries that wait.
func (t *thumbs) early(e *entry, place int) {
	if place <= earlyItems {
		t.want(e)
	}
}

func (t *thumbs) nudge() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// setThumb gives e a thumbnail; the one that was not looked at for longest
// goes where there are too many. The caller holds the lock.
func (w *Workspace) setThumb(e *entry, thumb image.Image) {
	t := w.thumbs
	w.dropThumb(e)
	e.thumb = thumb
	t.at[e] = t.kept.PushFront(e)
	if t.kept.Len() > maxThumbs {
		w.dropThumb(t.kept.Back().Value.(*entry))
	}
	w.changed(e)
}

// makeThumbs makes the thumbnails that are wanted, one at a time.
func (w *Workspace) makeThumbs() {
	for {
		e := w.nextThumb()
		if e == nil {
			select {
			case <-w.ctx.Done():
				return
			case <-w.thumbs.wake:
			}
			continue
		}
		thumb, timer, err := w.thumbOf(w.ctx, e)
		w.mu.Lock()
		switch {
		case err != nil:
			e.noThumb = true // working on it will say why
		case w.entries[e.id] == e && !w.thumbs.has(e) && (timer != nil || e.box != nil):
			w.setThumb(e, thumb)
			w.setTimer(e, timer)
			timer = nil
		}
		w.mu.Unlock()
		if timer != nil {
			timer.Close()
		}
	}
}

func (w *Workspace) nextThumb() *entry {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.thumbs
	for len(t.wanted) > 0 {
		e := t.wanted[len(t.wanted)-1]
		t.wanted = t.wanted[:len(t.wanted)-1]
		// What is looked at is worked on at once, and gets one by that.
		if e.listed && !t.has(e) && e.state != Working && (e.state != Waiting || e.id != w.preferred || w.paused) {
			return e
		}
	}
	return nil
}

// thumbOf makes a thumbnail: of the result, else of the original, which is
// read from its file where it is not in the box yet. Then the thumbnail alone
// is kept, and timer is its time.
func (w *Workspace) thumbOf(ctx context.Context, e *entry) (thumb image.Image, timer *cache.Box, err error) {
	w.mu.Lock()
	box, result, path := e.box, e.result, e.path
	w.mu.Unlock()
	switch {
	case box != nil && (box.Has(partFile) || box.Has(partPixels)):
		thumb, err = w.thumbFromBox(ctx, e, box, result)
		return thumb, nil, err
	case path == "":
		return nil, nil, expired(e.name)
	}
	f, size, err := openFile(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := picture.Probe(io.NewSectionReader(f, 0, size), e.name, w.c.Limits)
	if err != nil {
		return nil, nil, err
	}
	leave, err := w.makeRoom(ctx, false)(info.Size)
	if err != nil {
		return nil, nil, err
	}
	defer leave()
	timer = w.c.Cache.New(w.life()) // from before the first pixel is read
	pic, err := picture.Decode(io.NewSectionReader(f, 0, size), e.name, w.c.Limits)
	if err != nil {
		timer.Close()
		return nil, nil, err
	}
	return thumbnail(pic.Image), timer, nil
}

func (w *Workspace) thumbFromBox(ctx context.Context, e *entry, box *cache.Box, r *result) (image.Image, error) {
	pic, leave, err := w.decode(ctx, e, w.makeRoom(ctx, false), nil)
	if err != nil {
		return nil, err
	}
	defer leave()
	if r == nil {
		return thumbnail(pic.Image), nil
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
	return thumbnailOf(pic.Image, cut), nil
}
