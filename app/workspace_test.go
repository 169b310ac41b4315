package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kirinuki/app/cache"
	"kirinuki/app/cache/cachetest"
	"kirinuki/app/settings"
	"kirinuki/app/stats"
	"kirinuki/engine"
	"kirinuki/engine/fault"
	"kirinuki/engine/matte"
	"kirinuki/engine/picture"
)

// fake removes what is darker than half. It can be slow, held, and told to
// fail by a picture's width.
type fake struct {
	models  []engine.ModelInfo
	hold    chan struct{} // where not nil, every Remove waits for one
	fails   map[int]error // by picture width
	noBest  error         // of all but the built-in network
	running atomic.Int32
	most    atomic.Int32
	calls   atomic.Int32

	mu       sync.Mutex
	requests []engine.Request
	warmed   []string
}

func (f *fake) Models() []engine.ModelInfo { return f.models }

func (f *fake) Warm(_ context.Context, model, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.warmed = append(f.warmed, model)
	return nil
}

func (f *fake) Remove(ctx context.Context, pic *picture.Picture, r engine.Request, progress func(float64)) (*engine.Result, error) {
	n := f.running.Add(1)
	defer f.running.Add(-1)
	for most := f.most.Load(); n > most && !f.most.CompareAndSwap(most, n); most = f.most.Load() {
	}
	f.calls.Add(1)
	f.mu.Lock()
	f.requests = append(f.requests, r)
	f.mu.Unlock()
	progress(0.5)
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := f.fails[pic.Size().X]; err != nil {
		return nil, err
	}
	if f.noBest != nil && r.Model != engine.BuiltIn {
		return nil, f.noBest
	}
	src := picture.FromImage(pic.Image).Image
	alpha := image.NewGray(src.Bounds())
	front, ok := src.(*image.NRGBA)
	if !ok {
		return nil, errors.New("the fake knows 8 bits only")
	}
	own := image.NewNRGBA(front.Rect)
	for i := range alpha.Pix {
		p := front.Pix[4*i:][:4]
		if p[0] >= 128 {
			alpha.Pix[i] = p[0]
		}
		copy(own.Pix[4*i:], p[:3])
		own.Pix[4*i+3] = 255
		if p[0] > 128 && p[0] < 255 {
			own.Pix[4*i+1] = 255 // an edge colour of its own
		}
	}
	if r.Model == engine.BuiltIn {
		alpha.Pix[0] = 7 // a mark
	}
	return &engine.Result{Cutout: &matte.Cutout{Alpha: alpha, Foreground: own}, Method: engine.Network,
		Model: r.Model, Device: "cpu"}, nil
}

func (f *fake) models2() *fake {
	f.models = []engine.ModelInfo{{Name: "big", Best: true, Installed: true}, {Name: engine.BuiltIn, BuiltIn: true, Installed: true}}
	return f
}

// disc draws a light disc with a soft rim on dark ground.
func disc(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := 2*x-w, 2*y-h
			d := (dx*dx + dy*dy) * 1000 / (min(w, h) * min(w, h))
			v := uint8(20)
			switch {
			case d < 300:
				v = 255
			case d < 400:
				v = 200
			}
			m.SetNRGBA(x, y, color.NRGBA{v, v / 2, uint8(x), 255})
		}
	}
	return m
}

func pngOf(m image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

func jpegOf(m image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, m, nil)
	return b.Bytes()
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	os.MkdirAll(filepath.Dir(path), 0o755)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// bench is a workspace with all that is around it.
type bench struct {
	*Workspace
	clock *cachetest.Clock
	dir   string // the cache
	fake  *fake
}

func newBench(t *testing.T, f *fake) *bench {
	t.Helper()
	b := &bench{clock: cachetest.New(), dir: t.TempDir(), fake: f}
	b.Workspace = Open(Config{Remover: f, Clock: b.clock, Cache: cache.Open(b.dir, cache.Options{Clock: b.clock}),
		Settings: settings.Open(""), Stats: stats.Open("", true)})
	t.Cleanup(func() { b.Close() })
	return b
}

func (b *bench) wait(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := b.Wait(ctx); err != nil {
		t.Fatalf("it never came to rest: %v", err)
	}
}

func (b *bench) item(t *testing.T, id ID) Item {
	t.Helper()
	it, ok := b.Item(id)
	if !ok {
		t.Fatalf("item %d is not in the list", id)
	}
	return it
}

func (b *bench) state(id ID) State {
	it, _ := b.Item(id)
	return it.State
}

func (b *bench) names() (all []string) {
	for _, it := range b.Items() {
		all = append(all, it.Name)
	}
	return all
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func (b *bench) parts(t *testing.T) (n int) {
	t.Helper()
	filepath.Walk(b.dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && filepath.Base(path) != "lock" {
			n++
		}
		return nil
	})
	return n
}

var ctx = context.Background()

func TestWorkspace_FromFileToSavedFile(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	m := disc(64, 48)
	path := write(t, dir, "Apple.png", pngOf(m))
	ids := b.Add(Source{Path: path})
	if len(ids) != 1 {
		t.Fatalf("%d ids", len(ids))
	}
	b.wait(t)
	it := b.item(t, ids[0])
	if it.State != Done || it.Name != "Apple.png" || it.Path != path || it.Size != image.Pt(64, 48) || it.Progress != 1 || it.Thumb == nil || it.Saved {
		t.Fatalf("%+v", it)
	}
	if !it.Deadline.Equal(b.clock.Wall().Add(30 * time.Minute)) {
		t.Errorf("deadline %v", it.Deadline)
	}
	saved, err := b.Save(ctx, ids[0], SaveTo{}, nil)
	if err != nil || saved != filepath.Join(dir, "Apple-cutout.png") {
		t.Fatalf("%q, %v", saved, err)
	}
	pic, err := picture.DecodeFile(saved, picture.DefaultLimits)
	if err != nil || pic.Size() != image.Pt(64, 48) {
		t.Fatal(err)
	}
	got := pic.Image.(*image.NRGBA)
	for y := range 48 {
		for x := range 64 {
			want := m.NRGBAAt(x, y)
			switch {
			case want.R < 128:
				want = color.NRGBA{}
			case want.R < 255:
				want.G, want.A = 255, want.R
			}
			if got.NRGBAAt(x, y) != want {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, got.NRGBAAt(x, y), want)
			}
		}
	}
	if it = b.item(t, ids[0]); !it.Saved || it.SavedAs != saved {
		t.Errorf("%+v", it)
	}
	again, err := b.Save(ctx, ids[0], SaveTo{}, nil)
	if err != nil || again == saved || filepath.Dir(again) != dir {
		t.Errorf("a second save went to %q, %v", again, err)
	}
	if c := b.c.Stats.Get(); c.Pictures != 1 || c.Devices["cpu"] != 1 {
		t.Errorf("%+v", c)
	}
}

func TestWorkspace_PixelsAndBytes(t *testing.T) {
	b := newBench(t, &fake{})
	m := disc(40, 40)
	ids := b.Add(Source{Image: m, Name: "Screen"}, Source{Data: pngOf(m), Name: "Pasted picture"})
	b.wait(t)
	for i, id := range ids {
		it := b.item(t, id)
		if it.State != Done || it.Size != image.Pt(40, 40) || it.Path != "" {
			t.Fatalf("%d: %+v", i, it)
		}
		pic, err := b.Original(ctx, id)
		if err != nil || !bytes.Equal(pic.Image.(*image.NRGBA).Pix, m.Pix) {
			t.Errorf("%d: the original is another one (%v)", i, err)
		}
		if _, err := b.Save(ctx, id, SaveTo{}, nil); fault.Of(err) != fault.Usage {
			t.Errorf("%d: saved beside nothing: %v", i, err)
		}
		path, err := b.Save(ctx, id, SaveTo{Dir: filepath.Join(t.TempDir(), "new")}, nil)
		if err != nil || filepath.Base(path) != it.Name+"-cutout.png" {
			t.Errorf("%d: %q, %v", i, path, err)
		}
	}
}

// What comes out of the box is what the engine gave, to the last bit.
func TestCutout_SurvivesTheCache(t *testing.T) {
	b := newBench(t, &fake{})
	ids := b.Add(Source{Image: disc(50, 30)}, Source{Image: disc(31, 47)}, Source{Image: disc(20, 20)}, Source{Image: disc(21, 21)})
	b.wait(t)
	for _, id := range ids {
		pic, err := b.Original(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := (&fake{}).Remove(ctx, pic, engine.Request{}, func(float64) {})
		b.mu.Lock()
		b.views.clear()
		b.mu.Unlock()
		got, err := b.Cutout(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Alpha.Pix, want.Cutout.Alpha.Pix) || !bytes.Equal(got.Foreground.(*image.NRGBA).Pix, want.Cutout.Foreground.(*image.NRGBA).Pix) {
			t.Errorf("item %d came back changed", id)
		}
	}
}

func TestAdd_Folders(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	small := pngOf(disc(8, 8))
	write(t, dir, "b.png", small)
	write(t, dir, "a.jpg", jpegOf(disc(8, 8)))
	write(t, dir, "wrong-name.txt", small)
	write(t, dir, "notes.txt", []byte("no picture"))
	write(t, dir, "fake.png", []byte("no picture either"))
	write(t, dir, ".hidden.png", small)
	write(t, dir, ".git/c.png", small)
	write(t, dir, "sub/deep/d.png", small)
	os.Symlink(filepath.Join(dir, "b.png"), filepath.Join(dir, "link.png"))
	os.Symlink(dir, filepath.Join(dir, "sub", "loop"))
	os.Symlink("/nowhere", filepath.Join(dir, "dangling.png"))
	empty := t.TempDir()
	last := write(t, t.TempDir(), "last.png", small)
	ids := b.Add(Source{Path: dir}, Source{Path: empty}, Source{Path: filepath.Join(dir, "notes.txt")}, Source{Path: last})
	if len(ids) != 4 {
		t.Fatalf("%d ids", len(ids))
	}
	b.wait(t)
	want := []string{"a.jpg", "b.png", "link.png", "d.png", "wrong-name.txt", filepath.Base(empty), "notes.txt", "last.png"}
	if got := b.names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, it := range b.Items() {
		switch it.Name {
		case "notes.txt":
			if it.State != Failed || fault.Of(it.Err) != fault.Unsupported {
				t.Errorf("%+v", it)
			}
		case filepath.Base(empty):
			if it.State != Failed || fault.Of(it.Err) != fault.Empty {
				t.Errorf("%+v", it)
			}
		default:
			if it.State != Done {
				t.Errorf("%+v", it)
			}
		}
	}
}

func TestAdd_BadFilesStopNobody(t *testing.T) {
	b := newBench(t, &fake{fails: map[int]error{13: fault.New(fault.NoSubject, "", nil)}})
	dir := t.TempDir()
	good := pngOf(disc(30, 30))
	tests := []struct {
		name string
		src  Source
		want fault.Kind
	}{
		{"vanished", Source{Path: filepath.Join(dir, "gone.png")}, fault.NotFound},
		{"empty", Source{Path: write(t, dir, "empty.png", nil)}, fault.Empty},
		{"text", Source{Path: write(t, dir, "text.png", []byte("hello, I am no picture at all"))}, fault.Unsupported},
		{"cut short", Source{Path: write(t, dir, "short.png", good[:len(good)/2])}, fault.Damaged},
		{"device", Source{Path: os.DevNull}, fault.NotAFile},
		{"nothing", Source{Name: "nothing"}, fault.Empty},
		{"bytes of no picture", Source{Data: []byte("hello, I am no picture at all"), Name: "x"}, fault.Unsupported},
		{"no subject", Source{Image: disc(13, 13), Name: "x"}, fault.NoSubject},
	}
	var src []Source
	for _, tt := range tests {
		src = append(src, tt.src)
	}
	src = append(src, Source{Path: write(t, dir, "good.png", good)})
	ids := b.Add(src...)
	b.wait(t)
	for i, tt := range tests {
		it := b.item(t, ids[i])
		var f *fault.Error
		if it.State != Failed || !errors.As(it.Err, &f) || f.Kind != tt.want || f.Name != it.Name {
			t.Errorf("%s: %v, %v", tt.name, it.State, it.Err)
		}
	}
	if b.state(ids[len(tests)]) != Done {
		t.Error("the good one was stopped")
	}
	if n := b.c.Stats.Get().Failures["empty"]; n != 2 {
		t.Errorf("%d empty ones counted", n)
	}
	// What failed and has a file can be tried again once it is well.
	os.WriteFile(filepath.Join(dir, "gone.png"), good, 0o644)
	b.Retry(ids...)
	b.wait(t)
	if it := b.item(t, ids[0]); it.State != Done || it.Err != nil {
		t.Errorf("after Retry: %+v", it)
	}
}

func TestQueue_OneInTheNetworkAtATime(t *testing.T) {
	f := &fake{}
	b := newBench(t, f)
	var src []Source
	for range 20 {
		src = append(src, Source{Image: disc(20, 20)})
	}
	b.Add(src...)
	b.wait(t)
	if f.most.Load() != 1 || f.calls.Load() != 20 {
		t.Errorf("%d at once, %d calls", f.most.Load(), f.calls.Load())
	}
}

func TestQueue_ShownItemFirst(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	var src []Source
	for i := range 8 {
		src = append(src, Source{Image: disc(20+i, 20)})
	}
	ids := b.Add(src...)
	eventually(t, "the first is in the network", func() bool { return f.running.Load() == 1 })
	b.Prefer(ids[6])
	eventually(t, "the shown one and another wait for the network", func() bool {
		b.turn.mu.Lock()
		defer b.turn.mu.Unlock()
		return b.state(ids[6]) == Working && len(b.turn.waiting) == 2
	})
	f.hold <- struct{}{} // the one that was in the network
	f.hold <- struct{}{}
	eventually(t, "the shown one is done", func() bool { return b.state(ids[6]) == Done })
	done := 0
	for _, it := range b.Items() {
		if it.State == Done {
			done++
		}
	}
	if done > 2 {
		t.Errorf("%d were done before it", done-1)
	}
	close(f.hold)
	b.wait(t)
}

func TestFastSetting_AsksForTheBuiltIn(t *testing.T) {
	f := (&fake{}).models2()
	b := newBench(t, f)
	b.c.Settings.Update(func(s *settings.Settings) { s.Quality, s.Edges, s.Device = "fast", "off", "cpu" })
	b.Add(Source{Image: disc(20, 20)})
	b.wait(t)
	want := engine.Request{Method: engine.Auto, Model: engine.BuiltIn, Device: "cpu", Quality: matte.Off}
	if len(f.requests) != 1 || f.requests[0] != want {
		t.Errorf("%+v", f.requests)
	}
}

func TestCancel(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	ids := b.Add(Source{Image: disc(20, 20)}, Source{Image: disc(21, 20)}, Source{Image: disc(22, 20)})
	eventually(t, "one is in the network", func() bool { return f.running.Load() == 1 })
	start := time.Now()
	b.Cancel(ids...)
	for _, id := range ids {
		if it := b.item(t, id); it.State != Cancelled || it.Err != nil {
			t.Errorf("%+v", it)
		}
	}
	eventually(t, "the network stops", func() bool { return f.running.Load() == 0 })
	if d := time.Since(start); d > 500*time.Millisecond {
		t.Errorf("it took %v", d)
	}
	b.wait(t)
	if n := b.c.Stats.Get().Failures; len(n) != 0 {
		t.Errorf("cancelling counts as failure: %v", n)
	}
	close(f.hold)
	b.Retry(ids[1])
	b.wait(t)
	if b.state(ids[1]) != Done || b.state(ids[0]) != Cancelled {
		t.Error("Retry")
	}
}

func TestEvents_FewAndEnough(t *testing.T) {
	b := newBench(t, &fake{})
	var events atomic.Int32
	seen := map[ID]bool{}
	var mu sync.Mutex
	lists := 0
	stop := b.OnChange(func(e Event) {
		events.Add(1)
		mu.Lock()
		defer mu.Unlock()
		if e.IDs == nil {
			lists++
		}
		for _, id := range e.IDs {
			seen[id] = true
		}
		b.Items() // must not lock up
	})
	start := time.Now()
	var src []Source
	for range 200 {
		src = append(src, Source{Image: disc(8, 8)})
	}
	ids := b.Add(src...)
	b.wait(t)
	eventually(t, "every item was told of", func() bool { mu.Lock(); defer mu.Unlock(); return len(seen) == len(ids) && lists > 0 })
	if most := 2*int32(time.Since(start)/breath) + 4; events.Load() > most {
		t.Errorf("%d events", events.Load())
	}
	stop()
	time.Sleep(2 * breath)
	n := events.Load()
	b.Remove(ids[0])
	time.Sleep(3 * breath)
	if events.Load() != n {
		t.Error("told after stop")
	}
}

// Adding many files returns at once, and the list can be read all the while.
func TestAdd_FiveHundredStaysFluid(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	b := newBench(t, f)
	dir := t.TempDir()
	data := pngOf(disc(8, 8))
	var src []Source
	for i := range 500 {
		src = append(src, Source{Path: write(t, dir, fmt.Sprintf("%03d.png", i), data)})
	}
	start := time.Now()
	ids := b.Add(src...)
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("Add took %v", d)
	}
	if len(b.Items()) != 500 {
		t.Fatal("not all in the list")
	}
	for range 50 {
		start := time.Now()
		b.Items()
		b.Item(ids[250])
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("reading the list took %v", d)
		}
	}
	close(f.hold)
	b.wait(t)
	for _, it := range b.Items() {
		if it.State != Done {
			t.Fatalf("%+v", it)
		}
	}
	b.mu.Lock()
	views, thumbs := len(b.views.all), b.thumbs.kept.Len()
	b.mu.Unlock()
	if views > maxViews || thumbs > maxThumbs {
		t.Errorf("%d pictures and %d thumbnails are in memory", views, thumbs)
	}
	start = time.Now()
	b.Remove(ids...)
	b.Undo()
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("removing all and back took %v", d)
	}
	if got := b.names(); len(got) != 500 || !slices.IsSorted(got) {
		t.Error("the list did not come back as it was")
	}
}

// A folder stands in the list until its pictures are found. Whoever looks at
// it meanwhile learns that it is gone, not that it is no file.
func TestShow_OfAFolderBeingWalked(t *testing.T) {
	b := newBench(t, &fake{})
	dir := t.TempDir()
	for i := range 40 {
		write(t, dir, fmt.Sprintf("%02d.png", i), pngOf(disc(8, 8)))
	}
	for range 20 {
		ids := b.Add(Source{Path: dir})
		for range 20 {
			if _, err := b.Show(context.Background(), ids[0], image.Pt(50, 50)); err != nil && fault.Of(err) != fault.Expired {
				t.Fatalf("looking at the folder: %v", err)
			}
		}
		b.ClearNow()
	}
}
