package app

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"kirinuki/app/cache"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

// Names of a box's parts. Results have numbered ones of their own.
const (
	partFile   = "file"   // the original as a file's bytes
	partPixels = "pixels" // the original as pixels
)

// Add puts pictures at the end of the list and returns their ids at once, in
// order; what they are is found out in the background. A folder's item is
// replaced by those of the pictures in it. Data and Image must not be changed
// afterwards.
func (w *Workspace) Add(src ...Source) []ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || len(src) == 0 {
		return nil
	}
	ids := make([]ID, 0, len(src))
	added := make([]*entry, 0, len(src))
	life := w.life()
	for _, s := range src {
		e := w.enter(s)
		if s.Path == "" { // it is in memory: its time runs
			w.setBox(e, w.c.Cache.New(life))
			e.fetch <- struct{}{} // until store has put it into the box
		}
		ids = append(ids, e.id)
		added = append(added, e)
	}
	w.order = append(w.order, ids...)
	w.lookAt(added)
	w.notify.all()
	return ids
}

// lookAt has entries looked at in the background. The caller holds the lock.
func (w *Workspace) lookAt(all []*entry) {
	for _, e := range all {
		e.looking = true
	}
	w.busy++
	w.spawn(func() { w.takeIn(all) })
}

// enter makes an entry that is not yet in the order. The caller holds the
// lock.
func (w *Workspace) enter(s Source) *entry {
	w.lastID++
	e := newEntry(w.lastID, s)
	w.entries[e.id] = e
	return e
}

// setBox gives e another box, or none. Its thumbnail, if it has one, must be
// covered by the timer or go too. The caller holds the lock.
func (w *Workspace) setBox(e *entry, b *cache.Box) {
	if e.box != nil {
		delete(w.boxes, e.box)
		e.box.Close()
	}
	e.box = b
	e.warned = false
	if b != nil {
		w.boxes[b] = e
		w.wakeDeadlines()
	}
}

// setTimer has the thumbnail end with b, or with the box where b is nil. The
// caller holds the lock.
func (w *Workspace) setTimer(e *entry, b *cache.Box) {
	if e.timer != nil {
		delete(w.boxes, e.timer)
		e.timer.Close()
	}
	if e.timer = b; b != nil {
		w.boxes[b] = e
		w.wakeDeadlines()
	}
}

// dropThumb forgets the thumbnail. The caller holds the lock.
func (w *Workspace) dropThumb(e *entry) {
	w.setTimer(e, nil)
	w.thumbs.drop(e)
	e.thumb = nil
}

func nameOf(s Source) string {
	switch {
	case s.Name != "":
		return s.Name
	case s.Path != "":
		return filepath.Base(s.Path)
	}
	return "picture"
}

// takeIn looks at what was added: it walks folders, refuses what is no
// picture's file, and moves pictures from memory into the cache.
func (w *Workspace) takeIn(added []*entry) {
	defer func() {
		w.mu.Lock()
		w.busy--
		w.checkIdle()
		w.mu.Unlock()
	}()
	for _, e := range added {
		if e.path == "" {
			w.known(e, w.store(e))
			continue
		}
		info, err := os.Stat(e.path)
		switch {
		case err != nil:
			w.known(e, err)
		case info.IsDir():
			w.walk(e)
		case !info.Mode().IsRegular():
			w.known(e, fault.New(fault.NotAFile, e.name, nil))
		default:
			w.known(e, nil)
		}
	}
}

// store moves what came as bytes or pixels into the box.
func (w *Workspace) store(e *entry) error {
	defer e.unlock()
	w.mu.Lock()
	box, src := e.box, e.src
	w.mu.Unlock()
	if box == nil {
		return expired(e.name)
	}
	var err error
	switch {
	case src.Data != nil:
		err = box.PutBytes(partFile, src.Data)
	case src.Image != nil:
		size := src.Image.Bounds().Size()
		if tooLarge(w.c.Limits, int64(size.X), int64(size.Y)) {
			err = fault.Newf(fault.TooLarge, e.name, "%d x %d pixels", size.X, size.Y)
			break
		}
		pic := picture.FromImage(src.Image)
		w.mu.Lock()
		e.size = size
		w.mu.Unlock()
		err = box.Put(partPixels, func(to io.Writer) error { return packPicture(to, pic) })
	default:
		err = fault.New(fault.Empty, e.name, nil)
	}
	w.mu.Lock()
	e.src = Source{}
	w.mu.Unlock()
	return err
}

func tooLarge(l picture.Limits, width, height int64) bool {
	return l.Pixels > 0 && width*height > l.Pixels || l.Side > 0 && max(width, height) > int64(l.Side)
}

// known notes that an entry was looked at: it may be worked on, or err says
// why not.
func (w *Workspace) known(e *entry, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.entries[e.id] != e {
		return // cleared meanwhile
	}
	e.known, e.looking = true, false
	if err != nil {
		w.fail(e, err)
		return
	}
	w.enqueue(e)
}

// enqueue puts an entry that waits into the queue. The caller holds the lock.
func (w *Workspace) enqueue(e *entry) {
	if e.state == Waiting && e.known && w.entries[e.id] == e {
		w.queue = append(w.queue, e)
		w.ready.Broadcast()
		w.thumbs.early(e, len(w.queue))
	}
}

// walkPause is how often a long walk shows what it has found.
const walkPause = 100 * time.Millisecond

// walk replaces a folder's entry by the pictures in it, in the order of their
// names, folders inside included. Hidden files and what is no picture are
// passed over; so is what cannot be read.
func (w *Workspace) walk(at *entry) {
	w.mu.Lock()
	at.folder = true
	w.mu.Unlock()
	var found []string
	any := false
	shown := time.Now()
	flush := func() bool {
		any = any || len(found) > 0
		ok := w.insert(at, found)
		found, shown = nil, time.Now()
		return ok
	}
	root := at.path
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real // WalkDir does not enter a root that is a link
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case w.ctx.Err() != nil:
			return w.ctx.Err()
		case err != nil:
			if path == root {
				return err
			}
			return nil
		case path != root && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || !isPicture(path):
			return nil
		}
		found = append(found, path)
		if time.Since(shown) > walkPause && !flush() {
			return fs.SkipAll
		}
		return nil
	})
	flush()
	w.mu.Lock()
	defer w.mu.Unlock()
	at.folder, at.looking = false, false
	if w.listed(at.id) != at {
		return // removed; should that be undone it is looked at again
	}
	at.known = true
	switch {
	case any:
		w.unlist(at)
		w.forgetAll(at)
	case err != nil:
		w.fail(at, err)
	default:
		w.fail(at, fault.New(fault.Empty, at.name, errors.New("no pictures in this folder")))
	}
}

// insert puts pictures that were found before the folder they were found in.
// It reports whether that folder is still in the list.
func (w *Workspace) insert(folder *entry, paths []string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.listed(folder.id) == nil {
		return false
	}
	if w.preferred == folder.id && len(paths) > 0 { // who looks at the folder will look at its first picture
		w.preferred = w.lastID + 1
	}
	ids := make([]ID, len(paths))
	for i, path := range paths {
		e := w.enter(Source{Path: path})
		e.known = true
		e.state = folder.state // cancelled as a whole
		ids[i] = e.id
		w.enqueue(e)
	}
	w.order = slices.Insert(w.order, slices.Index(w.order, folder.id), ids...)
	w.notify.all()
	return true
}

// isPicture tells by its first bytes whether path is a picture's file.
func isPicture(path string) bool {
	f, _, err := openFile(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 32)
	n, _ := io.ReadFull(f, head)
	_, ok := picture.Sniff(head[:n])
	return ok
}

// openFile opens a regular file and returns its size. It never waits for a
// pipe that nobody writes to.
func openFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fault.New(fault.NotAFile, filepath.Base(path), nil)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, 0, fault.New(fault.NotAFile, filepath.Base(path), err)
	}
	return f, info.Size(), nil
}
