package app

import (
	"image"
	"image/color"
	"testing"
	"time"

	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
)

// slowImage blocks in At until let go: a picture that takes long to store.
type slowImage struct{ gate chan struct{} }

func (slowImage) ColorModel() color.Model { return color.NRGBAModel }
func (slowImage) Bounds() image.Rectangle { return image.Rect(0, 0, 4, 4) }
func (s slowImage) At(x, y int) color.Color {
	<-s.gate
	return color.NRGBA{255, 255, 255, 255}
}

// Who waits to see a picture is let go when all is cleared.
func TestFirstLook_NobodyWaitsAfterClearing(t *testing.T) {
	b := newBench(t, (&fake{}).models2())
	s := slowImage{make(chan struct{})}
	defer close(s.gate)
	eventually(t, "idle", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return b.idlers == 3 })
	id := b.Add(Source{Image: s})[0]
	b.Prefer(id)
	said := make(chan error, 1)
	go func() { _, err := b.Show(ctx, id, image.Pt(10, 10)); said <- err }()
	time.Sleep(100 * time.Millisecond)
	b.ClearNow()
	select {
	case <-said:
	case <-time.After(3 * time.Second):
		t.Fatal("Show waits for ever after ClearNow")
	}
}

// Undo of what was being done undoes the stop of it.
func TestFirstLook_UndoForgetsTheStop(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	b.Reprocess([]ID{id}, engine.Request{Model: "big"}, "x")
	f.hold <- struct{}{}
	eventually(t, "look", func() bool { return b.item(t, id).Preview })
	b.setPaused(true)
	b.Cancel(id)
	b.Undo()
	b.setPaused(false)
	close(f.hold)
	b.wait(t)
	if it := b.item(t, id); it.Model != engine.Best {
		t.Errorf("Undo of Reprocess gave %q, asked was the best: %+v", it.Model, f.requests)
	}
}

// What was stopped at is a result like any other: Undo comes back to it.
func TestFirstLook_UndoBackToWhatWasStoppedAt(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	b.Cancel(id)
	close(f.hold)
	b.wait(t)
	if it := b.item(t, id); it.State != Done || it.Model != engine.BuiltIn {
		t.Fatalf("%+v", it)
	}
	b.Save(ctx, id, SaveTo{Dir: t.TempDir()}, nil)
	b.Reprocess([]ID{id}, engine.Request{Model: "big"}, "x")
	b.wait(t)
	n := f.calls.Load()
	b.Undo()
	if it := b.item(t, id); it.State != Done {
		t.Errorf("right after Undo: %v", it.State)
	}
	b.wait(t)
	if it := b.item(t, id); it.Model != engine.BuiltIn || f.calls.Load() != n || !it.Saved {
		t.Errorf("Undo back to what was settled gave %+v, %d more calls", it, f.calls.Load()-n)
	}
}

// Where the built-in network finds nothing the whole picture is shown.
func TestFirstLook_WithoutCutOutTheWholeIsShown(t *testing.T) {
	f := &fake{fails: map[int]error{1280: fault.New(fault.NoSubject, "", nil)}}
	f.hold = make(chan struct{})
	b := newBench(t, f.models2())
	id := b.Add(Source{Image: disc(2600, 1300)})[0]
	b.Prefer(id)
	eventually(t, "first look's network", func() bool { return f.running.Load() == 1 })
	f.hold <- struct{}{}
	eventually(t, "best network", func() bool { return f.calls.Load() == 2 && f.running.Load() == 1 })
	b.mu.Lock()
	has := b.views.get(b.entries[id]) != nil
	b.mu.Unlock()
	s, err := b.Show(ctx, id, image.Pt(2600, 2600))
	if err != nil {
		t.Fatal(err)
	}
	if has && s.Before.Bounds().Dx() == 1280 {
		t.Error("whole picture is in memory, no cut-out will come of the first look, and still 1280 px are shown")
	}
	close(f.hold)
	b.wait(t)
}

// What the built-in network cannot do after a stop it is not asked for again.
func TestFirstLook_TheSameNetworkIsNotAskedTwice(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	b.Cancel(id)
	eventually(t, "settle run", func() bool { return f.calls.Load() == 3 && f.running.Load() == 1 })
	f.fails = map[int]error{20: fault.New(fault.NoSubject, "", nil)}
	close(f.hold)
	b.wait(t)
	if n := f.calls.Load(); n != 3 {
		t.Errorf("%d calls: the built-in network was asked again after it had failed: %+v", n, f.requests)
	}
}

// Who stopped at a first look is not given the best after all.
func TestFirstLook_StopIsRemembered(t *testing.T) {
	for name, what := range map[string]func(b *bench, id ID){
		"expiry": func(b *bench, id ID) { b.clock.Advance(31 * time.Minute) },
		"remove": func(b *bench, id ID) { b.Remove(id); b.Undo() },
	} {
		f := &fake{}
		b, id := looking(t, f, Source{Path: write(t, t.TempDir(), "a.png", pngOf(disc(20, 20)))})
		b.Cancel(id)
		eventually(t, "settle run", func() bool { return f.calls.Load() == 3 && f.running.Load() == 1 })
		what(b, id)
		close(f.hold)
		time.Sleep(50 * time.Millisecond)
		b.wait(t)
		if it := b.item(t, id); it.Model != engine.BuiltIn {
			t.Errorf("%s: %q ran though the person had stopped at the first look", name, it.Model)
		}
	}
}

// A large canvas is shown at the size of the screen.
func TestFirstLook_NoLargerThanAskedFor(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	b.SetEdit(id, compose.Edit{Canvas: compose.Canvas{W: 6000, H: 6000}}, "x")
	s, err := b.Show(ctx, id, image.Pt(100, 100))
	if err != nil {
		t.Fatal(err)
	}
	if s.After.Bounds().Dx() > 100 {
		t.Errorf("first look of a canvas: %v where 100 x 100 is the most", s.After.Bounds())
	}
	close(f.hold)
	b.wait(t)
}
