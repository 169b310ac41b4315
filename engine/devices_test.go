//go:build cgo

package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/infer/infertest"
	"kirinuki/engine/model"
	"kirinuki/engine/model/onnx/onnxtest"
	"kirinuki/engine/worker"
)

// fake is a device with a will of its own: it runs the real network on the
// processor and then does to the answer what its mood says.
type fake struct {
	infer.Runner
	mood  string
	dead  bool
	clock *time.Time // moves on by what a run is said to take
}

func (f *fake) Alive() bool { return !f.dead }

func (f *fake) Run(ctx context.Context, in infer.Tensor) (infer.Tensor, error) {
	took := map[string]time.Duration{cpu: 300, "slow": 290, "fast": 20, "wrong": 20}[f.mood]
	*f.clock = f.clock.Add(took * time.Millisecond)
	switch f.mood {
	case "crash":
		f.dead = true
		return infer.Tensor{}, fault.New(fault.Crashed, "gpu", nil)
	case "memory":
		return infer.Tensor{}, fault.New(fault.OutOfMemory, "gpu", nil)
	}
	out, err := f.Runner.Run(ctx, in)
	if f.mood == "wrong" {
		for i := range out.Data {
			out.Data[i] *= 0.9
		}
	}
	return out, err
}

// lab is an engine whose graphics processor behaves as mood says.
type lab struct {
	*Engine
	mood  string
	opens map[string]int
}

func newLab(t *testing.T, mood, memory string, adapters ...worker.Adapter) *lab {
	t.Helper()
	l := &lab{Engine: New(Config{Library: infertest.Library(t), Memory: memory}), mood: mood, opens: map[string]int{}}
	t.Cleanup(func() { l.Close() })
	clock := time.Unix(0, 0)
	l.warm.now = func() time.Time { return clock }
	l.warm.devices.config.Child = []string{"a child"} // so that a graphics processor is listed
	l.warm.devices.list = func(context.Context) ([]worker.Adapter, error) { return adapters, nil }
	l.warm.open = func(ctx context.Context, c infer.Config) (infer.Runner, error) {
		l.opens[c.Device]++
		mood := "cpu"
		if c.Device != cpu {
			if mood = l.mood; mood == "no open" {
				return nil, fault.New(fault.NoDevice, c.Device, nil)
			}
		}
		c.Device = cpu
		r, err := openHere(ctx, c)
		if err != nil {
			return nil, err
		}
		return &fake{Runner: r, mood: mood, clock: &clock}, nil
	}
	return l
}

func (l *lab) mask(t *testing.T, device string) *Result {
	t.Helper()
	r, err := l.Mask(context.Background(), disc(90, 70, redColor), Request{Model: "red", Device: device}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var card = worker.Adapter{Name: "Fine Card 3000", Driver: "1.2.3"}

func TestAutoTakesAFastDevice(t *testing.T) {
	redModel(t, onnxtest.Net{})
	memory := filepath.Join(t.TempDir(), "new", "devices.json")
	l := newLab(t, "fast", memory, card)
	for range 2 {
		if r := l.mask(t, ""); r.Device != "gpu" || r.Note != "" {
			t.Errorf("%q %q", r.Device, r.Note)
		}
	}
	if l.opens["gpu"] != 2 || l.opens[cpu] != 1 { // once to measure, once to stay
		t.Errorf("opened %v", l.opens)
	}
	// Another program start remembers; another driver does not.
	if l := newLab(t, "fast", memory, card); l.mask(t, "auto").Device != "gpu" || l.opens[cpu] != 0 {
		t.Errorf("opened %v", l.opens)
	}
	newer := card
	newer.Driver = "1.2.4"
	if l := newLab(t, "slow", memory, newer); l.mask(t, "auto").Device != cpu {
		t.Errorf("opened %v", l.opens)
	}
}

func TestAutoLeavesDevicesThatAreNoGood(t *testing.T) {
	redModel(t, onnxtest.Net{})
	for _, c := range []struct {
		mood, note, reason string
		adapter            worker.Adapter
		tried              int
	}{
		{"slow", "", DeviceSlower, card, 1},
		{"wrong", NoteRefused, DeviceDiffers, card, 1},
		{"no open", NoteRefused, DeviceFailed, card, 1},
		{"memory", NoteRefused, DeviceFailed, card, 1},
		{"fast", "", DeviceSoftware, worker.Adapter{Name: "llvmpipe (LLVM 15.0.6, 256 bits)", Software: true}, 0},
		{"fast", "", DeviceNone, worker.Adapter{Reason: "no Vulkan"}, 0},
	} {
		l := newLab(t, c.mood, "", c.adapter)
		r := l.mask(t, "auto")
		if r.Device != cpu || r.Note != c.note || l.opens["gpu"] != c.tried {
			t.Errorf("%s: on %q, note %q, opened %v", c.mood, r.Device, r.Note, l.opens)
		}
		if r = l.mask(t, "auto"); r.Device != cpu || r.Note != "" || l.opens["gpu"] != c.tried {
			t.Errorf("%s again: on %q, note %q, opened %v", c.mood, r.Device, r.Note, l.opens)
		}
		// By hand, a device that is only slow is used; the others are refused.
		r, err := l.Mask(context.Background(), disc(90, 70, redColor), Request{Model: "red", Device: "gpu"}, nil)
		if c.reason == DeviceSlower {
			if err != nil || r.Device != "gpu" {
				t.Errorf("%s by hand: %v", c.mood, err)
			}
		} else if fault.Of(err) != fault.NoDevice {
			t.Errorf("%s by hand: %v", c.mood, err)
		}
	}
}

func TestADeviceThatCrashesTwiceIsLeftAlone(t *testing.T) {
	redModel(t, onnxtest.Net{})
	memory := filepath.Join(t.TempDir(), "devices.json")
	l := newLab(t, "fast", memory, card)
	want := l.mask(t, "gpu")
	l.mood = "crash"
	l.warm.drop()
	for i := range 2 {
		r := l.mask(t, "gpu")
		if r.Device != cpu || r.Note != NoteFallback || r.Mask.P[99] != want.Mask.P[99] {
			t.Errorf("crash %d: on %q, note %q", i, r.Device, r.Note)
		}
	}
	before := l.opens["gpu"]
	for _, l := range []*lab{l, newLab(t, "crash", memory, card)} { // after a new start too
		if r := l.mask(t, "gpu"); r.Device != cpu || r.Note != NoteLeftAlone {
			t.Errorf("left alone: on %q, note %q", r.Device, r.Note)
		}
		if r := l.mask(t, "auto"); r.Device != cpu || r.Note != "" {
			t.Errorf("left alone by auto: on %q, note %q", r.Device, r.Note)
		}
		list, err := l.Devices(context.Background())
		if err != nil || list[1].Reason != DeviceCrashed || list[1].Usable || !list[0].Auto {
			t.Errorf("%+v %v", list, err)
		}
	}
	if l.opens["gpu"] != before {
		t.Error("tried all the same")
	}
	l.mood = "fast"
	l.Trust("gpu")
	if r := l.mask(t, "gpu"); r.Device != "gpu" || r.Note != "" {
		t.Errorf("trusted again: on %q, note %q", r.Device, r.Note)
	}
}

func TestACrashWhileMeasuringIsNoHarm(t *testing.T) {
	redModel(t, onnxtest.Net{})
	l := newLab(t, "crash", "", card)
	for i, note := range []string{NoteRefused, NoteRefused, ""} {
		if r := l.mask(t, "auto"); r.Device != cpu || r.Note != note {
			t.Errorf("%d: on %q, note %q", i, r.Device, r.Note)
		}
	}
	if l.opens["gpu"] != 2 {
		t.Errorf("opened %v", l.opens)
	}
}

func TestDevicesAndMeasure(t *testing.T) {
	redModel(t, onnxtest.Net{})
	t.Setenv(model.DirEnv, t.TempDir()) // the built-in network is the best
	l := newLab(t, "fast", "", card)
	list, err := l.Devices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Name != cpu || list[0].Title == "" || !list[0].Auto || list[1].Name != "gpu" || list[1].Title != card.Name || list[1].Seconds != 0 {
		t.Errorf("%+v", list)
	}
	for _, d := range list[2:] {
		if d.Usable || d.Reason != DeviceNoFiles {
			t.Errorf("%+v", d)
		}
	}
	last := 0.0
	list, err = l.Measure(context.Background(), func(p float64) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if list[0].Seconds <= 0 || list[1].Seconds <= 0 || list[1].Seconds > list[0].Seconds || !list[1].Auto || list[0].Auto || last <= 0 {
		t.Errorf("%+v, progress %v", list, last)
	}
}

func TestMemoryThatIsRubbishIsForgotten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "devices.json")
	for _, text := range []string{"", "{", `{"version": 99, "crashes": {"gpu": 9}}`, `[]`, `{"trials": 3}`, "\x00\xff"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m := recall(file)
		if m.Version != memoryVersion || len(m.Crashes) != 0 || len(m.Trials) != 0 || m.Trials == nil || m.Crashes == nil {
			t.Errorf("%q: %+v", text, m)
		}
	}
	// A folder that cannot be written to is no reason to fail.
	m := recall("")
	m.keep(filepath.Join(file, "below", "a file"))
}

// The real thing, where this machine has a software Vulkan.
func TestAutoNeverTakesASoftwareVulkan(t *testing.T) {
	redModel(t, onnxtest.Net{})
	e := New(Config{Library: infertest.Library(t), Child: []string{os.Args[0], worker.Flag}})
	defer e.Close()
	list, err := e.Devices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if list[1].Name != "gpu" {
		t.Fatalf("%+v", list)
	}
	if list[1].Usable {
		t.Skipf("DID NOT RUN: this machine has a real graphics processor, %s", list[1].Title)
	}
	t.Logf("%+v", list[1])
	r, err := e.Mask(context.Background(), disc(90, 70, redColor), Request{Model: "red"}, nil)
	if err != nil || r.Device != cpu || r.Note != "" {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := e.Mask(context.Background(), disc(90, 70, redColor), Request{Model: "red", Device: "gpu"}, nil); fault.Of(err) != fault.NoDevice {
		t.Errorf("by hand: %v", err)
	}
}
