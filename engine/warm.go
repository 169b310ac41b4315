package engine

import (
	"context"
	"time"

	"kirinuki/engine/fault"
	"kirinuki/engine/infer"
	"kirinuki/engine/model"
)

// warm keeps one network open between pictures and lets it go when it was not
// used for a while. Whoever holds the token in turn may touch the rest.
type warm struct {
	config  Config
	open    opener
	now     func() time.Time // for measuring; tests have a clock of their own
	devices devices
	turn    chan struct{}
	runner  infer.Runner // nil while nothing is open
	spec    model.Spec   // of runner
	device  string       // of runner
	took    time.Duration
	timer   *time.Timer
}

// outcome is what one run gave.
type outcome struct {
	out    infer.Tensor
	device string
	note   string
}

const cpu = "cpu"

func (w *warm) init(c Config) {
	w.config = c
	w.open, w.now = openHere, time.Now
	if c.Child != nil {
		w.open = openThere(c.Child)
	}
	w.devices.init(c)
	w.turn = make(chan struct{}, 1)
	w.turn <- struct{}{}
}

// lock waits for the network to be free.
func (w *warm) lock(ctx context.Context) error {
	select {
	case <-w.turn:
	case <-ctx.Done():
		return fault.New(fault.Cancelled, "", ctx.Err())
	}
	if w.timer != nil {
		w.timer.Stop()
	}
	return nil
}

// unlock lets others in and starts the clock that ends idling.
func (w *warm) unlock() {
	if w.runner != nil {
		w.timer = time.AfterFunc(w.config.Idle, w.rest)
	}
	w.turn <- struct{}{}
}

// rest lets the network go unless it is in use.
func (w *warm) rest() {
	select {
	case <-w.turn:
		w.drop()
		w.turn <- struct{}{}
	default:
	}
}

func (w *warm) drop() error {
	if w.timer != nil {
		w.timer.Stop()
	}
	var err error
	if w.runner != nil {
		err = w.runner.Close()
	}
	w.runner, w.spec, w.device, w.took = nil, model.Spec{}, "", 0
	return err
}

func (w *warm) close() error {
	<-w.turn
	defer func() { w.turn <- struct{}{} }()
	return w.drop()
}

// prepare makes the network ready ahead of its first picture.
func (w *warm) prepare(ctx context.Context, spec model.Spec, device string) error {
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	device, _, err := w.choose(ctx, spec, device)
	if err != nil {
		return err
	}
	return w.ready(ctx, spec, device)
}

// ready opens the network unless it is open already. It must be called with
// the token held, and with a device that choose returned.
func (w *warm) ready(ctx context.Context, spec model.Spec, device string) error {
	if w.runner != nil && alive(w.runner) && w.spec.Name == spec.Name && w.spec.Path == spec.Path && w.device == device {
		return nil
	}
	w.drop()
	w.config.Stage(StageLoad)
	defer w.config.Stage("")
	runner, err := w.open(ctx, w.config.inferConfig(&spec, device))
	if err != nil {
		return err
	}
	w.runner, w.spec, w.device = runner, spec, device
	return nil
}

// run runs the network on one picture. Where that takes the child process
// down, it is tried once more, on the processor.
func (w *warm) run(ctx context.Context, spec model.Spec, device string, in infer.Tensor, progress func(float64)) (outcome, error) {
	if err := w.lock(ctx); err != nil {
		return outcome{}, err
	}
	defer w.unlock()
	stop := tick(trialLimit, part(progress, 0, shareOpen)) // trying devices takes time
	device, note, err := w.choose(ctx, spec, device)
	stop()
	if err != nil {
		return outcome{}, err
	}
	out, err := w.once(ctx, spec, device, in, progress)
	switch fault.Of(err) {
	case fault.Crashed:
		note = NoteRetried
	case fault.NoDevice, fault.OutOfMemory, fault.BadModel:
		if device == cpu {
			return outcome{}, err
		}
	default:
		if err != nil {
			return outcome{}, err
		}
	}
	if err != nil {
		w.drop()
		if device != cpu {
			note = NoteFallback
			if fault.Of(err) == fault.Crashed {
				w.devices.crashed(device)
			}
		}
		if out, err = w.once(ctx, spec, cpu, in, progress); err != nil {
			w.drop()
			return outcome{}, err
		}
	}
	return outcome{out: out, device: w.device, note: note}, nil
}

// once makes the network ready and runs it.
func (w *warm) once(ctx context.Context, spec model.Spec, device string, in infer.Tensor, progress func(float64)) (infer.Tensor, error) {
	if err := w.ready(ctx, spec, device); err != nil {
		return infer.Tensor{}, err
	}
	progress(shareOpen)
	expect := w.took
	if expect == 0 && device != cpu {
		expect = w.devices.firstRun(&spec, device)
		w.config.Stage(StagePrepare)
		defer w.config.Stage("")
	}
	stop := tick(expect, part(progress, shareOpen, shareOpen+shareRun))
	start := time.Now()
	out, err := w.runner.Run(ctx, in)
	stop()
	if err == nil {
		w.took = time.Since(start)
	}
	return out, err
}

// tick reports progress as fast as the run before went, since a network does
// not say how far it is. The function it returns ends it.
func tick(expect time.Duration, progress func(float64)) (stop func()) {
	if expect <= 0 {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(100 * time.Millisecond)
		defer t.Stop()
		start := time.Now()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				progress(min(float64(time.Since(start))/float64(expect), 0.95))
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
