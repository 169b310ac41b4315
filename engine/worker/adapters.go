package worker

import (
	"context"

	"kirinuki/engine/fault"
)

// Adapter is a graphics processor as its driver names it.
type Adapter struct {
	Name     string
	Software bool   // the processor itself pretends to be one
	Driver   string // version, in the driver's own numbers
	Reason   string // why there is no list; then the rest is empty
}

// Adapters lists the graphics processors that WebGPU could use. It asks the
// drivers in a child process, since asking alone can crash. On Linux these
// are Vulkan's; elsewhere there is no way to ask, and one adapter stands for
// what the system has.
func Adapters(ctx context.Context, o Options) ([]Adapter, error) {
	var list []Adapter
	if err := ask(ctx, o, kAdapters, kAdapters, &list); err != nil {
		return nil, err
	}
	const most = 16
	if len(list) > most {
		return nil, fault.Newf(fault.Crashed, "gpu", "a list of %d adapters", len(list))
	}
	return list, nil
}

// Probe starts a child, lets it give up its rights as it would for a network
// on the processor, and returns what it achieved.
func Probe(ctx context.Context, o Options) (Status, error) {
	var s Status
	err := ask(ctx, o, kProbe, kReady, &s)
	return s, err
}

// ask starts a child for one question.
func ask(ctx context.Context, o Options, question, answer kind, into any) error {
	o.defaults()
	p, err := start(o)
	if err != nil {
		return err
	}
	defer p.end()
	c := &Client{o: o, name: "worker", p: p}
	return c.call(ctx, func() error {
		if err := writeFrame(p.in, question, 0); err != nil {
			return err
		}
		return p.answer(0, answer, func(h header) error { return readJSON(p.out, h, into) })
	}, nil)
}
