package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/diag"
	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// Request returns what the settings ask of the engine.
func Request(s settings.Settings) engine.Request {
	r := engine.Request{Method: engine.Method(s.Method), Model: s.Model, Device: s.Device,
		Quality: matte.Quality(s.Edges), Holes: s.Holes}
	switch {
	case s.Quality == "fast":
		r.Model = engine.BuiltIn
	case r.Model == "":
		r.Model = engine.Best
	}
	return r
}

// Shares of an item's progress.
const (
	shareRead    = 0.05
	shareDecoded = 0.15
	shareRemoved = 0.90
)

// process takes one picture from its file to a result in its box.
func (w *Workspace) process(r *run) error {
	began := time.Now()
	w.warm(r)
	w.refresh(r.e)
	if err := w.fetch(r.ctx, r.e); err != nil {
		return err
	}
	w.advance(r, shareRead)
	pic, leave, err := w.open(r)
	if err != nil {
		return err
	}
	defer leave()
	if err := w.remove(r, pic, r.request); err != nil {
		w.mu.Lock()
		looked := r.e.look.cut()
		w.mu.Unlock()
		if looked && !r.settle && r.ctx.Err() == nil { // better than nothing, and the error will be told
			w.remove(r, pic, builtIn(r.request))
		}
		return err
	}
	w.mu.Lock()
	model, device := "", ""
	if r.e.result != nil {
		model, device = r.e.result.model, r.e.result.device
	}
	w.mu.Unlock()
	n := int64(pic.Size().X) * int64(pic.Size().Y)
	took := time.Since(began)
	w.c.Stats.Done(n, took, model, device)
	w.c.Log.Write("picture.done", diag.Size(n), diag.Took(took), diag.Network(model), diag.Device(device))
	return nil
}

func (w *Workspace) shown(e *entry) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.preferred == e.id
}

// refresh drops a copy that was read long ago, while the picture waited, so
// that the result has its whole time. Only what has a file can be read again.
func (w *Workspace) refresh(e *entry) {
	life := w.life()
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.path == "" || e.result != nil || e.box == nil || e.box.Left() >= life/2 {
		return
	}
	w.views.drop(e)
	if e.thumb == nil || e.timer != nil {
		w.setBox(e, nil)
		return
	}
	old := e.box // goes on as the timer of the thumbnail that was made from it
	old.Empty()
	e.box, e.timer = nil, old
}

// fetch sees to it that the original is in the box. What has a file is read
// from it now; its time begins.
func (w *Workspace) fetch(ctx context.Context, e *entry) error {
	if err := e.lock(ctx); err != nil {
		return err
	}
	defer e.unlock()
	w.mu.Lock()
	if w.entries[e.id] != e {
		w.mu.Unlock()
		return expired(e.name)
	}
	if e.box != nil && (e.box.Has(partFile) || e.box.Has(partPixels)) {
		w.mu.Unlock()
		return nil
	}
	if e.path == "" {
		w.mu.Unlock()
		return expired(e.name)
	}
	box := w.c.Cache.New(w.life())
	w.setBox(e, box) // before the first byte is read: from here on it is cleared with the others
	w.mu.Unlock()

	err := w.copyIn(ctx, box, e.path)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && e.box == box {
		w.setBox(e, nil)
	}
	w.changed(e)
	return err
}

// copyIn copies a picture's file into a box, if its header is good.
func (w *Workspace) copyIn(ctx context.Context, box *cache.Box, path string) error {
	f, size, err := openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	l := w.c.Limits
	if most := 8*l.Pixels + 64<<20; l.Pixels > 0 && size > most {
		return fault.Newf(fault.TooLarge, "", "%d bytes", size)
	}
	if _, err := picture.Probe(io.NewSectionReader(f, 0, size), "", l); err != nil {
		return err
	}
	return box.Put(partFile, func(to io.Writer) error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.Copy(to, contextReader{ctx, f})
		return err
	})
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// roomWait is how long a picture may wait for room before who wants to see it
// decodes it without.
const roomWait = 100 * time.Millisecond

// open decodes a picture for its run and, where a person waits for it, has
// them see something early. leave must be called.
func (w *Workspace) open(r *run) (pic *picture.Picture, leave func(), err error) {
	defer r.opened()
	enter := func(size image.Point) (func(), error) {
		late := time.AfterFunc(roomWait, r.opened)
		defer late.Stop()
		return w.makeRoom(r.ctx, w.shown(r.e))(size)
	}
	early := func(raw *picture.Raw) {
		request, ok := w.first(r.e, r.request, raw.Size())
		if !ok {
			return
		}
		if img := raw.Small(image.Pt(firstSide, firstSide)); img != nil {
			w.lookFirst(r.ctx, r.e, request, raw.Size(), img, r.opened)
		}
	}
	if pic, leave, err = w.decode(r.ctx, r.e, enter, early); err != nil {
		return nil, nil, err
	}
	w.decoded(r, pic)
	if request, ok := w.first(r.e, r.request, pic.Size()); ok {
		w.lookFirst(r.ctx, r.e, request, pic.Size(), firstSmall(pic), r.opened)
	}
	w.noFirst(r.e)
	return pic, leave, nil
}

// decode decodes the original from the box, unless somebody looks at it and it
// is in memory. enter is asked for room first; its leave is handed on and must
// be called. early, which may be nil, is shown what a file has before that is
// a whole Picture.
func (w *Workspace) decode(ctx context.Context, e *entry, enter func(image.Point) (leave func(), err error), early func(*picture.Raw)) (pic *picture.Picture, leave func(), err error) {
	w.mu.Lock()
	box, size := e.box, e.size
	w.mu.Unlock()
	if box == nil {
		return nil, nil, expired(e.name)
	}
	var open func() (*picture.Picture, error)
	if box.Has(partPixels) {
		open = func() (*picture.Picture, error) { return readPixels(box) }
	} else {
		file, err := box.Bytes(partFile)
		if err != nil {
			return nil, nil, err
		}
		info, err := picture.Probe(bytes.NewReader(file), e.name, w.c.Limits)
		if err != nil {
			return nil, nil, err
		}
		size = info.Size
		open = func() (*picture.Picture, error) {
			raw, err := picture.Read(bytes.NewReader(file), e.name, w.c.Limits)
			if err != nil {
				return nil, err
			}
			if early != nil {
				early(raw)
			}
			return raw.Picture()
		}
	}
	if leave, err = enter(size); err != nil {
		return nil, nil, err
	}
	if pic = w.viewed(e); pic == nil {
		pic, err = open()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		leave()
		return nil, nil, err
	}
	return pic, leave, nil
}

func readPixels(box *cache.Box) (*picture.Picture, error) {
	from, err := box.Get(partPixels)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	return unpackPicture(from)
}

// makeRoom waits until a picture of this size fits beside those in work.
func (w *Workspace) makeRoom(ctx context.Context, urgent bool) func(image.Point) (func(), error) {
	return func(size image.Point) (func(), error) {
		return w.room.enter(ctx, int64(size.X)*int64(size.Y), urgent)
	}
}

// decoded shows what decoding found.
func (w *Workspace) decoded(r *run, pic *picture.Picture) {
	thumb := thumbnail(pic.Image)
	w.mu.Lock()
	if r.e.run == r {
		r.e.size = pic.Size()
		if r.e.result == nil {
			w.setThumb(r.e, thumb)
		}
		r.e.progress = shareDecoded
		w.changed(r.e)
		if w.preferred == r.e.id {
			w.views.put(r.e, pic)
		}
	}
	w.mu.Unlock()
}

// remove runs the network and keeps what it says. Who has stopped at a first
// look does not wait for the network's turn.
func (w *Workspace) remove(r *run, pic *picture.Picture, request engine.Request) error {
	leave := func() {}
	if !r.settle {
		var err error
		if leave, err = w.turn.enter(r.ctx, 1, w.shown(r.e)); err != nil {
			return err
		}
	}
	got, err := w.c.Remover.Remove(r.ctx, pic, request, func(p float64) {
		w.advance(r, shareDecoded+(shareRemoved-shareDecoded)*p)
	})
	leave()
	if err == nil {
		err = r.ctx.Err()
	}
	if err != nil {
		return err
	}
	if got == nil || got.Cutout == nil || got.Cutout.Alpha == nil || got.Cutout.Alpha.Rect != (image.Rectangle{Max: pic.Size()}) {
		return fault.Newf(fault.Internal, r.e.name, "the cut-out does not fit the picture")
	}
	return w.keep(r, pic, got)
}

// keep puts a result into the box and shows it.
func (w *Workspace) keep(r *run, pic *picture.Picture, got *engine.Result) error {
	e := r.e
	w.mu.Lock()
	box := e.box
	w.lastPart++
	res := &result{part: fmt.Sprintf("result-%d", w.lastPart), model: got.Model, device: got.Device,
		note: got.Note, asked: r.asked}
	w.mu.Unlock()
	if box == nil {
		return expired(e.name)
	}
	if err := box.Put(res.part, func(to io.Writer) error { return packCutout(to, pic.Image, got.Cutout) }); err != nil {
		return err
	}
	thumb := thumbnailOf(pic.Image, got.Cutout)
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.run != r || e.box != box {
		box.Delete(res.part)
		return fault.New(fault.Cancelled, e.name, context.Canceled)
	}
	old := e.result
	e.result, e.note = res, got.Note
	e.look = nil
	w.dropResult(e, old)
	w.setThumb(e, thumb)
	if w.preferred == e.id {
		w.views.put(e, pic)
		w.views.putCutout(e, res, got.Cutout)
	}
	w.changed(e)
	return nil
}
