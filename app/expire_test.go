package app

import (
	"image"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
)

// tick lets time pass in steps, so that every watch comes round.
func (b *bench) tick(d time.Duration) {
	b.clock.Advance(d)
	for range 20 {
		time.Sleep(time.Millisecond)
		b.clock.Advance(time.Millisecond)
	}
}

// holdsPixels tells whether anything in memory still knows a picture.
func (b *bench) holdsPixels() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.views.all) > 0 || b.thumbs.kept.Len() > 0 || len(b.entries) > 0 || len(b.boxes) > 0 ||
		len(b.history.undo) > 0 || len(b.history.redo) > 0
}

func TestDeadline_TakesAllOfIt(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	ids := b.Add(Source{Image: disc(40, 40), Name: "pasted"}, Source{Path: write(t, dir, "file.png", pngOf(disc(30, 30)))},
		Source{Image: disc(20, 20), Name: "removed"})
	b.wait(t)
	b.SetEdit(ids[0], red(), "undo.background")
	b.Reprocess(ids[:1], engine.Request{Model: engine.BuiltIn}, "undo.model")
	b.wait(t)
	b.Remove(ids[2])
	for _, id := range ids[:2] {
		if _, err := b.Show(ctx, id, image.Pt(10, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if n, next := b.Clearing(); n != 3 || !next.Equal(b.clock.Wall().Add(30*time.Minute)) {
		t.Errorf("%d, %v", n, next)
	}
	b.tick(30*time.Minute - time.Second)
	if len(b.Items()) != 2 {
		t.Fatal("it went too early")
	}
	lists := make(chan bool, 100)
	defer b.OnChange(func(e Event) {
		if e.IDs == nil {
			lists <- true
		}
	})()
	b.tick(time.Second)
	eventually(t, "the list is empty", func() bool { b.clock.Advance(time.Second); return len(b.Items()) == 0 })
	eventually(t, "nothing is in memory", func() bool { return !b.holdsPixels() })
	if b.parts(t) != 0 {
		t.Error("something is left on disk")
	}
	if n, _ := b.Clearing(); n != 0 {
		t.Errorf("%d working copies", n)
	}
	if b.Undo() || b.Redo() {
		t.Error("the history remembers")
	}
	if _, err := b.Cutout(ctx, ids[0]); fault.Of(err) != fault.Expired {
		t.Errorf("%v", err)
	}
	eventually(t, "the window is told", func() bool { return len(lists) > 0 })
}

// hasty is the system's clock, a few thousand times as fast.
type hasty struct{ start time.Time }

const haste = 3000

func (h hasty) Boot() time.Duration                    { return time.Since(h.start) * haste }
func (h hasty) Wall() time.Time                        { return h.start.Add(h.Boot()) }
func (h hasty) After(d time.Duration) <-chan time.Time { return time.After(d / haste) }

// With a clock that runs by itself nobody has to do anything: list, memory
// and folder empty at the deadline, and not before.
func TestDeadline_ByItself(t *testing.T) {
	dir := t.TempDir()
	clock := hasty{time.Now()}
	store := cache.Open(dir, cache.Options{Clock: clock})
	choices := settings.Open("")
	choices.Update(func(s *settings.Settings) { s.ClearAfter = 60 })
	b := &bench{dir: dir, Workspace: Open(Config{Remover: &fake{}, Clock: clock, Cache: store, Settings: choices})}
	defer b.Close()
	b.Add(Source{Image: disc(20, 20)}, Source{Path: write(t, t.TempDir(), "a.png", pngOf(disc(20, 20)))})
	b.wait(t)
	if len(b.Items()) != 2 || b.parts(t) != 4 {
		t.Fatalf("%d items, %d parts", len(b.Items()), b.parts(t))
	}
	first := b.Items()[0].Deadline
	for len(b.Items()) == 2 {
		time.Sleep(time.Millisecond)
	}
	if now := clock.Wall(); now.Before(first) {
		t.Errorf("gone %v too early", first.Sub(now))
	}
	eventually(t, "nothing is left", func() bool { return len(b.Items()) == 0 && b.parts(t) == 0 && !b.holdsPixels() })
}

func TestDeadline_AfterSleep(t *testing.T) {
	b := newBench(t, &fake{})
	b.Add(Source{Image: disc(20, 20)})
	b.wait(t)
	b.clock.Sleep(8 * time.Hour)
	b.tick(time.Second)
	eventually(t, "it is gone within a moment of waking up", func() bool { return len(b.Items()) == 0 && b.parts(t) == 0 })
}

func TestDeadline_WaitingPicturesWaitOn(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	b.setPaused(true)
	id := b.Add(Source{Path: write(t, t.TempDir(), "a.png", pngOf(disc(30, 30)))})[0]
	eventually(t, "a thumbnail is there", func() bool { return b.item(t, id).Thumb != nil })
	b.tick(29 * time.Minute)
	b.mu.Lock()
	queued := len(b.boxes)
	b.mu.Unlock()
	if queued != 1 {
		t.Errorf("%d boxes", queued)
	}
	b.tick(time.Minute)
	eventually(t, "what was read of it is gone", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		e := b.entries[id]
		return e != nil && e.thumb == nil && e.box == nil
	})
	close(f.hold)
	b.setPaused(false)
	b.wait(t)
	it := b.item(t, id)
	if it.State != Done || !it.Deadline.After(b.clock.Wall().Add(29*time.Minute)) {
		t.Errorf("%+v at %v", it, b.clock.Wall())
	}
}

func TestExpiring_ToldFiveMinutesBefore(t *testing.T) {
	b := newBench(t, &fake{})
	ids := b.Add(Source{Image: disc(20, 20), Name: "a"}, Source{Image: disc(20, 20), Name: "b"})
	b.wait(t)
	b.Save(ctx, ids[1], SaveTo{Dir: t.TempDir()}, nil)
	b.tick(24*time.Minute + 50*time.Second)
	if got := b.Expiring(); len(got) != 0 {
		t.Errorf("%v", got)
	}
	time.Sleep(4 * breath) // what was changed before is told of by now
	var mu sync.Mutex
	var told []ID
	defer b.OnChange(func(e Event) { mu.Lock(); defer mu.Unlock(); told = append(told, e.IDs...) })()
	b.tick(10 * time.Second)
	if got := b.Expiring(); !slices.Equal(got, ids[:1]) {
		t.Errorf("%v", got)
	}
	eventually(t, "it is told", func() bool {
		b.clock.Advance(time.Second)
		mu.Lock()
		defer mu.Unlock()
		return slices.Contains(told, ids[0])
	})
	mu.Lock()
	if slices.Contains(told, ids[1]) {
		t.Error("a saved one is told of")
	}
	mu.Unlock()
	b.SetEdit(ids[1], red(), "undo.background") // no longer saved as it is
	if got := b.Unsaved(); !slices.Equal(got, ids) {
		t.Errorf("%v", got)
	}
	b.Undo()
	if got := b.Unsaved(); !slices.Equal(got, ids[:1]) {
		t.Errorf("saved again by undo: %v", got)
	}
}

func TestSetting_ClearAfter(t *testing.T) {
	b := newBench(t, &fake{})
	id := b.Add(Source{Image: disc(20, 20)})[0]
	b.wait(t)
	start := b.clock.Wall()
	b.c.Settings.Update(func(s *settings.Settings) { s.ClearAfter = 15 })
	if it := b.item(t, id); !it.Deadline.Equal(start.Add(15 * time.Minute)) {
		t.Errorf("%v", it.Deadline)
	}
	b.c.Settings.Update(func(s *settings.Settings) { s.ClearAfter = 60 })
	if it := b.item(t, id); !it.Deadline.Equal(start.Add(time.Hour)) {
		t.Errorf("%v", it.Deadline)
	}
}

func TestRestart_FromTheFile(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	path := write(t, dir, "a.png", pngOf(disc(30, 30)))
	ids := b.Add(Source{Path: path}, Source{Image: disc(20, 20)})
	b.wait(t)
	b.SetEdit(ids[0], red(), "undo.background")
	b.tick(20 * time.Minute)
	write(t, dir, "a.png", pngOf(disc(36, 30)))
	b.Restart(ids...)
	b.wait(t)
	it := b.item(t, ids[0])
	if it.State != Done || it.Size != image.Pt(36, 30) || it.Deadline.Sub(b.clock.Wall()) < 29*time.Minute || !b.Edit(ids[0]).Equal(red()) {
		t.Errorf("%+v", it)
	}
	if p, err := b.Original(ctx, ids[0]); err != nil || p.Size() != image.Pt(36, 30) {
		t.Errorf("%v", err)
	}
	if it := b.item(t, ids[1]); it.State != Done || it.Deadline.Sub(b.clock.Wall()) > 11*time.Minute {
		t.Errorf("the pasted one: %+v", it)
	}
	if !b.Undo() || !b.Edit(ids[0]).Equal(compose.Edit{}) {
		t.Error("the edit's history is lost")
	}
}

func TestSizeLimit_OldestMakesRoom(t *testing.T) {
	f := &fake{}
	b := newBench(t, f)
	b.Close()
	b.dir = t.TempDir()
	b.Workspace = Open(Config{Remover: f, Clock: b.clock, Cache: cache.Open(b.dir, cache.Options{Clock: b.clock, Disk: 30_000}), Settings: settings.Open("")})
	t.Cleanup(func() { b.Close() })
	dir := t.TempDir()
	path := write(t, dir, "first.png", pngOf(noisy(60, 60)))
	ids := b.Add(Source{Path: path})
	b.wait(t)
	for range 3 {
		b.clock.Advance(time.Second)
		ids = append(ids, b.Add(Source{Data: pngOf(noisy(60, 60)), Name: "later"})...)
		b.wait(t)
	}
	it := b.item(t, ids[0])
	if it.State != Failed || fault.Of(it.Err) != fault.Expired || it.Thumb != nil {
		t.Fatalf("%+v", it)
	}
	if b.state(ids[3]) != Done {
		t.Error("the newest had to go")
	}
	b.Retry(ids[0])
	b.wait(t)
	if b.state(ids[0]) != Done {
		t.Errorf("%+v", b.item(t, ids[0]))
	}
}

// noisy is a picture that does not compress.
func noisy(w, h int) *image.NRGBA {
	m := disc(w, h)
	x := uint32(1)
	for i := range m.Pix {
		x = x*1664525 + 1013904223
		if i%4 != 3 && i%4 != 0 {
			m.Pix[i] = uint8(x >> 24)
		}
	}
	return m
}

func TestClearNow(t *testing.T) {
	f := &fake{hold: make(chan struct{}, 10)}
	b := newBench(t, f)
	f.hold <- struct{}{}
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)}, Source{Path: write(t, t.TempDir(), "a.png", pngOf(disc(9, 9)))})
	done := ID(0) // whichever of those at work came to the network first
	eventually(t, "one is done and one works", func() bool {
		for _, id := range ids {
			if b.state(id) == Done {
				done = id
			}
		}
		return done != 0 && f.running.Load() == 1
	})
	b.Remove(done)
	b.ClearNow()
	if len(b.Items()) != 0 || b.holdsPixels() {
		t.Error("not all is cleared")
	}
	eventually(t, "what was being written is gone too", func() bool { return b.parts(t) == 0 })
	if b.Undo() {
		t.Error("the history remembers")
	}
	eventually(t, "work stops", func() bool { return f.running.Load() == 0 })
	close(f.hold)
	ids = b.Add(Source{Image: disc(20, 20)})
	b.wait(t)
	if b.state(ids[0]) != Done {
		t.Error("it does not go on afterwards")
	}
}

func TestClose_LeavesNothingAndAnswers(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)})
	eventually(t, "one works", func() bool { return f.running.Load() == 1 })
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	left, _ := filepath.Glob(filepath.Join(b.dir, "run-*"))
	if len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	b.Close()
	b.Remove(ids...)
	b.Retry(ids...)
	b.Undo()
	b.wait(t)
	if b.Add(Source{Image: disc(9, 9)}) != nil || len(b.Items()) != 0 {
		t.Error("a closed workspace took something in")
	}
	if _, err := b.Original(ctx, ids[0]); fault.Of(err) != fault.Expired {
		t.Errorf("%v", err)
	}
}
