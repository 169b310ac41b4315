package app

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"kirinuki/app/settings"
	"kirinuki/engine"
	"kirinuki/engine/compose"
	"kirinuki/engine/fault"
	"kirinuki/engine/picture"
)

func TestSaveAll_OneBadOneStopsNobody(t *testing.T) {
	b := newBench(t, &fake{fails: map[int]error{13: fault.New(fault.NoSubject, "", nil)}})
	ids := b.Add(Source{Image: disc(20, 20), Name: "same"}, Source{Image: disc(13, 13), Name: "bad"}, Source{Image: disc(22, 22), Name: "same"})
	b.wait(t)
	dir := t.TempDir()
	var last float64
	got := b.SaveAll(ctx, append(ids, 999), SaveTo{Dir: dir, Export: compose.Export{NamePattern: "{i}-{name}", Format: picture.WebP}}, func(p float64) {
		if p < last {
			t.Errorf("progress fell from %v to %v", last, p)
		}
		last = p
	})
	if last != 1 || len(got) != 4 {
		t.Errorf("%v, %d results", last, len(got))
	}
	for i, want := range []struct {
		path string
		kind fault.Kind
	}{{"1-same.webp", 0}, {"", fault.NoSubject}, {"3-same.webp", 0}, {"", fault.Expired}} {
		if want.path == "" {
			if got[i].Err == nil || fault.Of(got[i].Err) != want.kind {
				t.Errorf("%d: %+v", i, got[i])
			}
			continue
		}
		if got[i].Err != nil || got[i].Path != filepath.Join(dir, want.path) {
			t.Errorf("%d: %+v", i, got[i])
		}
	}
	cancelled, stop := context.WithCancel(ctx)
	stop()
	for _, r := range b.SaveAll(cancelled, ids, SaveTo{Dir: dir}, nil) {
		if fault.Of(r.Err) != fault.Cancelled {
			t.Errorf("%+v", r)
		}
	}
}

func TestSave_NeverTouchesTheOriginal(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	data := pngOf(disc(20, 20))
	path := write(t, dir, "a.png", data)
	id := b.Add(Source{Path: path})[0]
	b.wait(t)
	for _, replace := range []bool{false, true} {
		got, err := b.Save(ctx, id, SaveTo{Path: path, Replace: replace}, nil)
		if err == nil && got == path {
			t.Errorf("replace %v: saved over the original", replace)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, data) {
			t.Fatal("the original was changed")
		}
	}
}

func TestSave_JPEGBackgroundAndMask(t *testing.T) {
	b := newBench(t, &fake{})
	b.c.Settings.Update(func(s *settings.Settings) { s.JPEGBackground = "#0000ff" })
	id := b.Add(Source{Image: disc(32, 32), Name: "x"})[0]
	b.wait(t)
	dir := t.TempDir()
	path, err := b.Save(ctx, id, SaveTo{Dir: dir, Export: compose.Export{Mask: true}}, nil)
	if err != nil || filepath.Base(path) != "x-mask.png" {
		t.Fatalf("%q, %v", path, err)
	}
	if b.item(t, id).Saved {
		t.Error("a mask counts as the result")
	}
	path, err = b.Save(ctx, id, SaveTo{Dir: dir, Export: compose.Export{Format: picture.JPEG, Quality: 100}}, nil)
	if err != nil || filepath.Base(path) != "x-cutout.jpg" {
		t.Fatalf("%q, %v", path, err)
	}
	pic, err := picture.DecodeFile(path, picture.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	c := color.NRGBAModel.Convert(pic.Image.At(0, 0)).(color.NRGBA)
	if c.R > 10 || c.G > 10 || c.B < 245 {
		t.Errorf("the corner is %v", c)
	}
	if !b.item(t, id).Saved {
		t.Error("not marked as saved")
	}
}

func TestSave_BeforeThereIsAResult(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	id := b.Add(Source{Image: disc(20, 20)})[0]
	if _, err := b.Save(ctx, id, SaveTo{Dir: t.TempDir()}, nil); fault.Of(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	shown, err := b.Show(ctx, id, image.Pt(10, 10))
	if err != nil || shown.Before == nil || shown.After != nil {
		t.Errorf("%+v, %v", shown, err)
	}
	close(f.hold)
	b.wait(t)
}

// Saving many leaves in memory what somebody looks at.
func TestSaveAll_LeavesTheShownOneInMemory(t *testing.T) {
	b := newBench(t, &fake{})
	var src []Source
	for range 6 {
		src = append(src, Source{Image: disc(20, 20), Name: "x"})
	}
	ids := b.Add(src...)
	b.wait(t)
	b.Show(ctx, ids[3], image.Pt(10, 10))
	shown := b.views.all[0]
	for _, r := range b.SaveAll(ctx, ids, SaveTo{Dir: t.TempDir()}, nil) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if len(b.views.all) != 1 || b.views.all[0] != shown {
		t.Error("another one is in memory now")
	}
}

func TestReprocess_FailureKeepsTheEarlierResult(t *testing.T) {
	f := &fake{fails: map[int]error{}}
	b := newBench(t, f)
	id := b.Add(Source{Image: disc(20, 20), Name: "x"})[0]
	b.wait(t)
	want := b.saveBytes(t, id)
	f.fails[20] = fault.New(fault.Crashed, "isnet", nil)
	b.Reprocess([]ID{id}, engine.Request{Model: "isnet"}, "undo.model")
	b.wait(t)
	it := b.item(t, id)
	if it.State != Done || it.Note != NoteKept || fault.Of(it.Err) != fault.Crashed || !bytes.Equal(b.saveBytes(t, id), want) {
		t.Errorf("%+v", it)
	}
	delete(f.fails, 20)
	b.Retry(id)
	b.wait(t)
	if it := b.item(t, id); it.State != Done || it.Note != "" || it.Err != nil || it.Model != "isnet" {
		t.Errorf("%+v", it)
	}
}
