package app

import (
	"context"
	"testing"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/picture"
)

// slowBest: only the best network waits.
type slowBest struct {
	*fake
	gate chan struct{}
}

func (s *slowBest) Remove(ctx context.Context, pic *picture.Picture, r engine.Request, p func(float64)) (*engine.Result, error) {
	if r.Model != engine.BuiltIn {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return s.fake.Remove(ctx, pic, r, p)
}

func browse(t *testing.T, n int) (*bench, []ID, chan struct{}) {
	s := &slowBest{(&fake{}).models2(), make(chan struct{})}
	b := &bench{dir: t.TempDir(), fake: s.fake}
	b.Workspace = Open(Config{Remover: s, Cache: cache.Open(b.dir, cache.Options{}), Settings: settings.Open("")})
	t.Cleanup(func() { b.Close() })
	var src []Source
	for i := range n {
		src = append(src, Source{Image: disc(20+i, 20)})
	}
	return b, b.Add(src...), s.gate
}

func soon(so func() bool) bool {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

// A picture that a worker decoded before it was shown gets a first look too.
func TestFirstLook_AtWhatWasTakenBefore(t *testing.T) {
	b, ids, gate := browse(t, 4)
	defer close(gate)
	eventually(t, "two are taken", func() bool { return b.state(ids[0]) == Working && b.state(ids[1]) == Working })
	time.Sleep(100 * time.Millisecond)
	for _, id := range ids[:2] {
		b.Prefer(id)
		if !soon(func() bool { return b.item(t, id).Preview }) {
			t.Errorf("item %d: no first look: it was taken before it was on screen", id)
		}
	}
}

// Flipping through pictures that wait shows a first look at each.
func TestFirstLook_WhileTheNetworkIsBusy(t *testing.T) {
	b, ids, gate := browse(t, 8)
	defer close(gate)
	eventually(t, "two are taken", func() bool { return b.state(ids[0]) == Working && b.state(ids[1]) == Working })
	time.Sleep(100 * time.Millisecond)
	for _, id := range ids[3:6] {
		b.Prefer(id)
		if !soon(func() bool { return b.item(t, id).Preview }) {
			t.Errorf("item %d: no first look while the network is busy", id)
		}
	}
}

// Going on to another picture and back finds the first look.
func TestFirstLook_ThereAndBack(t *testing.T) {
	b, ids, gate := browse(t, 3)
	defer close(gate)
	b.Prefer(ids[0])
	if !soon(func() bool { return b.item(t, ids[0]).Preview }) {
		t.Fatal("there is no first look")
	}
	b.Prefer(ids[1])
	soon(func() bool { return b.item(t, ids[1]).Preview })
	b.Prefer(ids[0])
	if !soon(func() bool { return b.item(t, ids[0]).Preview }) {
		t.Error("back at the first one there is no first look any more")
	}
}

// Stopping or failing keeps what there is of a first look, shown or not.
func TestFirstLook_StaysWhileAnotherIsLookedAt(t *testing.T) {
	for _, how := range []string{"stop", "fail"} {
		b, ids, gate := browse(t, 0)
		ids = b.Add(Source{Image: disc(20, 20)})
		b.Prefer(ids[0])
		if !soon(func() bool { return b.item(t, ids[0]).Preview }) {
			t.Fatal("there is no first look")
		}
		other := b.Add(Source{Image: disc(22, 20)})[0]
		b.Prefer(other)
		soon(func() bool { return b.item(t, other).Preview })
		if how == "stop" {
			b.Cancel(ids[0])
		} else {
			b.fake.noBest = context.DeadlineExceeded
		}
		close(gate)
		b.wait(t)
		if it := b.item(t, ids[0]); it.State != Done {
			t.Errorf("%s: state %v, result of its first look was not kept", how, it.State)
		}
	}
}
