package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/matte"
	"kirinuki/engine/model"
)

// trialLimit is how long one device may take to show what it can.
const trialLimit = time.Minute

// worthIt is how much less time than the processor a device must take.
const worthIt = 0.9

// choose turns what a Request asks for into a device to open, trying and
// measuring what has not been yet. It must be called with the token held.
// note is for the Result.
func (w *warm) choose(ctx context.Context, spec model.Spec, name string) (device, note string, err error) {
	switch name {
	case cpu:
		return cpu, "", nil
	case "", "auto":
		return w.fastest(ctx, spec)
	}
	f, err := w.devices.lookup(ctx, name)
	if err != nil {
		return "", "", err
	}
	if f.reason != "" {
		return "", "", fault.Newf(fault.NoDevice, name, "%s %s", f.reason, f.detail)
	}
	if w.devices.leftAlone(name) {
		return cpu, NoteLeftAlone, nil
	}
	t, err := w.tried(ctx, spec, f)
	if err != nil {
		return "", "", err
	}
	if t.Reason == DeviceCrashed {
		return cpu, NoteFallback, nil
	}
	if t.Reason != "" && t.Reason != DeviceSlower {
		return "", "", fault.Newf(fault.NoDevice, name, "%s %s", t.Reason, t.Detail)
	}
	return name, "", nil
}

// fastest is what auto means.
func (w *warm) fastest(ctx context.Context, spec model.Spec) (device, note string, err error) {
	if w.devices.config.Child == nil {
		return cpu, "", nil // a driver must not be woken in this process unasked
	}
	all, err := w.devices.look(ctx)
	if err != nil {
		return "", "", err
	}
	device, best := cpu, 0.0
	for _, f := range all {
		if f.name == cpu || f.reason != "" || w.devices.leftAlone(f.name) {
			continue
		}
		_, before := w.devices.trial(f, &spec)
		t, err := w.tried(ctx, spec, f)
		if err != nil {
			return "", "", err
		}
		switch {
		case t.Reason == "" && (best == 0 || t.cost() < best):
			device, best = f.name, t.cost()
		case t.Reason != "" && t.Reason != DeviceSlower && !before:
			note = NoteRefused // said once, when it happens
		}
	}
	if device != cpu {
		note = ""
	}
	return device, note, nil
}

// tried returns what trying the network on a device gave, now or earlier. An
// error means that the person cancelled, or that the network does not run on
// the processor either.
func (w *warm) tried(ctx context.Context, spec model.Spec, f found) (trial, error) {
	if t, ok := w.devices.trial(f, &spec); ok {
		return t, nil
	}
	w.config.Stage(StageDevices)
	defer w.config.Stage("")
	w.drop()
	reference, err := w.measure(ctx, spec, cpu)
	if err != nil {
		return trial{}, err
	}
	t := trial{CPU: reference.seconds}
	limited, cancel := context.WithTimeout(ctx, trialLimit)
	defer cancel()
	m, err := w.measure(limited, spec, f.name)
	switch {
	case ctx.Err() != nil:
		return trial{}, fault.New(fault.Cancelled, spec.Name, ctx.Err())
	case fault.Of(err) == fault.Crashed && err != nil:
		w.devices.crashed(f.name)
		t.Reason, t.Detail = DeviceCrashed, err.Error()
		return t, nil // not remembered: two crashes are counted apart
	case limited.Err() != nil:
		t.Reason, t.Detail = DeviceFailed, fmt.Sprintf("no result within %v", trialLimit)
	case err != nil:
		t.Reason, t.Detail = DeviceFailed, err.Error()
	default:
		t.Seconds, t.First = m.seconds, m.first
		t.Difference = difference(reference.alpha, m.alpha)
		switch {
		case t.Difference > 1:
			t.Reason = DeviceDiffers
		case t.cost() > worthIt*t.CPU:
			t.Reason = DeviceSlower
		}
	}
	w.devices.remember(f, &spec, t)
	return t, nil
}

// measurement is what the fixed picture gave on one device.
type measurement struct {
	first, seconds float64 // the first run, and the faster of two more
	alpha          []uint8
}

// measure runs the network on the fixed picture and takes the time.
func (w *warm) measure(ctx context.Context, spec model.Spec, device string) (m measurement, err error) {
	runner, err := w.open(ctx, w.config.inferConfig(&spec, device))
	if err != nil {
		return m, err
	}
	defer runner.Close()
	sample := model.Sample()
	in := model.Prepare(&spec, sample)
	var out infer.Tensor
	for i := range 3 {
		start := w.now()
		if out, err = runner.Run(ctx, in); err != nil {
			return m, err
		}
		took := w.now().Sub(start).Seconds()
		switch {
		case i == 0:
			m.first = took
		case i == 1 || took < m.seconds:
			m.seconds = took
		}
	}
	mask, err := model.Finish(&spec, out, sample.Rect.Size())
	if err != nil {
		return m, err
	}
	cut, err := matte.Refine(ctx, sample, mask, matte.Options{NoForeground: true}, nil)
	if err != nil {
		return m, err
	}
	m.alpha = cut.Alpha.Pix
	return m, nil
}

// difference is the largest between two alphas.
func difference(a, b []uint8) int {
	most := 0
	for i := range a {
		most = max(most, int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return most
}

// Measure tries every device that was found with the best network, again
// where it was tried before, and returns what Devices would now. progress may
// be nil.
func (e *Engine) Measure(ctx context.Context, progress func(float64)) ([]Device, error) {
	report := meter(progress)
	spec, err := model.Find(Best)
	if err != nil {
		return nil, err
	}
	all, err := e.warm.devices.look(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.warm.lock(ctx); err != nil {
		return nil, err
	}
	defer e.warm.unlock()
	for i, f := range all {
		if f.name == cpu || f.reason != "" || e.warm.devices.leftAlone(f.name) {
			continue
		}
		e.warm.devices.forget(f, &spec)
		if _, err := e.warm.tried(ctx, spec, f); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		report(float64(i+1) / float64(len(all)))
	}
	return e.Devices(ctx)
}

// forget drops what is remembered of one trial.
func (d *devices) forget(f found, s *model.Spec) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.memory.Trials, f.key(s))
}
