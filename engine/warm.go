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
	config Config
	turn   chan struct{}
	runner infer.Runner // nil while nothing is open
	spec   model.Spec   // of runner
	device string       // of runner
	took   time.Duration
	timer  *time.Timer
}

// outcome is what one run gave.
type outcome struct {
	out    infer.Tensor
	device string
	note   string
}

func (w *warm) init(c Config) {
	w.config = c
	w.turn = make(chan struct{}, 1)
	w.turn <- struct{}{}
}

// lock waits for the network to be free.
func (w *warm) lock(ctx context.Context) error {
	select {
	case <-w.turn:
	case <-ctx.Done():
		return cancelled(ctx)
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

// open makes the network ready.
func (w *warm) open(ctx context.Context, spec model.Spec, device string) error {
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	return w.ready(ctx, spec, device)
}

// ready opens the network unless it is open already. It must be called with
// the token held.
func (w *warm) ready(ctx context.Context, spec model.Spec, device string) error {
	if device == "" || device == "auto" {
		device = "cpu"
	}
	if w.runner != nil && w.spec.Name == spec.Name && w.spec.Path == spec.Path && w.device == device {
		return nil
	}
	w.drop()
	c := infer.Config{
		Library: w.config.Library, Name: spec.Name, Path: spec.Path, Model: spec.Data,
		Input: spec.InputName, Output: spec.OutputName, Device: device, Threads: w.config.Threads,
	}
	if spec.Data != nil {
		c.Path = ""
	}
	runner, err := openHere(ctx, c)
	if err != nil {
		return err
	}
	w.runner, w.spec, w.device = runner, spec, device
	return nil
}

var _ infer.Runner = (*infer.Session)(nil)

// openHere opens a network inside this process. Opening cannot be stopped, so
// whoever cancels leaves before it is done and the session is thrown away.
func openHere(ctx context.Context, c infer.Config) (infer.Runner, error) {
	type opened struct {
		s   *infer.Session
		err error
	}
	done := make(chan opened, 1)
	go func() {
		s, err := infer.Open(c)
		done <- opened{s, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, o.err
		}
		return o.s, nil
	case <-ctx.Done():
		go func() {
			if o := <-done; o.err == nil {
				o.s.Close()
			}
		}()
		return nil, fault.New(fault.Cancelled, c.Name, ctx.Err())
	}
}

// run runs the network on one picture.
func (w *warm) run(ctx context.Context, spec model.Spec, device string, in infer.Tensor, progress func(float64)) (outcome, error) {
	if err := w.lock(ctx); err != nil {
		return outcome{}, err
	}
	defer w.unlock()
	if err := w.ready(ctx, spec, device); err != nil {
		return outcome{}, err
	}
	progress(shareOpen)
	stop := tick(w.took, part(progress, shareOpen, shareOpen+shareRun))
	start := time.Now()
	out, err := w.runner.Run(ctx, in)
	stop()
	if err != nil {
		return outcome{}, err
	}
	w.took = time.Since(start)
	return outcome{out: out, device: w.device}, nil
}

// tick reports progress for as long as the run before took, since a network
// does not say how far it is. The function it returns ends it.
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
