package app

import (
	"errors"
	"image"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
)

// looking adds a picture that somebody looks at to a workspace whose networks
// wait, and lets the built-in one see it.
func looking(t *testing.T, f *fake, src Source) (*bench, ID) {
	t.Helper()
	f.hold = make(chan struct{})
	b := newBench(t, f.models2())
	b.setPaused(true)
	id := b.Add(src)[0]
	b.Prefer(id)
	b.setPaused(false)
	eventually(t, "the built-in network is at it", func() bool { return f.running.Load() == 1 })
	if it := b.item(t, id); it.Preview || it.State != Working {
		t.Errorf("before the network has spoken: %+v", it)
	}
	if s, err := b.Show(ctx, id, image.Pt(100, 100)); err != nil || s.Before == nil || s.After != nil {
		t.Errorf("the picture alone should be seen: %+v, %v", s, err)
	}
	f.hold <- struct{}{}
	eventually(t, "the first look is there", func() bool { return b.item(t, id).Preview })
	return b, id
}

// looks tells whether there is any first look.
func (b *bench) looks() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.look != nil {
			return true
		}
	}
	return false
}

// mark tells whether the built-in network made what is shown.
func mark(t *testing.T, b *bench, id ID) bool {
	t.Helper()
	s, err := b.Show(ctx, id, image.Pt(100, 100))
	if err != nil || s.After == nil {
		t.Fatalf("nothing is shown: %v", err)
	}
	return s.After.(*image.NRGBA).Pix[3] == 7
}

func TestFirstLook_ThenTheBest(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	if it := b.item(t, id); it.Model != engine.BuiltIn || it.State != Working || it.Size != image.Pt(20, 20) || it.Thumb == nil {
		t.Errorf("%+v", it)
	}
	if !mark(t, b, id) {
		t.Error("the first look is not what is shown")
	}
	if _, err := b.Cutout(ctx, id); fault.Of(err) != fault.NotFound {
		t.Errorf("it passes for a result: %v", err)
	}
	if len(b.Unsaved()) != 0 {
		t.Error("there is nothing to lose yet")
	}
	b.Add(Source{Image: disc(22, 22)})
	close(f.hold)
	b.wait(t)
	if it := b.item(t, id); it.Preview || it.Model != engine.Best || it.State != Done {
		t.Errorf("%+v", it)
	}
	if mark(t, b, id) || b.looks() {
		t.Error("the first look stayed")
	}
	if f.calls.Load() != 3 { // the second picture is not looked at
		t.Errorf("%d calls", f.calls.Load())
	}
	if f.requests[0] != (engine.Request{Method: engine.Auto, Model: engine.BuiltIn, Quality: matte.Draft}) {
		t.Errorf("%+v", f.requests[0])
	}
	if !slices.Equal(f.warmed, []string{engine.BuiltIn}) { // nor is its network made ready
		t.Errorf("%q were made ready", f.warmed)
	}
	if n := b.parts(t); n != 4 {
		t.Errorf("%d parts are kept of two pictures", n)
	}
}

func TestFirstLook_ShowsEdits(t *testing.T) {
	f := &fake{}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	b.SetEdit(id, compose.Edit{Background: compose.Background{Kind: "color", Color: "#ff0000"}}, "x")
	s, err := b.Show(ctx, id, image.Pt(100, 100))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, a := s.After.At(0, 19).RGBA(); r>>8 != 255 || g != 0 || a>>8 != 255 {
		t.Errorf("%v", s.After.At(0, 19))
	}
	close(f.hold)
}

// TestFirstLook_IsSmall: of a large photo there is one also where no better
// network will follow, and it is of a screen's size.
func TestFirstLook_IsSmall(t *testing.T) {
	f := &fake{models: []engine.ModelInfo{{Name: engine.BuiltIn, Best: true, BuiltIn: true, Installed: true}}, hold: make(chan struct{})}
	b := newBench(t, f)
	id := b.Add(Source{Path: write(t, t.TempDir(), "large.jpg", jpegOf(disc(2600, 1300)))})[0]
	b.Prefer(id)
	f.hold <- struct{}{}
	eventually(t, "the first look is there", func() bool { return b.item(t, id).Preview })
	if it := b.item(t, id); it.Size != image.Pt(2600, 1300) {
		t.Errorf("size %v", it.Size)
	}
	s, err := b.Show(ctx, id, image.Pt(4000, 4000))
	if err != nil || s.After.Bounds().Size() != image.Pt(1280, 640) || s.Layout.W != 2600 || s.Layout.H != 1300 {
		t.Errorf("%v: %v of %+v", err, s.After.Bounds(), s.Layout)
	}
	close(f.hold)
	b.wait(t)
	if f.calls.Load() != 2 || b.item(t, id).State != Done {
		t.Errorf("%d calls", f.calls.Load())
	}
	if c, err := b.Cutout(ctx, id); err != nil || c.Alpha.Rect.Size() != image.Pt(2600, 1300) {
		t.Error("the result is not of full size", err)
	}
}

func TestFirstLook_NotForNothing(t *testing.T) {
	only := []engine.ModelInfo{{Name: engine.BuiltIn, Best: true, BuiltIn: true, Installed: true}}
	for name, c := range map[string]struct {
		models []engine.ModelInfo
		with   func(*settings.Settings)
		look   bool
	}{
		"no better network":     {only, nil, true},
		"nobody looks":          {(&fake{}).models2().models, nil, false},
		"the colour key":        {(&fake{}).models2().models, func(s *settings.Settings) { s.Method = string(engine.ColorKey) }, true},
		"fast is asked for":     {(&fake{}).models2().models, func(s *settings.Settings) { s.Quality = "fast" }, true},
		"no built-in network":   {[]engine.ModelInfo{{Name: "big", Best: true, Installed: true}}, nil, true},
		"the engine is unknown": {nil, nil, true},
	} {
		f := &fake{models: c.models}
		b := newBench(t, f)
		if c.with != nil {
			b.c.Settings.Update(c.with)
		}
		b.setPaused(true)
		id := b.Add(Source{Image: disc(20, 20)})[0]
		if c.look {
			b.Prefer(id)
		}
		b.setPaused(false)
		b.wait(t)
		if f.calls.Load() != 1 {
			t.Errorf("%s: %d calls", name, f.calls.Load())
		}
	}
}

// TestFirstLook_StopIsEnough: who stops there gets the built-in network's
// result; who stops again gets none.
func TestFirstLook_StopIsEnough(t *testing.T) {
	for _, twice := range []bool{false, true} {
		f := &fake{}
		b, id := looking(t, f, Source{Image: disc(20, 20)})
		b.Cancel(id)
		eventually(t, "the built-in network is asked for a result", func() bool { return f.calls.Load() == 3 && f.running.Load() == 1 })
		if !mark(t, b, id) {
			t.Error("the first look went meanwhile")
		}
		want := Done
		if twice {
			want = Cancelled
			b.Cancel(id)
		}
		close(f.hold)
		b.wait(t)
		it := b.item(t, id)
		if it.State != want || it.Preview || it.Err != nil || b.looks() {
			t.Errorf("twice %v: %+v", twice, it)
		}
		if _, err := b.Cutout(ctx, id); (err == nil) == twice {
			t.Errorf("twice %v: %v", twice, err)
		}
		if !twice && (it.Model != engine.BuiltIn || f.requests[2].Quality == matte.Draft) {
			t.Errorf("%+v after %+v", it, f.requests)
		}
		if twice {
			b.Retry(id)
			b.wait(t)
			if it := b.item(t, id); it.Model != engine.Best {
				t.Errorf("trying again gave %+v", it)
			}
		}
	}
}

// TestFirstLook_BetterThanNothing: where the best network fails there is the
// built-in one's result, and the error is told.
func TestFirstLook_BetterThanNothing(t *testing.T) {
	f := &fake{noBest: fault.New(fault.BadModel, "", errors.New("broken"))}
	b, id := looking(t, f, Source{Image: disc(20, 20)})
	close(f.hold)
	b.wait(t)
	it := b.item(t, id)
	if it.State != Done || it.Model != engine.BuiltIn || it.Note != NoteKept || fault.Of(it.Err) != fault.BadModel {
		t.Errorf("%+v", it)
	}
	if c, err := b.Cutout(ctx, id); err != nil || c.Alpha.Pix[0] != 7 {
		t.Error(err)
	}
}

// TestFirstLook_GoesWithItsCopy: nothing of a picture stays in memory longer
// than its working copy.
func TestFirstLook_GoesWithItsCopy(t *testing.T) {
	for name, end := range map[string]func(b *bench, id ID){
		"removed":     func(b *bench, id ID) { b.Remove(id) },
		"cleared":     func(b *bench, id ID) { b.ClearNow() },
		"its time up": func(b *bench, id ID) { b.Prefer(0); b.clock.Advance(31 * time.Minute) },
		"restarted":   func(b *bench, id ID) { b.Prefer(0); b.Restart(id) },
	} {
		f := &fake{}
		b, id := looking(t, f, Source{Path: write(t, t.TempDir(), "a.png", pngOf(disc(20, 20)))})
		end(b, id)
		eventually(t, name+": the first look is gone", func() bool {
			return !b.looks()
		})
		close(f.hold)
	}
}

// TestFirstLook_OfAFolder: who drops a folder looks at its first picture.
func TestFirstLook_OfAFolder(t *testing.T) {
	f := (&fake{}).models2()
	b := newBench(t, f)
	dir := t.TempDir()
	for _, name := range []string{"a.png", "b.png", "c.png"} {
		write(t, dir, name, pngOf(disc(20, 20)))
	}
	b.setPaused(true)
	folder := b.Add(Source{Path: dir})[0]
	b.Prefer(folder)
	eventually(t, "the folder was looked through", func() bool { return len(b.Items()) == 3 && b.Items()[0].ID != folder })
	b.setPaused(false)
	b.wait(t)
	looks := 0
	for _, r := range f.requests {
		if r.Model == engine.BuiltIn {
			looks++
		}
	}
	if looks != 1 || len(f.requests) != 4 {
		t.Errorf("%+v", f.requests)
	}
}

// TestFirstLook_WaitedForInVain: who waits for a picture to be decoded does
// not wait for one that never will be.
func TestFirstLook_WaitedForInVain(t *testing.T) {
	b := newBench(t, (&fake{}).models2())
	dir := t.TempDir()
	broken := write(t, dir, "broken.png", []byte("\x89PNG\r\n\x1a\nand no more"))
	for i := range 300 {
		path, end := broken, func(ID) {}
		switch i % 4 {
		case 0:
			path = filepath.Join(dir, "missing.png")
		case 1:
			end = func(id ID) { b.Cancel(id) }
		case 2:
			end = func(id ID) { b.Remove(id) }
		}
		id := b.Add(Source{Path: path})[0]
		b.Prefer(id)
		said := make(chan error)
		go func() {
			_, err := b.Show(ctx, id, image.Pt(10, 10))
			said <- err
		}()
		end(id)
		select {
		case err := <-said:
			if err == nil {
				t.Errorf("%d: there is nothing to see", i)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%d: it waits for ever", i)
		}
	}
}
