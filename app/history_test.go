package app

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/matte"
)

func red() compose.Edit {
	return compose.Edit{Background: compose.Background{Kind: "color", Color: "#ff0000"}}
}

func blue() compose.Edit {
	return compose.Edit{Background: compose.Background{Kind: "color", Color: "#0000ff"}}
}

func (b *bench) saveBytes(t *testing.T, id ID) []byte {
	t.Helper()
	path, err := b.Save(ctx, id, SaveTo{Path: filepath.Join(t.TempDir(), "x.png")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestUndo_BackToIdenticalBytes(t *testing.T) {
	b := newBench(t, &fake{})
	id := b.Add(Source{Image: disc(40, 40), Name: "x"})[0]
	b.wait(t)
	edits := []compose.Edit{
		red(),
		{Background: red().Background, Strokes: []compose.Stroke{{Tool: compose.Erase, Radius: 6, Hardness: 1, Points: []compose.Point{{X: 10, Y: 10}, {X: 30, Y: 30}}}}},
		{Background: red().Background, Strokes: []compose.Stroke{
			{Tool: compose.Erase, Radius: 6, Hardness: 1, Points: []compose.Point{{X: 10, Y: 10}, {X: 30, Y: 30}}},
			{Tool: compose.Restore, Radius: 4, Hardness: 0.5, Points: []compose.Point{{X: 20, Y: 5}, {X: 20, Y: 35}}}}},
		{Crop: compose.Crop{Trim: true, Margin: 0.1}},
	}
	states := [][]byte{b.saveBytes(t, id)}
	for _, e := range edits {
		b.SetEdit(id, e, "undo.edit")
		states = append(states, b.saveBytes(t, id))
	}
	for i := 1; i < len(states); i++ {
		if bytes.Equal(states[i], states[i-1]) {
			t.Fatalf("edit %d changes nothing", i)
		}
	}
	for i := len(states) - 2; i >= 0; i-- {
		if !b.Undo() || !bytes.Equal(b.saveBytes(t, id), states[i]) {
			t.Errorf("undo to %d gives other bytes", i)
		}
	}
	if b.Undo() {
		t.Error("there is more to undo than was done")
	}
	for i := 1; i < len(states); i++ {
		if !b.Redo() || !bytes.Equal(b.saveBytes(t, id), states[i]) {
			t.Errorf("redo to %d gives other bytes", i)
		}
	}
	if b.Redo() {
		t.Error("there is more to redo than was undone")
	}
}

func TestSetEdit_OneStepPerDrag(t *testing.T) {
	b := newBench(t, &fake{})
	id := b.Add(Source{Image: disc(20, 20)})[0]
	b.wait(t)
	b.SetEdit(id, red(), "undo.background")
	live := blue()
	for i := range 50 {
		live.Shadow = compose.Shadow{Kind: "drop", Distance: float64(i) / 100}
		b.SetEditLive(id, live)
	}
	if got := b.Edit(id); !got.Equal(live) {
		t.Error("a live edit is not shown")
	}
	b.SetEdit(id, live, "undo.shadow")
	if label, ok := b.CanUndo(); !ok || label != "undo.shadow" {
		t.Errorf("%q, %v", label, ok)
	}
	b.SetEdit(id, live, "undo.nothing") // changes nothing, is no step
	b.Undo()
	if got := b.Edit(id); !got.Equal(red()) {
		t.Errorf("undo went to %+v", got)
	}
	if label, ok := b.CanRedo(); !ok || label != "undo.shadow" {
		t.Errorf("%q, %v", label, ok)
	}
	b.Undo()
	if _, ok := b.CanUndo(); ok || !b.Edit(id).Equal(compose.Edit{}) {
		t.Error("the first step is not the first")
	}
	b.SetEdit(id, blue(), "undo.other")
	if _, ok := b.CanRedo(); ok {
		t.Error("a new step left the way back forward")
	}
}

// What the caller does with its own slices afterwards changes nothing.
func TestEdit_IsAValue(t *testing.T) {
	b := newBench(t, &fake{})
	id := b.Add(Source{Image: disc(20, 20)})[0]
	points := []compose.Point{{X: 1, Y: 1}}
	e := compose.Edit{Strokes: []compose.Stroke{{Tool: compose.Erase, Radius: 3, Points: points}}, Parts: []compose.Part{{Keep: true}}}
	want := e.Clone()
	b.SetEdit(id, e, "undo.brush")
	points[0].X = 99
	e.Strokes[0].Radius = 99
	e.Parts[0].Keep = false
	got := b.Edit(id)
	if !got.Equal(want) {
		t.Errorf("%+v", got)
	}
	got.Strokes[0].Radius = 77
	got.Parts[0].Keep = false
	if !b.Edit(id).Equal(want) {
		t.Error("what Edit returned is not the caller's own")
	}
}

func TestRemove_UndoPutsBackWhereItWas(t *testing.T) {
	b := newBench(t, &fake{})
	var src []Source
	for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
		src = append(src, Source{Image: disc(20, 20), Name: n})
	}
	ids := b.Add(src...)
	b.wait(t)
	want := b.saveBytes(t, ids[1])
	b.SetEdit(ids[1], red(), "undo.background")
	b.Remove(ids[5], ids[1], ids[2], 12345)
	if got := b.names(); !slices.Equal(got, []string{"a", "d", "e"}) {
		t.Fatalf("%v", got)
	}
	if _, ok := b.Item(ids[1]); ok {
		t.Error("a removed item is still there")
	}
	if label, _ := b.CanUndo(); label != "undo.remove" {
		t.Errorf("%q", label)
	}
	b.Remove(ids[3]) // d, which b and c stood before
	b.Undo()
	b.Undo()
	if got := b.names(); !slices.Equal(got, []string{"a", "b", "c", "d", "e", "f"}) {
		t.Errorf("%v", got)
	}
	if !b.Edit(ids[1]).Equal(red()) {
		t.Error("its edit is lost")
	}
	b.Undo()
	if !bytes.Equal(b.saveBytes(t, ids[1]), want) {
		t.Error("its result is another one")
	}
	b.Redo()
	b.Redo()
	if got := b.names(); !slices.Equal(got, []string{"a", "d", "e"}) {
		t.Errorf("after redo: %v", got)
	}
}

func TestRemove_StopsWorkUntilUndone(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)})
	eventually(t, "one is in the network", func() bool { return f.running.Load() == 1 })
	b.Remove(ids...)
	eventually(t, "it stops", func() bool { return f.running.Load() == 0 })
	b.wait(t)
	n := f.calls.Load()
	close(f.hold)
	b.Undo()
	b.wait(t)
	for _, id := range ids {
		if b.state(id) != Done {
			t.Errorf("%+v", b.item(t, id))
		}
	}
	if f.calls.Load() != n+4 {
		t.Errorf("%d calls after %d", f.calls.Load(), n)
	}
}

func TestApplyToAll(t *testing.T) {
	b := newBench(t, &fake{})
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(20, 20)}, Source{Image: disc(30, 20)})
	b.wait(t)
	own := compose.Edit{Strokes: []compose.Stroke{{Tool: compose.Erase, Radius: 2, Points: []compose.Point{{X: 3, Y: 3}}}}}
	b.SetEdit(ids[1], own, "undo.brush")
	from := red()
	from.Strokes = []compose.Stroke{{Tool: compose.Keep, Radius: 5, Points: []compose.Point{{X: 9, Y: 9}}}}
	from.Crop = compose.Crop{X: 2, Y: 2, W: 10, H: 10}
	b.SetEdit(ids[0], from, "undo.crop")
	b.ApplyToAll(ids[0], "undo.apply")
	second, third := b.Edit(ids[1]), b.Edit(ids[2])
	if second.Background != from.Background || !second.Strokes[0].Equal(own.Strokes[0]) || len(second.Strokes) != 1 || second.Crop != from.Crop {
		t.Errorf("%+v", second)
	}
	if third.Background != from.Background || len(third.Strokes) != 0 || third.Crop != (compose.Crop{}) {
		t.Errorf("%+v", third)
	}
	b.Undo()
	if !b.Edit(ids[1]).Equal(own) || !b.Edit(ids[2]).Equal(compose.Edit{}) || !b.Edit(ids[0]).Equal(from) {
		t.Error("undo is not one step")
	}
}

func TestReprocess_KeepsAndBringsBackTheEarlierResult(t *testing.T) {
	f := &fake{hold: make(chan struct{}, 100)}
	b := newBench(t, f)
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(22, 22)})
	f.hold <- struct{}{}
	f.hold <- struct{}{}
	b.wait(t)
	b.Prefer(ids[0]) // it is on screen, so its pixels stay in memory
	b.Cutout(ctx, ids[0])
	first := b.saveBytes(t, ids[0])
	b.Reprocess(ids, engine.Request{Model: engine.BuiltIn, Quality: matte.Fast}, "undo.model")
	eventually(t, "it works again", func() bool { return f.running.Load() == 1 })
	if !bytes.Equal(b.saveBytes(t, ids[0]), first) {
		t.Error("the earlier result is gone before there is a new one")
	}
	f.hold <- struct{}{}
	f.hold <- struct{}{}
	b.wait(t)
	second := b.saveBytes(t, ids[0])
	if bytes.Equal(first, second) || b.item(t, ids[0]).Model != engine.BuiltIn {
		t.Fatal("nothing new came out")
	}
	if !b.item(t, ids[0]).Saved {
		t.Error("it was saved")
	}
	b.Undo()
	if it := b.item(t, ids[0]); it.State != Done || it.Model != engine.Best || it.Saved || !bytes.Equal(b.saveBytes(t, ids[0]), first) {
		t.Errorf("undo: %+v", it)
	}
	n := f.calls.Load()
	b.Redo()
	if it := b.item(t, ids[0]); it.State != Done || it.Model != engine.BuiltIn || !bytes.Equal(b.saveBytes(t, ids[0]), second) {
		t.Errorf("redo: %+v", it)
	}
	if f.calls.Load() != n {
		t.Error("redo asked the network again")
	}
}

func TestReprocess_UndoneInTheMiddle(t *testing.T) {
	f := &fake{hold: make(chan struct{}, 100)}
	b := newBench(t, f)
	id := b.Add(Source{Image: disc(20, 20)})[0]
	f.hold <- struct{}{}
	b.wait(t)
	first := b.saveBytes(t, id)
	b.Reprocess([]ID{id}, engine.Request{Model: engine.BuiltIn}, "undo.model")
	eventually(t, "it works again", func() bool { return f.running.Load() == 1 })
	b.Undo()
	if it := b.item(t, id); it.State != Done || it.Model != engine.Best || !bytes.Equal(b.saveBytes(t, id), first) {
		t.Errorf("%+v", it)
	}
	eventually(t, "the network stops", func() bool { return f.running.Load() == 0 })
	f.hold <- struct{}{}
	b.Redo()
	b.wait(t)
	if it := b.item(t, id); it.State != Done || it.Model != engine.BuiltIn {
		t.Errorf("redo: %+v", it)
	}
	b.Undo()
	if !bytes.Equal(b.saveBytes(t, id), first) {
		t.Error("and back")
	}
}

// Old steps go, and with them what only they could bring back.
func TestHistory_IsBounded(t *testing.T) {
	b := newBench(t, &fake{})
	b.c.Settings.Update(func(s *settings.Settings) { s.UndoLimit = 10 })
	ids := b.Add(Source{Image: disc(20, 20), Name: "gone"}, Source{Image: disc(20, 20), Name: "stays"})
	b.wait(t)
	b.Remove(ids[0])
	for i := range 30 {
		b.Reprocess(ids[1:], engine.Request{Model: engine.BuiltIn, Holes: i%2 == 0}, "undo.model")
		b.wait(t)
	}
	steps := 0
	for b.Undo() {
		steps++
	}
	b.wait(t)
	if steps != 10 {
		t.Errorf("%d steps", steps)
	}
	if got := b.names(); !slices.Equal(got, []string{"stays"}) {
		t.Errorf("%v", got)
	}
	// One original, the ten results of the steps and the one shown.
	if n := b.parts(t); n != 12 {
		t.Errorf("%d parts are kept", n)
	}
	b.SetEdit(ids[1], red(), "undo.background")
	if n := b.parts(t); n != 2 {
		t.Errorf("%d parts are kept after a new step", n)
	}
}

// Whatever is done in whatever order, taking it all back gives the list and
// the edits of the beginning, and doing it again those of the end.
func TestHistory_RandomWalk(t *testing.T) {
	b := newBench(t, &fake{})
	b.c.Settings.Update(func(s *settings.Settings) { s.UndoLimit = 10_000 })
	var src []Source
	for range 6 {
		src = append(src, Source{Image: disc(8, 8)})
	}
	ids := b.Add(src...)
	b.wait(t)
	type state struct {
		ids   []ID
		edits []compose.Edit
	}
	now := func() (s state) {
		for _, it := range b.Items() {
			s.ids = append(s.ids, it.ID)
			s.edits = append(s.edits, b.Edit(it.ID))
		}
		return s
	}
	same := func(a, b state) bool {
		return slices.Equal(a.ids, b.ids) && slices.EqualFunc(a.edits, b.edits, compose.Edit.Equal)
	}
	r := rand.New(rand.NewPCG(1, 2))
	states := []state{now()}
	for range 200 {
		id := ids[r.IntN(len(ids))]
		switch r.IntN(6) {
		case 0:
			b.Remove(id, ids[r.IntN(len(ids))])
		case 1:
			b.ApplyToAll(id, "undo.apply")
		case 2:
			b.SetEditLive(id, compose.Edit{Edge: compose.Edge{Shift: r.Float64()}})
			fallthrough
		default:
			e := b.Edit(id)
			e.Edge.Feather = r.Float64()
			b.SetEdit(id, e, "undo.edge")
		}
		if s := now(); !same(s, states[len(states)-1]) {
			states = append(states, s)
		}
		if len(b.Items()) == 0 {
			b.Undo()
			states = states[:len(states)-1]
		}
	}
	for i := len(states) - 2; i >= 0; i-- {
		if !b.Undo() || !same(now(), states[i]) {
			t.Fatalf("undo to state %d of %d is another one", i, len(states))
		}
	}
	if b.Undo() {
		t.Error("more steps than were done")
	}
	for i := 1; i < len(states); i++ {
		if !b.Redo() || !same(now(), states[i]) {
			t.Fatalf("redo to state %d of %d is another one", i, len(states))
		}
	}
}

func TestShow_FindsItsPlace(t *testing.T) {
	b := newBench(t, &fake{})
	id := b.Add(Source{Image: disc(400, 300)})[0]
	b.wait(t)
	s, err := b.Show(ctx, id, image.Pt(100, 100))
	if err != nil {
		t.Fatal(err)
	}
	if s.Before.Bounds().Size() != image.Pt(100, 75) || s.After.Bounds().Size() != image.Pt(100, 75) || s.Layout.W != 400 || s.Layout.H != 300 {
		t.Errorf("%v, %v, %+v", s.Before.Bounds(), s.After.Bounds(), s.Layout)
	}
	b.SetEdit(id, compose.Edit{Crop: compose.Crop{X: 150, Y: 100, W: 80, H: 60}}, "undo.crop")
	s, err = b.Show(ctx, id, image.Pt(100, 100))
	if err != nil {
		t.Fatal(err)
	}
	// A small part is shown as large as it is, from pixels of its own.
	if s.After.Bounds().Size() != image.Pt(80, 60) || s.Layout.W != 80 {
		t.Errorf("%v, %+v", s.After.Bounds(), s.Layout)
	}
	full, err := b.Render(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(full.(*image.NRGBA).Pix, s.After.(*image.NRGBA).Pix) {
		t.Error("the preview at full size is not the finished picture")
	}
}
