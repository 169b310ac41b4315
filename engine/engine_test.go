//go:build cgo

package engine

import (
	"context"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model"
	"kirinuki/engine/model/onnx/onnxtest"
	"kirinuki/engine/picture"
	"kirinuki/engine/worker"
)

// The test binary is also the child process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == worker.Flag {
		os.Exit(worker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// redModel installs a network of our own that finds red things.
func redModel(t *testing.T, net onnxtest.Net) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(model.DirEnv, dir)
	side := "64"
	if net.W == 0 {
		net.W = 64
	} else if net.W == 512 {
		side = "512"
	}
	text := `{"name": "red", "title": "Red", "width": ` + side + `, "height": ` + side + `, "mean": [0, 0, 0], "scale": [1, 1, 1]}`
	if err := os.WriteFile(filepath.Join(dir, "red.onnx"), net.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "red.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// engines are the two ways of running networks, which must behave alike.
func engines(t *testing.T, c Config, f func(t *testing.T, e *Engine)) {
	c.Library = infertest.Library(t)
	for _, way := range []string{"here", "there"} {
		t.Run(way, func(t *testing.T) {
			if way == "there" {
				c.Child = []string{os.Args[0], worker.Flag}
			}
			e := New(c)
			e.warm.devices.list = func(context.Context) ([]worker.Adapter, error) { return nil, nil }
			defer e.Close()
			f(t, e)
		})
	}
}

// disc is a red disc on a background that is anything but plain.
func disc(w, h int, c color.NRGBA) *picture.Picture {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := x-w/2, y-h/2
			if dx*dx+dy*dy < w*w/16 {
				m.SetNRGBA(x, y, c)
			} else {
				m.SetNRGBA(x, y, color.NRGBA{uint8(x * 7 % 40), uint8(y * 5 % 256), uint8(150 + (x*y)%90), 255})
			}
		}
	}
	return &picture.Picture{Image: m, Opaque: true}
}

var redColor = color.NRGBA{220, 40, 10, 255}

func TestRemoveByNetwork(t *testing.T) {
	redModel(t, onnxtest.Net{})
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		last := -1.0
		pic := disc(300, 200, redColor)
		r, err := e.Remove(context.Background(), pic, Request{Model: "red"}, func(p float64) {
			if p < last || p < 0 || p > 1 {
				t.Errorf("progress %v after %v", p, last)
			}
			last = p
		})
		if err != nil {
			t.Fatal(err)
		}
		if r.Method != Network || r.Model != "red" || r.Device != "cpu" || r.Note != "" || last != 1 {
			t.Errorf("%+v, progress %v", r, last)
		}
		a := r.Cutout.Alpha
		if a.Rect.Size() != pic.Size() || a.GrayAt(150, 100).Y != 255 || a.GrayAt(5, 5).Y != 0 || a.GrayAt(290, 190).Y != 0 {
			t.Errorf("alpha %v: %d in the middle, %d outside", a.Rect, a.GrayAt(150, 100).Y, a.GrayAt(5, 5).Y)
		}
		if got := r.Cutout.Foreground.At(150, 100); got != redColor {
			t.Errorf("foreground %v", got)
		}
		m, err := e.Mask(context.Background(), pic, Request{Model: "red"}, nil)
		if err != nil || m.Cutout != nil || m.Mask.W != 64 || m.Mask.H != 64 || m.Mask.P[32*64+32] < 0.9 || m.Mask.P[0] > 0.1 {
			t.Errorf("mask alone: %v %dx%d", err, m.Mask.W, m.Mask.H)
		}
	})
}

func TestAutoTakesTheKeyOnPlainBackgrounds(t *testing.T) {
	redModel(t, onnxtest.Net{})
	e := New(Config{Library: "none"}) // no network can run here
	m := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			m.SetNRGBA(x, y, color.NRGBA{250, 250, 250, 255})
			if dx, dy := x-100, y-100; dx*dx+dy*dy < 2500 {
				m.SetNRGBA(x, y, color.NRGBA{20, 90, 30, 255})
			}
		}
	}
	r, err := e.Remove(context.Background(), &picture.Picture{Image: m, Opaque: true}, Request{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Method != ColorKey || r.Model != "" || r.Device != "" || r.Cutout.Alpha.GrayAt(100, 100).Y != 255 || r.Cutout.Alpha.GrayAt(2, 2).Y != 0 {
		t.Errorf("%v %q %q", r.Method, r.Model, r.Device)
	}
	if n := len(r.Mask.P); n != r.Mask.W*r.Mask.H || r.Mask.P[r.Mask.H/2*r.Mask.W+r.Mask.W/2] != 1 || r.Mask.P[0] != 0 {
		t.Errorf("mask %dx%d", r.Mask.W, r.Mask.H)
	}
	// By hand, the network is used even so, and is missing.
	if _, err := e.Remove(context.Background(), &picture.Picture{Image: m}, Request{Method: Network, Model: "u2net"}, nil); fault.Of(err) != fault.NoModel {
		t.Errorf("got %v", err)
	}
}

func TestRemoveFaults(t *testing.T) {
	redModel(t, onnxtest.Net{})
	noLibrary := filepath.Join(t.TempDir(), "none.so")
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		blue := disc(120, 90, color.NRGBA{10, 30, 230, 255})
		for _, c := range []struct {
			name string
			pic  *picture.Picture
			r    Request
			want fault.Kind
		}{
			{"nothing red", blue, Request{Model: "red"}, fault.NoSubject},
			{"no such network", blue, Request{Model: "nothing"}, fault.NoModel},
			{"a network that is not installed", blue, Request{Model: "modnet"}, fault.NoModel},
			{"no pixels", &picture.Picture{Image: image.NewNRGBA(image.Rectangle{})}, Request{Model: "red"}, fault.Damaged},
			{"no picture", nil, Request{}, fault.Damaged},
			{"no such method", blue, Request{Method: "magic"}, fault.Usage},
			{"no such device", blue, Request{Model: "red", Device: "abacus"}, fault.NoDevice},
			{"no CUDA here", blue, Request{Model: "red", Device: "cuda"}, fault.NoDevice},
		} {
			if _, err := e.Remove(context.Background(), c.pic, c.r, nil); err == nil || fault.Of(err) != c.want {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
	})
	e := New(Config{Library: noLibrary, Child: []string{os.Args[0], worker.Flag}})
	defer e.Close()
	if _, err := e.Remove(context.Background(), disc(60, 60, redColor), Request{Model: "red", Device: "cpu"}, nil); fault.Of(err) != fault.NoRuntime {
		t.Errorf("without a library: %v", err)
	}
}

func TestCancel(t *testing.T) {
	redModel(t, onnxtest.Net{W: 512, Layers: 60})
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		if err := e.Warm(context.Background(), "red", "cpu"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var at time.Time
		time.AfterFunc(150*time.Millisecond, func() { at = time.Now(); cancel() })
		_, err := e.Remove(ctx, disc(200, 200, redColor), Request{Model: "red"}, nil)
		if late := time.Since(at); fault.Of(err) != fault.Cancelled || err == nil || late > 500*time.Millisecond {
			t.Errorf("%v, %v late", err, late)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	redModel(t, onnxtest.Net{Layers: 1})
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		pic := disc(160, 120, redColor)
		first, err := e.Mask(context.Background(), pic, Request{Model: "red", Method: Network}, nil)
		if err != nil && fault.Of(err) != fault.NoSubject {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				if i%4 == 3 {
					cancel()
				}
				defer cancel()
				r, err := e.Mask(ctx, pic, Request{Model: "red", Method: Network}, nil)
				switch {
				case i%4 == 3 && fault.Of(err) != fault.Cancelled, i%4 != 3 && (err == nil) != (first != nil):
					t.Errorf("%d: %v", i, err)
				case r != nil && r.Mask.P[5] != first.Mask.P[5]:
					t.Error("another answer")
				}
			})
		}
		wg.Wait()
	})
}

// watch records what an engine opens.
func watch(e *Engine) *[]infer.Runner {
	var all []infer.Runner
	open := e.warm.open
	e.warm.open = func(ctx context.Context, c infer.Config) (infer.Runner, error) {
		r, err := open(ctx, c)
		if err == nil {
			all = append(all, r)
		}
		return r, err
	}
	return &all
}

func TestStaysWarm(t *testing.T) {
	redModel(t, onnxtest.Net{})
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		opened := watch(e)
		for range 3 {
			if _, err := e.Remove(context.Background(), disc(80, 60, redColor), Request{Model: "red"}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if len(*opened) != 1 {
			t.Errorf("opened %d times", len(*opened))
		}
	})
}

func TestIdleLetsGo(t *testing.T) {
	redModel(t, onnxtest.Net{})
	engines(t, Config{Idle: 30 * time.Millisecond}, func(t *testing.T, e *Engine) {
		opened := watch(e)
		for i := range 2 { // and comes back
			if _, err := e.Remove(context.Background(), disc(80, 60, redColor), Request{Model: "red"}, nil); err != nil {
				t.Fatal(err)
			}
			if len(*opened) != i+1 {
				t.Fatalf("opened %d times", len(*opened))
			}
			for n := 0; ; n++ {
				if _, err := (*opened)[i].Run(context.Background(), model.Prepare(&model.Spec{W: 64, H: 64, Scale: [3]float32{1, 1, 1}}, model.Sample())); err != nil {
					break // it is closed
				}
				if n == 100 {
					t.Fatal("still there")
				}
				time.Sleep(50 * time.Millisecond)
			}
			if c, ok := (*opened)[i].(*worker.Client); ok && c.Alive() {
				t.Error("the child process lives on")
			}
		}
	})
}

func TestAChildThatDiesIsReplaced(t *testing.T) {
	redModel(t, onnxtest.Net{})
	e := New(Config{Library: infertest.Library(t), Child: []string{os.Args[0], worker.Flag}})
	defer e.Close()
	pic := disc(120, 80, redColor)
	before, err := e.Mask(context.Background(), pic, Request{Model: "red", Device: "cpu"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	child := e.warm.runner.(*worker.Client)
	// Dead between two pictures: nobody needs to know.
	kill(t, child)
	for child.Alive() {
		time.Sleep(time.Millisecond)
	}
	r, again := e.Mask(context.Background(), pic, Request{Model: "red", Device: "cpu"}, nil)
	if again != nil || r.Note != "" {
		t.Errorf("after a death in between: %v", again)
	}
	// Dead under way: tried again, and said so.
	child = e.warm.runner.(*worker.Client)
	r, again = e.Mask(context.Background(), pic, Request{Model: "red", Device: "cpu"}, func(p float64) {
		if p >= shareOpen && child.Alive() {
			kill(t, child) // just before the run
		}
	})
	if again != nil {
		t.Fatalf("after a death under way: %v", again)
	}
	if r.Note != NoteRetried || r.Mask.P[9] != before.Mask.P[9] {
		t.Errorf("note %q", r.Note)
	}
}

func kill(t *testing.T, c *worker.Client) {
	p, err := os.FindProcess(c.Pid())
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
}

func TestAddAndRemoveModel(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(model.DirEnv, filepath.Join(dir, "models"))
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own := []byte(`{"width": 64, "height": 64, "mean": [0,0,0], "scale": [1,1,1], "title": "Mine", "license": "CC0-1.0"}`)
	good := write("mine.onnx", onnxtest.Net{W: 64}.Bytes())
	write("mine.onnx.json", own)
	greedy := write("greedy.onnx", onnxtest.Net{W: 64, Grow: 1 << 45}.Bytes())
	write("greedy.json", own)
	unknown := write("unknown.onnx", onnxtest.Net{W: 64}.Bytes())

	engines(t, Config{}, func(t *testing.T, e *Engine) {
		for path, want := range map[string]fault.Kind{
			greedy: fault.BadModel, unknown: fault.BadModel, write("text.onnx", []byte("hello")): fault.BadModel,
			write("empty.onnx", nil): fault.Empty, dir: fault.NotAFile, filepath.Join(dir, "gone.onnx"): fault.NotFound,
		} {
			if _, err := e.AddModel(context.Background(), path); err == nil || fault.Of(err) != want {
				t.Errorf("%s: %v, want %v", filepath.Base(path), err, want)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "models", "*")); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
		m, err := e.AddModel(context.Background(), good)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name != "mine" || m.Title != "Mine" || !m.Installed || m.License != "CC0-1.0" || m.BuiltIn {
			t.Errorf("%+v", m)
		}
		if m.Path != filepath.Join(dir, "models", "mine.onnx") {
			t.Errorf("path %s", m.Path)
		}
		if _, err := e.Remove(context.Background(), disc(80, 60, redColor), Request{Model: "mine"}, nil); err != nil {
			t.Error(err)
		}
		if err := e.RemoveModel(context.Background(), "mine"); err != nil {
			t.Error(err)
		}
		if _, err := e.Remove(context.Background(), disc(80, 60, redColor), Request{Model: "mine"}, nil); fault.Of(err) != fault.NoModel {
			t.Errorf("after removal: %v", err)
		}
	})
}

func TestConfinement(t *testing.T) {
	e := New(Config{Child: []string{os.Args[0], worker.Flag}})
	s, err := e.Confinement(context.Background())
	if err != nil || runtime.GOOS == "linux" && !(s.Sockets && s.Internet) {
		t.Errorf("%+v %v", s, err)
	}
	if s, err := New(Config{}).Confinement(context.Background()); err != nil || s != (worker.Status{}) {
		t.Errorf("in this process: %+v %v", s, err)
	}
}

func TestModelsNamesTheBest(t *testing.T) {
	redModel(t, onnxtest.Net{})
	all := New(Config{}).Models()
	best := 0
	names := map[string]bool{}
	for _, m := range all {
		if names[m.Name] {
			t.Errorf("%s twice", m.Name)
		}
		names[m.Name] = true
		if m.Best {
			best++
			if !m.Installed {
				t.Errorf("the best is %s, which is not installed", m.Name)
			}
		}
	}
	if best != 1 || !names["red"] || !names["isnet"] || !names["u2net"] || !names[BuiltIn] {
		t.Errorf("%+v", all)
	}
}

func TestBuiltInIsAlwaysThere(t *testing.T) {
	t.Setenv(model.DirEnv, t.TempDir())
	for _, name := range []string{"", Best, BuiltIn, "fast"} {
		s, err := model.Find(name)
		if err != nil || s.Name != BuiltIn || s.Data == nil {
			t.Errorf("%q: %v %v", name, s.Name, err)
		}
	}
	engines(t, Config{}, func(t *testing.T, e *Engine) {
		r, err := e.Remove(context.Background(), &picture.Picture{Image: model.Sample(), Opaque: true}, Request{Method: Network}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Model != BuiltIn || r.Cutout.Alpha.GrayAt(160, 160).Y < 200 || r.Cutout.Alpha.GrayAt(5, 5).Y > 50 {
			t.Errorf("%s: %d in the ball, %d outside", r.Model, r.Cutout.Alpha.GrayAt(160, 160).Y, r.Cutout.Alpha.GrayAt(5, 5).Y)
		}
	})
}

var _ infer.Runner = (*fake)(nil)
