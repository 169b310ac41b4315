package app

import (
	"image"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/fault"
)

// Many hands at once do whatever they can. Nothing locks up, nothing is lost,
// nothing stays behind.
func TestWorkspace_ManyHands(t *testing.T) {
	b := newBench(t, (&fake{fails: map[int]error{13: fault.New(fault.NoSubject, "", nil)}}).models2())
	dir := t.TempDir()
	for _, name := range []string{"in/a.png", "in/b.png", "in/sub/c.png"} {
		write(t, dir, name, pngOf(disc(24, 24)))
	}
	b.c.Settings.Update(func(s *settings.Settings) { s.UndoLimit = 10 })
	out := t.TempDir()
	defer b.OnChange(func(Event) { b.Items(); b.CanUndo() })()
	var hands sync.WaitGroup
	for n := range 6 {
		hands.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 9))
			for range 150 {
				items := b.Items()
				if len(items) < 4 {
					b.Add(Source{Path: filepath.Join(dir, "in")}, Source{Image: disc(12+r.IntN(4), 13), Name: "x"}, Source{Data: pngOf(disc(9, 9)), Name: "y"})
					continue
				}
				id := items[r.IntN(len(items))].ID
				switch r.IntN(16) {
				case 0:
					b.Remove(id, items[0].ID)
				case 1, 2:
					b.Undo()
				case 3:
					b.Redo()
				case 4:
					b.Cancel(id)
				case 5:
					b.Retry(id)
				case 6, 7:
					b.Prefer(id)
					b.Show(ctx, id, image.Pt(20, 20))
				case 8:
					b.Save(ctx, id, SaveTo{Dir: out}, nil)
				case 9:
					e := b.Edit(id)
					e.Edge.Feather = r.Float64()
					b.SetEdit(id, e, "undo.edge")
				case 10:
					b.ApplyToAll(id, "undo.apply")
				case 11:
					b.Reprocess([]ID{id, items[0].ID}, engine.Request{Model: engine.BuiltIn}, "undo.reprocess")
				case 12:
					b.clock.Advance(time.Duration(r.IntN(120)) * time.Second)
				case 13:
					b.Restart(id)
				case 14:
					b.Add(Source{Path: filepath.Join(dir, "in")})
				default:
					if r.IntN(20) == 0 {
						b.ClearNow()
					}
					b.Item(id)
					b.Clearing()
					b.Unsaved()
				}
			}
		})
	}
	hands.Wait()
	for _, it := range b.Items() {
		if it.State == Cancelled {
			b.Retry(it.ID)
		}
	}
	b.wait(t)
	b.mu.Lock()
	listed := 0
	for id, e := range b.entries {
		if e.run != nil || e.id != id {
			t.Errorf("item %d: %+v", id, e)
		}
		if e.listed {
			listed++
		}
		if e.box != nil && b.boxes[e.box] != e {
			t.Errorf("item %d has a box that is not known", id)
		}
		if e.thumb != nil && e.box == nil && e.timer == nil {
			t.Errorf("item %d has a thumbnail without an end", id)
		}
		if e.listed && e.state == Done && (e.result == nil || e.box == nil || !e.box.Has(e.result.part)) {
			t.Errorf("item %d is done without a result: %v", id, e.result)
		}
	}
	if listed != len(b.order) {
		t.Errorf("%d items in the list of %d", listed, len(b.order))
	}
	if n := b.c.Cache.State().Boxes; n != len(b.boxes) {
		t.Errorf("the cache has %d boxes, the workspace %d", n, len(b.boxes))
	}
	b.mu.Unlock()
	for _, it := range b.Items() {
		if it.State != Done {
			if it.State == Failed && fault.Of(it.Err) == fault.NoSubject {
				continue
			}
			t.Errorf("%+v", it)
			continue
		}
		if _, err := b.Cutout(ctx, it.ID); err != nil {
			t.Errorf("item %d: %v", it.ID, err)
		}
	}
	b.Close()
	if b.parts(t) != 0 {
		t.Error("something stays on disk")
	}
}
