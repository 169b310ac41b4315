package app

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/diag"
	"kirinuki/app/settings"
	"kirinuki/app/stats"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

// Remover removes the background of a picture. *engine.Engine is the real
// one. It is asked for one result at a time, and beside that for first looks
// by the built-in network.
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
//
// Locks are taken in this order: Workspace.mu, then those inside the cache
// and the notifier. Pixels are never touched under Workspace.mu.
type Workspace struct {
	c      Config
	ctx    context.Context
	stop   context.CancelFunc
	going  sync.WaitGroup
	notify *notifier
	turn   *gate // the network: one picture at a time
	room   *gate // pixels in work, so that memory does not grow with the queue
	views  *views
	thumbs *thumbs

	mu        sync.Mutex
	ready     *sync.Cond // the queue has something, or the workspace closes
	closed    bool
	paused    bool
	entries   map[ID]*entry
	boxes     map[*cache.Box]*entry
	order     []ID
	queue     []*entry // waiting, in order; entries that no longer wait are skipped
	lastID    ID
	lastPart  int // number of the last result's part
	preferred ID
	idlers    int           // workers that have nothing to do
	stirred   chan struct{} // closed when anything of an item changes next
	history   history
	busy      int           // intakes that still look at what was added
	idle      chan struct{} // closed when next nothing waits or works; nil where nobody asks
	deadlines chan struct{} // wakes the watch over deadlines
	unlisten  func()
	freeing   bool // memory is about to be given back
}

// roomPixels is how many pixels may be in work at once. One picture may be
// larger; then it is alone.
const roomPixels = 48_000_000

// Open starts a workspace.
func Open(c Config) *Workspace {
	if c.Clock == nil {
		c.Clock = cache.System
	}
	if c.Cache == nil {
		c.Cache = cache.Open("", cache.Options{Clock: c.Clock})
	}
	if c.Settings == nil {
		c.Settings = settings.Open("")
	}
	if c.Limits == (picture.Limits{}) {
		c.Limits = picture.DefaultLimits
	}
	if c.Jobs <= 0 {
		c.Jobs = 2
	}
	w := &Workspace{c: c, notify: newNotifier(), turn: newGate(1), room: newGate(roomPixels),
		entries: map[ID]*entry{}, boxes: map[*cache.Box]*entry{}, deadlines: make(chan struct{}, 1), stirred: make(chan struct{})}
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.ready = sync.NewCond(&w.mu)
	w.views = newViews()
	w.thumbs = newThumbs()
	c.Cache.OnGone(w.gone)
	w.unlisten = c.Settings.OnChange(w.settingsChanged)
	w.spawn(func() { w.notify.run(w.ctx) })
	w.spawn(func() { w.work(true) })
	for range c.Jobs {
		w.spawn(func() { w.work(false) })
	}
	w.spawn(w.makeThumbs)
	w.spawn(w.lookBeside)
	w.spawn(w.watchDeadlines)
	return w
}

func (w *Workspace) spawn(f func()) {
	w.going.Add(1)
	go func() {
		defer w.going.Done()
		f()
	}()
}

// closeWait is how long Close waits for work that is being stopped.
const closeWait = 2 * time.Second

// Close stops all work and clears the cache. It may be called more than once
// and from a signal's goroutine.
func (w *Workspace) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.clear()
	w.ready.Broadcast()
	w.mu.Unlock()
	w.stop()
	w.unlisten()
	err := w.c.Cache.Close() // before all else: it is what must not stay
	if e := w.c.Stats.Close(); err == nil {
		err = e
	}
	ended := make(chan struct{})
	go func() {
		w.going.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(closeWait):
	}
	return err
}

// clear forgets everything. The caller holds the lock.
func (w *Workspace) clear() {
	for _, e := range w.entries {
		e.halt()
	}
	clear(w.entries)
	clear(w.boxes)
	w.order, w.queue = nil, nil
	w.history.clear()
	w.views.clear()
	w.thumbs.clear()
	w.stir()
	w.checkIdle()
	go debug.FreeOSMemory() // pixels leave memory, not only the list
}

// ClearNow clears every working copy, the list and the history.
func (w *Workspace) ClearNow() {
	w.mu.Lock()
	w.clear()
	w.mu.Unlock()
	w.c.Cache.Clear()
	w.notify.all()
}

// Items returns a snapshot of the list.
func (w *Workspace) Items() []Item {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Item, 0, len(w.order))
	for _, id := range w.order {
		all = append(all, w.entries[id].snapshot())
	}
	return all
}

// Item returns a snapshot of one item. Asking for an item also says that it
// is on screen: where its thumbnail is missing it is made next.
func (w *Workspace) Item(id ID) (Item, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.listed(id)
	if e == nil {
		return Item{}, false
	}
	w.thumbs.want(e)
	return e.snapshot(), true
}

// listed returns the entry of an id in the list, or nil. The caller holds the
// lock.
func (w *Workspace) listed(id ID) *entry {
	if e := w.entries[id]; e != nil && e.listed {
		return e
	}
	return nil
}

// OnChange calls f from one goroutine of the workspace's own, about thirty
// times a second at most.
func (w *Workspace) OnChange(f func(Event)) (stop func()) { return w.notify.listen(f) }

// CacheState says how the cache stands, for the line at the window's foot.
func (w *Workspace) CacheState() cache.State { return w.c.Cache.State() }

// life is how long working copies live, as a person chose it.
func (w *Workspace) life() time.Duration {
	return time.Duration(w.c.Settings.Get().ClearAfter) * time.Minute
}

// settingsChanged has what is there already live as long as is chosen now,
// and turns counters and log on and off.
func (w *Workspace) settingsChanged(s settings.Settings) {
	w.c.Stats.SetOn(s.Statistics)
	w.c.Log.SetOn(s.Log)
	life := time.Duration(s.ClearAfter) * time.Minute
	w.mu.Lock()
	for b := range w.boxes {
		b.SetLife(life)
	}
	w.mu.Unlock()
	w.notify.all()
}

// expired is the error about an item whose working copy is gone.
func expired(name string) error { return fault.New(fault.Expired, name, nil) }
