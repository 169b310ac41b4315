package app

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kirinuki/engine"
	"kirinuki/engine/fault"
)

// Six hands do everything at once while networks answer at random moments: no
// first look outlives its copy or its work, and nobody waits for ever.
func TestFirstLook_ManyHands(t *testing.T) {
	for seed := range 4 {
		f := (&fake{fails: map[int]error{13: fault.New(fault.NoSubject, "", nil)}}).models2()
		f.hold = make(chan struct{})
		if seed%2 == 1 {
			f.noBest = fault.New(fault.BadModel, "", nil)
		}
		b := newBench(t, f)
		stop := make(chan struct{})
		go func() {
			for {
				select {
				case <-stop:
					return
				case f.hold <- struct{}{}:
					time.Sleep(time.Duration(rand.IntN(400)) * time.Microsecond)
				}
			}
		}()
		dir := t.TempDir()
		for i := range 5 {
			write(t, dir, fmt.Sprintf("in/%d.jpg", i), jpegOf(disc(1400, 30)))
		}
		var hands sync.WaitGroup
		for n := range 6 {
			hands.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), uint64(seed)))
				for range 120 {
					items := b.Items()
					for _, it := range items {
						if it.Preview && it.State != Working && it.State != Waiting {
							t.Errorf("preview of %+v", it)
						}
					}
					if len(items) < 4 {
						ids := b.Add(Source{Path: filepath.Join(dir, "in")}, Source{Path: filepath.Join(dir, "in", "1.jpg")}, Source{Image: disc(12+r.IntN(4), 13), Name: "x"}, Source{Data: pngOf(disc(9, 9)), Name: "y"})
						b.Prefer(ids[0])
						continue
					}
					id := items[r.IntN(len(items))].ID
					switch r.IntN(14) {
					case 0:
						b.Remove(id)
					case 1:
						b.Undo()
					case 2:
						b.Redo()
					case 3, 4:
						b.Cancel(id)
					case 5:
						b.Retry(id)
					case 6, 7, 8, 9:
						b.Prefer(id)
						c, cancel := context.WithTimeout(ctx, 20*time.Second)
						b.Show(c, id, image.Pt(20, 20))
						if c.Err() != nil {
							t.Errorf("Show hung: %+v", b.Items())
						}
						cancel()
					case 10:
						b.Reprocess([]ID{id}, engine.Request{Model: engine.BuiltIn}, "x")
					case 11:
						b.clock.Advance(time.Duration(r.IntN(300)) * time.Second)
					case 12:
						b.Restart(id)
					default:
						b.mu.Lock()
						for _, e := range b.entries {
							if e.look != nil && (e.box == nil || e.result != nil || !e.listed || e.state != Working && e.state != Waiting) {
								t.Errorf("first look of %+v", e)
							}
						}
						b.mu.Unlock()
					}
				}
			})
		}
		hands.Wait()
		b.wait(t)
		if b.looks() {
			t.Errorf("seed %d: first look at rest", seed)
		}
		close(stop)
		b.Close()
	}
}
