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

// looked waits for a first look.
func (b *bench) looked(t *testing.T, id ID) {
	t.Helper()
	eventually(t, "a first look", func() bool { return b.item(t, id).Preview })
}

// While the network is busy a first look comes also at pictures that a worker
// decoded before they were shown, and at those that still wait.
func TestFirstLook_WhileTheNetworkIsBusy(t *testing.T) {
	b, ids, gate := browse(t, 8)
	defer close(gate)
	eventually(t, "two are taken", func() bool { return b.state(ids[0]) == Working && b.state(ids[1]) == Working })
	time.Sleep(100 * time.Millisecond) // and decoded
	for _, id := range []ID{ids[0], ids[1], ids[3], ids[4], ids[5]} {
		b.Prefer(id)
		b.looked(t, id)
	}
}

// Going on to another picture and back finds the first look.
func TestFirstLook_ThereAndBack(t *testing.T) {
	b, ids, gate := browse(t, 3)
	defer close(gate)
	b.Prefer(ids[0])
	b.looked(t, ids[0])
	b.Prefer(ids[1])
	b.looked(t, ids[1])
	b.Prefer(ids[0])
	b.looked(t, ids[0])
}

// Stopping or failing keeps what there is of a first look, shown or not.
func TestFirstLook_StaysWhileAnotherIsLookedAt(t *testing.T) {
	for _, how := range []string{"stop", "fail"} {
		b, ids, gate := browse(t, 1)
		b.Prefer(ids[0])
		b.looked(t, ids[0])
		other := b.Add(Source{Image: disc(22, 20)})[0]
		b.Prefer(other)
		b.looked(t, other)
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
