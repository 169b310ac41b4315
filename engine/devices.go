package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/model"
	"kirinuki/engine/worker"
)

// Device is something a network can run on, as a person sees it.
type Device struct {
	Name   string // for Request.Device
	Title  string // the maker's name of it
	Usable bool   // found, and not refused
	Auto   bool   // what "auto" stands for with the best network
	Reason string // why it is not usable, a translation key such as DeviceSoftware
	Detail string // the same in technical English, may be empty
	// Seconds is how long the best network took for one picture, 0 where it
	// was not measured.
	Seconds float64
}

// Why a device is not usable.
const (
	DeviceNone     = "device.none"     // no graphics processor was found
	DeviceNoFiles  = "device.no-files" // ONNX Runtime's files for it are not there
	DeviceSoftware = "device.software" // it is the processor in disguise
	DeviceFailed   = "device.failed"   // it cannot run the network
	DeviceDiffers  = "device.differs"  // its results are not the processor's
	DeviceSlower   = "device.slower"   // it works, but auto does not choose it
	DeviceCrashed  = "device.crashed"  // it crashed twice
)

// crashLimit is how often a device may take its process down before it is
// left alone.
const crashLimit = 2

// devices knows what this machine has, and what became of trying it. Its
// methods may be called from several goroutines.
type devices struct {
	config Config
	list   func(context.Context) ([]worker.Adapter, error)

	mu     sync.Mutex
	found  []found // nil before the first look
	memory memory
}

// found is a device that may be worth trying.
type found struct {
	name, title, driver string
	reason, detail      string // why it is not, if it is not
}

func (d *devices) init(c Config) {
	d.config = c
	d.memory = recall(c.Memory)
	d.list = func(ctx context.Context) ([]worker.Adapter, error) {
		if c.Child == nil {
			return nil, nil // a driver must not be woken in this process
		}
		return worker.Adapters(ctx, worker.Options{Command: c.Child, Limit: 10 * time.Second})
	}
}

// look finds out what there is, once.
func (d *devices) look(ctx context.Context) ([]found, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found != nil {
		return d.found, nil
	}
	all := []found{{name: cpu, title: processorName()}}
	adapters, err := d.list(ctx)
	if fault.Of(err) == fault.Cancelled && err != nil {
		return nil, err
	}
	real := graphics(adapters, err)
	if c := d.config.Child; c != nil || err != nil {
		all = append(all, real)
	}
	for _, name := range platformDevices() {
		f := found{name: name, title: apiTitles[name]}
		if real.reason == "" && real.title != "" {
			f.title, f.driver = real.title+" ("+f.title+")", real.driver
		}
		if (name == "cuda" || name == "tensorrt") && !d.providerThere(name) {
			f.reason = DeviceNoFiles
		}
		all = append(all, f)
	}
	d.found = all
	return all, nil
}

// graphics picks the graphics processor that WebGPU would use: the first that
// is one. Vulkan lists them with the most capable first.
func graphics(adapters []worker.Adapter, err error) found {
	f := found{name: "gpu", title: "WebGPU"}
	switch {
	case err != nil:
		f.reason, f.detail = DeviceFailed, err.Error()
		return f
	case len(adapters) == 0:
		f.reason = DeviceNone
		return f
	}
	for _, a := range adapters {
		if a.Reason != "" {
			f.reason, f.detail = DeviceNone, a.Reason
			continue
		}
		if a.Software {
			f = found{name: "gpu", title: a.Name, driver: a.Driver, reason: DeviceSoftware, detail: a.Name}
			continue
		}
		return found{name: "gpu", title: a.Name, driver: a.Name + " " + a.Driver}
	}
	return f
}

// apiTitles are the makers' names of the other ways to a device.
var apiTitles = map[string]string{"cuda": "CUDA", "tensorrt": "TensorRT", "coreml": "Core ML", "directml": "DirectML"}

// platformDevices are the other ways this platform has.
func platformDevices() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"coreml"}
	case "windows":
		return []string{"directml", "cuda", "tensorrt"}
	}
	return []string{"cuda", "tensorrt"}
}

// providerThere says whether ONNX Runtime's file for a device lies beside its
// library. The library itself claims to have all of them.
func (d *devices) providerThere(name string) bool {
	library := d.config.Library
	if library == "" {
		library, _ = infer.FindLibrary()
	}
	if real, err := filepath.EvalSymlinks(library); err == nil {
		library = real
	}
	file := "libonnxruntime_providers_" + name + ".so"
	if runtime.GOOS == "windows" {
		file = "onnxruntime_providers_" + name + ".dll"
	}
	_, err := os.Stat(filepath.Join(filepath.Dir(library), file))
	return library != "" && err == nil
}

// lookup returns the device called name.
func (d *devices) lookup(ctx context.Context, name string) (found, error) {
	all, err := d.look(ctx)
	if err != nil {
		return found{}, err
	}
	for _, f := range all {
		if f.name == name {
			return f, nil
		}
	}
	return found{}, fault.Newf(fault.NoDevice, name, "this machine has no such device")
}

// key is what a trial is remembered by.
func (f found) key(s *model.Spec) string {
	return fmt.Sprintf("%s %d on %s (%s)", s.Name, s.Size, f.name, f.driver)
}

func (d *devices) trial(f found, s *model.Spec) (trial, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.memory.Trials[f.key(s)]
	return t, ok
}

func (d *devices) remember(f found, s *model.Spec, t trial) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.memory.Trials[f.key(s)] = t
	d.memory.keep(d.config.Memory)
}

// crashed counts a crash against a device.
func (d *devices) crashed(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.memory.Crashes[d.crashKey(name)]++
	d.memory.keep(d.config.Memory)
}

// leftAlone says whether a device crashed too often.
func (d *devices) leftAlone(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.memory.Crashes[d.crashKey(name)] >= crashLimit
}

// crashKey must be called with mu held.
func (d *devices) crashKey(name string) string {
	for _, f := range d.found {
		if f.name == name {
			return name + " " + f.driver
		}
	}
	return name
}

// firstRun returns how long a device's first run is expected to take.
func (d *devices) firstRun(s *model.Spec, device string) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.found {
		if t, ok := d.memory.Trials[f.key(s)]; ok && f.name == device {
			return time.Duration(t.First * float64(time.Second))
		}
	}
	return 20 * time.Second
}

// Devices lists what this machine has, what of it cannot be used, and why.
// Nothing is measured; see Measure.
func (e *Engine) Devices(ctx context.Context) ([]Device, error) {
	all, err := e.warm.devices.look(ctx)
	if err != nil {
		return nil, err
	}
	spec, none := model.Find(Best)
	var list []Device
	auto, best := 0, 0.0
	for _, f := range all {
		d := Device{Name: f.name, Title: f.title, Usable: f.reason == "", Reason: f.reason, Detail: f.detail}
		if t, ok := e.warm.devices.trial(f, &spec); ok && none == nil && d.Usable {
			d.Seconds, d.Reason, d.Detail = t.Seconds, t.Reason, t.Detail
			d.Usable = t.Reason == "" || t.Reason == DeviceSlower
			if t.Reason == "" && (best == 0 || t.cost() < best) && !e.warm.devices.leftAlone(f.name) {
				auto, best = len(list), t.cost()
			}
			if list[0].Seconds == 0 {
				list[0].Seconds = t.CPU
			}
		}
		if e.warm.devices.leftAlone(f.name) {
			d.Usable, d.Reason = false, DeviceCrashed
		}
		list = append(list, d)
	}
	list[auto].Auto = true
	return list, nil
}

// Trust forgets that a device crashed or was refused: a person chose it by
// hand. It is tried again at its next use.
func (e *Engine) Trust(device string) {
	d := &e.warm.devices
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.memory.Crashes, d.crashKey(device))
	for _, f := range d.found {
		if f.name != device {
			continue
		}
		for k, t := range d.memory.Trials {
			if t.Reason != "" && keyOf(k, f) {
				delete(d.memory.Trials, k)
			}
		}
	}
	d.memory.keep(d.config.Memory)
}

// keyOf says whether a trial's key is about device f.
func keyOf(key string, f found) bool {
	end := fmt.Sprintf(" on %s (%s)", f.name, f.driver)
	return len(key) > len(end) && key[len(key)-len(end):] == end
}
