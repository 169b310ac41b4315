package ui

import (
	"context"
	"image"
	"sync/atomic"
	"testing"
	"time"

	"kirinuki/app"
	"kirinuki/engine/compose"
	"kirinuki/ui/uitest"
)

// smallLook shows, as a first look does, fewer pixels than the window has.
type smallLook struct {
	*uitest.Workspace
	shows atomic.Int32
}

func (s *smallLook) Show(ctx context.Context, id app.ID, most image.Point) (app.Shown, error) {
	s.shows.Add(1)
	m := image.NewNRGBA(image.Rect(0, 0, 128, 96))
	it, _ := s.Item(id)
	return app.Shown{Before: m, After: m, Layout: compose.Layout{W: 4000, H: 3000, Scale: 1}, Revision: it.Revision}, nil
}

func TestFirstLook_IsFetchedOnce(t *testing.T) {
	var s *smallLook
	w, ws, _ := open(t, func(d *Deps) {
		u := d.Workspace.(*uitest.Workspace)
		u.Auto, u.Size = false, image.Pt(4000, 3000)
		s = &smallLook{Workspace: u}
		d.Workspace = s
	})
	w.Drop(uris("/a.jpg"))
	ws.Set(1, func(i *app.Item) { i.State, i.Preview, i.Progress = app.Working, true, 0.3 })
	pump()
	until(t, "fetched", func() bool { return !w.view.loading && w.view.stage.ViewSize().X > 0 })
	before := s.shows.Load()
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		pump()
	}
	if n := s.shows.Load() - before; n > 2 {
		t.Errorf("the same first look was rendered %d times in two seconds in which nothing changed", n)
	}
}
